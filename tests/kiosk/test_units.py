"""The screen's units say what docs/staff.md says of them, and systemd reads them so."""

import re
import shutil
import stat
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from daemon.display.splash import PAGE
from daemon.display.wishes import STALE
from deploy.makedeb.places import TABLE
from deploy.makedeb.programs import HOME

UNITS = ("inclined-kiosk.service", "inclined-kiosk-restart.service", "inclined-kiosk-restart.path")
MOST_LINES = 6
NEWER = ("RestartSteps", "RestartMaxDelaySec")  # systemd 254; Debian 12 has 252
TOOL = shutil.which("systemd-analyze")
WORST = 3.0
"""Exposure of the screen's unit as systemd counts it, 0 to 10: a browser needs memory that it writes and then runs,
namespaces, devices and the one port, which is what is left."""


def said(text: str) -> dict[str, list[str]]:
    """Every line of a unit, by its key."""
    keys: dict[str, list[str]] = defaultdict(list)
    for line in text.splitlines():
        if line[:1] not in "#[":
            key, _, value = line.partition("=")
            keys[key].append(value)
    return keys


@pytest.fixture(scope="module")
def kiosk(checkout: Path) -> dict[str, list[str]]:
    return said((checkout / "systemd" / UNITS[0]).read_text(encoding="utf-8"))


def test_either_side_outlives_the_other(checkout: Path, kiosk: dict[str, list[str]]) -> None:
    assert "inclined.service" in " ".join(kiosk["After"])
    for name in ("inclined.service", *UNITS):
        keys = said((checkout / "systemd" / name).read_text(encoding="utf-8"))
        bound = " ".join(keys["Requires"] + keys["BindsTo"] + keys["Requisite"] + keys["PartOf"] + keys["Conflicts"])
        assert not re.search(r"inclined(-kiosk)?\.service", bound), name
    assert kiosk["Restart"] == ["always"]
    assert kiosk["StartLimitIntervalSec"] == ["0"]


def test_no_screen_without_the_wall(kiosk: dict[str, list[str]]) -> None:
    first = kiosk["ExecStartPre"][0]
    assert first.startswith("+"), "a - would let it fail"
    assert first.endswith("/inclined.nft")
    assert kiosk["ExecReload"] == [first]
    assert kiosk["PartOf"] == kiosk["ReloadPropagatedFrom"] == ["nftables.service"]


def test_a_computer_without_a_screen_or_with_a_desktop_starts_none(kiosk: dict[str, list[str]]) -> None:
    assert kiosk["ConditionPathExists"][:2] == ["/usr/bin/cage", "/usr/bin/chromium"]
    assert kiosk["ConditionPathExists"][2].startswith("!")


def test_the_restart_is_of_the_screen_and_seldom(checkout: Path) -> None:
    service = said((checkout / "systemd" / UNITS[1]).read_text(encoding="utf-8"))
    path = said((checkout / "systemd" / UNITS[2]).read_text(encoding="utf-8"))
    words = [word for line in service["ExecStart"] for word in line.split() if word.endswith(".service")]
    assert words == ["inclined-kiosk.service"]
    assert "try-restart" in service["ExecStart"][0]
    assert service["ExecStart"][1] == "/usr/bin/sleep 120"
    assert int(service["TimeoutStartSec"][0]) > 120
    assert path["PathModified"] == [f"/run/inclined/{STALE}"]


def test_what_the_unit_names_is_in_the_package(checkout: Path, kiosk: dict[str, list[str]]) -> None:
    lines = " ".join(kiosk["ExecStartPre"] + kiosk["BindReadOnlyPaths"] + kiosk["ExecStart"])
    named = set(re.findall(rf"/{HOME}/(kiosk/[\w.]+)", lines))
    slices = (checkout / "deploy/kiosk/slice-generator").read_text(encoding="utf-8")
    rules = (checkout / "deploy/kiosk/touch.rules").read_text(encoding="utf-8")
    named |= set(re.findall(rf"/{HOME}/(kiosk/[\w.-]+)", slices + rules))
    placed = {f"{place}{Path(source).name}".rstrip("/") for source, place, _ in TABLE if place.endswith("/")}
    placed |= {place.rstrip("/") for _, place, _ in TABLE}
    assert len(named) == 4
    assert {f"{HOME}/{name}" for name in named} <= placed
    assert any(place == f"etc/pam.d/{kiosk['PAMName'][0]}" for _, place, _ in TABLE)
    modes = {source: mode for source, _, mode in TABLE if source.startswith("deploy/kiosk/")}
    for source, mode in modes.items():
        runs = bool((checkout / source).stat().st_mode & stat.S_IXUSR) and not source.endswith("/")
        assert runs == (mode == 0o755), source


def test_wall_policy_and_page_name_the_same_port(checkout: Path) -> None:
    wall = (checkout / "deploy/kiosk/inclined.nft").read_text(encoding="utf-8")
    policy = (checkout / "deploy/kiosk/policies/managed/inclined.json").read_text(encoding="utf-8")
    assert re.findall(r"dport (\d+)", wall) == re.findall(r":(\d{2,})/", PAGE)
    assert f'"{PAGE}"' in policy


@pytest.mark.parametrize("name", UNITS)
def test_every_line_is_explained(checkout: Path, name: str) -> None:
    """Each run of lines has a comment above it."""
    explained, lines = False, 0
    text = (checkout / "systemd" / name).read_text(encoding="utf-8")
    for line in (
        text.partition("\n[Service]\n" if "[Service]" in text else "\n[Path]\n")[2]
        .partition("[Install]")[0]
        .splitlines()
    ):
        lines = 0 if not line or line.startswith("#") else lines + 1
        explained = line.startswith("#") or (explained and line != "")
        assert explained or line == "" or line.startswith("Type="), line
        assert lines <= MOST_LINES, line


def copied(checkout: Path, folder: Path) -> list[Path]:
    """Copy the units for a look by systemd: what they run stands in for by what every computer has."""
    true = shutil.which("true")
    copies = []
    for name in ("inclined.service", *UNITS):
        text = (checkout / "systemd" / name).read_text(encoding="utf-8")
        text = re.sub(r"^(Exec\w+=[-+]*)\S+", rf"\g<1>{true}", text, flags=re.MULTILINE)
        copy = folder / name
        copy.write_text(re.sub("^Documentation=.*", "", text, flags=re.MULTILINE), encoding="utf-8")
        copies.append(copy)
    return copies


def test_systemd_understands_every_line(checkout: Path, tmp_path: Path) -> None:
    if TOOL is None:
        return  # a machine without systemd runs no units either
    copies = copied(checkout, tmp_path)
    told = subprocess.run([TOOL, "verify", "--man=no", *copies], capture_output=True, text=True, check=False).stderr
    ours = [line for line in told.splitlines() if "inclined-kiosk" in line]
    assert [line for line in ours if not any(f"'{key}'" in line for key in NEWER)] == []


def test_the_exposure_is_what_the_docs_say(checkout: Path, tmp_path: Path) -> None:
    if TOOL is None:
        return  # as above
    unit = copied(checkout, tmp_path)[1]
    command = [TOOL, "security", "--offline=true", "--no-pager", str(unit)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    score = re.search(r"Overall exposure level for \S+: ([\d.]+)", told)
    assert score, told
    assert float(score[1]) <= WORST
