"""The memory card dies under a running daemon: the belt's policy goes on, and everybody who looks is told."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from tests.house.fixtures import lived

APART = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
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


def child(command: list[str], checkout: Path) -> subprocess.CompletedProcess[str]:
    """Return what became of a process of its own."""
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout
    return done


def test_a_card_that_is_gone_in_the_midst_and_comes_back(tmp_path: Path, checkout: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "tests.house.card_gone", str(tmp_path)]
    done = child(command, checkout)
    lines = done.stdout.splitlines(keepends=True)
    path = tmp_path / "inclined.db"
    assert "".join(line for line in lines if not line.startswith("log: ")) == SAID.format(path=path)
    told = [line for line in lines if line.startswith("log: ") and str(path) in line]
    assert len(told) == 2
    assert told[0].startswith("log: ERROR ")
    assert "nothing that fits in memory was lost" in told[1]


async def test_a_card_that_can_only_be_read_from_the_start(tmp_path: Path, checkout: Path) -> None:
    card = tmp_path / "card"
    card.mkdir()
    async with lived(card, run=tmp_path / "run") as living:
        await living.pass_time(1_000)
    closed = f"mount --bind {card} {card} && mount -o remount,ro,bind {card}"
    script = f"{closed} && exec {sys.executable} -W error -m tests.house.card_closed {tmp_path}"
    command = [*APART, "sh", "-c", script]
    done = await asyncio.to_thread(child, command, checkout)
    writes, store, screen, counted = done.stdout.splitlines()
    assert writes == "writes: 00 030500 030a00"
    assert store.startswith(f"store: {card}/inclined.db: ")
    assert "what is counted is lost at the next boot" in store
    assert (screen, counted) == ("screen: card_fault", "counted meanwhile: True")


async def test_while_somebody_only_runs_nothing_is_urgent(tmp_path: Path) -> None:
    """Else the card is written each second: what runs on by itself waits for the next commit, 4 s later at most."""
    async with lived(tmp_path, mode="nudge") as living:
        living.walk()
        await living.pass_time(30_000)
        store, runner = living.house.store, living.house.runner
        store.save(runner.state.session)
        asked = store._writer._asked
        for _ in range(30):
            await living.pass_time(1_000)
            store.save(runner.state.session)
        assert runner.state.session is not None
        assert runner.state.session.totals.belt > 55_000
        assert store._writer._asked == asked
