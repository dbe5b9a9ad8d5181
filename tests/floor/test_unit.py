"""The floor's unit: what it runs is a command that there is, and systemd reads it as hardened."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from daemon.commands.floor import CONFIG
from tests.test_unit import NEWER


@pytest.fixture(scope="module")
def lines(checkout: Path) -> list[str]:
    text = (checkout / "systemd/inclined-floor.service").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and line[0] not in "#["]


def test_it_runs_the_floor_of_its_file_where_there_is_one(lines: list[str]) -> None:
    assert f"ExecStart=/usr/lib/inclined/bin/inclined floor --config {CONFIG}" in lines
    assert f"ConditionPathExists={CONFIG}" in lines
    assert "User=inclined" in lines
    assert "network-online" not in "".join(lines)


def test_it_reaches_no_treadmill_by_itself(lines: list[str]) -> None:
    assert {"PrivateDevices=yes", "DevicePolicy=closed"} <= set(lines)
    assert not [line for line in lines if line.startswith(("SupplementaryGroups", "DeviceAllow"))]


def test_every_run_of_lines_is_explained(checkout: Path) -> None:
    text = (checkout / "systemd/inclined-floor.service").read_text(encoding="utf-8")
    for block in re.split(r"\n\n", text.partition("[Service]\n")[2].partition("[Install]")[0].strip()):
        assert block.startswith("#"), block


def test_systemd_reads_it_as_hardened(checkout: Path, tmp_path: Path) -> None:
    unit = tmp_path / "inclined-floor.service"
    text = (checkout / "systemd/inclined-floor.service").read_text(encoding="utf-8")
    unit.write_text(text.replace("/usr/lib/inclined/bin/inclined", "/bin/true"), encoding="utf-8")
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    told = (line for line in said.stderr.splitlines() if "inclined-floor" in line)
    mine = [line for line in told if not any(key in line for key in NEWER)]
    assert mine == []
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--json=short", unit],
        capture_output=True,
        text=True,
        check=True,
    )
    exposure = sum(float(row["exposure"] or 0) for row in json.loads(judged.stdout))
    assert exposure < 2.5
