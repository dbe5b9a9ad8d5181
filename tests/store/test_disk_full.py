"""A full disk: one clear line, nothing lost that fits in memory, and it recovers by itself."""

import os
import subprocess
import sys
from pathlib import Path

from daemon.policy.events import Spent
from daemon.store.page import MOST_SLICES, Page
from tests.store.world import flat

APART = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
"""A world in which a disk of our own may be mounted; it goes with the process."""
ROOT = Path(__file__).parents[2]


def test_entries_wait_in_memory_and_are_written_when_space_returns(tmp_path: Path) -> None:
    path = tmp_path / "inclined.db"
    script = (
        f"mount -t tmpfs -o size=1m none {tmp_path} && exec {sys.executable} -W error -m tests.store.full_disk {path}"
    )
    done = subprocess.run(
        [*APART, "sh", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    logged = [line for line in done.stdout.splitlines() if line.startswith("log: ")]
    said = [line for line in done.stdout.splitlines() if not line.startswith("log: ")]
    assert len(logged) == 2
    assert logged[0].startswith(f"log: ERROR {path}: ")
    assert logged[1] == f"log: WARNING {path}: can be written again, nothing that fits in memory was lost"
    assert said[0] == "full: No space left on device"
    assert said[1].endswith("database or disk is full; entries wait in memory, free some space")
    assert said[2] == "handed out while full: True kept: 301"
    assert said[3] == "fault: None belt: 18300 reason: stopped events: 301"


def test_what_waits_is_bounded_and_sums_stay_whole() -> None:
    page, other = Page("boot-1"), Page("boot-1")
    for number in range(MOST_SLICES + 50):
        (page if number % 2 else other).spend(flat(number * 60_000, (number + 1) * 60_000), 0)
    page.absorb(other)
    assert len(page.slices) == MOST_SLICES
    assert page.lost == 50
    assert page.sessions["a-1"].totals.belt == (MOST_SLICES + 50) * 60_000


def test_time_of_no_length_is_nothing() -> None:
    page = Page("boot-1")
    page.spend(Spent("a-1", 5, 5, belt=True), 0)
    assert not page
