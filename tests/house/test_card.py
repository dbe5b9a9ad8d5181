"""The memory card dies under a running daemon: the belt's policy goes on, and everybody who looks is told."""

import subprocess
import sys
from pathlib import Path

SAID = """\
acknowledged while gone: False
screen in a countdown: None
writes: 00 030500 030a00
fault: {path}: disk I/O error; entries wait in memory, see to the memory card: inclined doctor
screen: card_fault
staff: Closing at ten
handed out unwritten: False
acknowledged again: True
fault: ok screen: None
nothing lost: True True
events: True
"""


def test_a_card_that_is_gone_in_the_midst_and_comes_back(tmp_path: Path, checkout: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "tests.house.card_gone", str(tmp_path)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout
    lines = done.stdout.splitlines(keepends=True)
    path = tmp_path / "inclined.db"
    assert "".join(line for line in lines if not line.startswith("log: ")) == SAID.format(path=path)
    told = [line for line in lines if line.startswith("log: ") and str(path) in line]
    assert len(told) == 2
    assert told[0].startswith("log: ERROR ")
    assert "nothing that fits in memory was lost" in told[1]
