"""The systemd unit says what the daemon needs, and systemd reads it so."""

import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from daemon.house import WATCH_S
from daemon.settings import DEFAULT

MOST_LINES = 5
NEWER = ("RestartSteps", "RestartMaxDelaySec", "ImportCredential")  # systemd 254; Debian 12 has 252
TOOL = shutil.which("systemd-analyze")


@pytest.fixture(scope="module")
def unit(checkout: Path) -> Path:
    return checkout / "systemd/inclined.service"


@pytest.fixture(scope="module")
def said(unit: Path) -> dict[str, list[str]]:
    """Every line of the unit, by its key."""
    lines = (line.partition("=") for line in unit.read_text(encoding="utf-8").splitlines() if line[:1] not in "#[")
    keys: dict[str, list[str]] = defaultdict(list)
    for key, _, value in lines:
        keys[key].append(value)
    return keys


def test_nothing_waits_for_a_network(unit: Path, said: dict[str, list[str]]) -> None:
    ordered = " ".join(said["After"] + said["Wants"] + said["Requires"] + said["BindsTo"])
    assert "network-online" not in ordered
    assert not said["Requires"]
    assert "time-sync.target" not in " ".join(said["Wants"])
    assert unit.name == "inclined.service"


def test_it_is_watched_and_comes_back_for_ever(said: dict[str, list[str]]) -> None:
    assert said["Type"] == ["notify"]
    assert said["Restart"] == ["always"]
    assert said["StartLimitIntervalSec"] == ["0"]
    assert 2 * WATCH_S <= float(said["WatchdogSec"][0]) <= 10


def test_it_runs_the_command_as_its_own_user(said: dict[str, list[str]]) -> None:
    assert said["User"] == said["Group"] == ["inclined"]
    assert said["ExecStart"][0].endswith(f"inclined run --first-run --config {DEFAULT}")
    assert DEFAULT.parent.name == said["ConfigurationDirectory"][0]


def test_the_boots_name_can_be_read(said: dict[str, list[str]]) -> None:
    assert said["ProcSubset"] == ["all"]


def test_every_line_is_explained(unit: Path) -> None:
    """Each run of lines has a comment above it, of one line at least for four."""
    explained, lines = False, 0
    for line in unit.read_text(encoding="utf-8").partition("[Service]")[2].partition("[Install]")[0].splitlines():
        lines = 0 if not line or line.startswith("#") else lines + 1
        explained = line.startswith("#") or (explained and line != "")
        assert explained or line == "", line
        assert lines <= MOST_LINES, line


def test_no_secret_stands_in_the_unit(said: dict[str, list[str]]) -> None:
    assert said["ImportCredential"] == ["inclined.*"]
    assert not said["Environment"]


def test_what_it_may_write_is_what_it_owns(said: dict[str, list[str]]) -> None:
    assert said["ProtectSystem"] == ["strict"]
    assert said["ReadWritePaths"] == ["-/etc/inclined -/run/inclined"]
    assert said["StateDirectory"] == ["inclined"]
    assert "RuntimeDirectory" not in said  # it would take the folder away from the screen's group


def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    if TOOL is None:
        return  # a machine without systemd runs no units either
    copy = tmp_path / unit.name
    path = shutil.which("true")
    text = unit.read_text(encoding="utf-8").replace("/usr/lib/inclined/bin/inclined", str(path))
    copy.write_text(re.sub("^Documentation=.*", "", text, flags=re.MULTILINE), encoding="utf-8")
    told = subprocess.run([TOOL, "verify", "--man=no", copy], capture_output=True, text=True, check=False).stderr
    ours = [line for line in told.splitlines() if unit.name in line]
    assert [line for line in ours if not any(f"'{key}'" in line for key in NEWER)] == []
