"""Ten thousand events through a broker and a daemon that are killed at random moments: none lost, none doubled.

By hand, with more of them: `python -m tests.mqtt.test_chaos 100000 [SEED]`.
"""

import asyncio
import random
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path

from tests.mqtt.ledger import Ledger
from tests.mqtt.mosquitto import Mosquitto

ROOT = Path(__file__).parents[2]
SEED = 20_261_123


class Daemon:
    """The process that is killed; `safe` is the highest number that it said is on its disk."""

    def __init__(self, folder: Path, port: int, most: int) -> None:
        self.safe = 0
        self.kills = 0
        self._words = (str(folder), str(port), str(most))
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it."""
        command = (sys.executable, "-m", "tests.mqtt.happening", *self._words)
        self._process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE)
        self._reader = asyncio.create_task(self._read(self._process))

    async def kill(self) -> None:
        """End it with SIGKILL, and hear what it had said."""
        assert self._process is not None
        assert self._reader is not None
        assert self._process.returncode is None, "it ended by itself"
        self._process.kill()
        await self._process.wait()
        await self._reader
        self.kills += 1

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            if line.startswith(b"safe ") and line.endswith(b"\n"):
                self.safe = max(self.safe, int(line.split()[1]))


async def chaos(folder: Path, most: int, seed: int) -> tuple[Ledger, Daemon]:
    """Let most events happen, with a kill of the daemon or the broker for about each tenth part that was stored."""
    chance = random.Random(seed)
    broker = Mosquitto(folder)
    await asyncio.to_thread(broker.start)
    ledger, daemon = Ledger(broker.port), Daemon(folder, broker.port, most)
    floor = asyncio.create_task(ledger.run())
    await daemon.start()
    try:
        for part in range(1, 10):
            goal = most * part // 10 - chance.randrange(most // 20)
            await ledger.until(lambda goal=goal: len(ledger.events) >= goal)  # type: ignore[misc]  # mypy: the default
            if chance.random() < 0.5:
                await asyncio.to_thread(broker.kill)
                await asyncio.to_thread(broker.start)
            else:
                await daemon.kill()
                await daemon.start()
        await ledger.until(lambda: len(ledger.events) >= most)
    finally:
        with suppress(AssertionError):
            await daemon.kill()
        floor.cancel()
        with suppress(asyncio.CancelledError):
            await floor
        await asyncio.to_thread(broker.kill)
    return ledger, daemon


async def test_ten_thousand_events_survive_kills(tmp_path: Path) -> None:
    print(f"seed {SEED}")  # noqa: T201, shown when the test fails
    ledger, daemon = await chaos(tmp_path, 10_000, SEED)
    check(ledger, daemon, 10_000)
    assert daemon.kills >= 3


def check(ledger: Ledger, daemon: Daemon, most: int) -> None:
    """Each event once, in its order, and nothing that the disk had confirmed is missing."""
    assert [event["seq"] for event in ledger.events] == list(range(1, most + 1))
    assert [event["data"]["n"] for event in ledger.events] == list(range(1, most + 1))
    assert len({event["id"] for event in ledger.events}) == most
    assert ledger.strays == []
    assert daemon.safe <= most


def main(most: int, seed: int) -> None:
    """Run it and say how it went."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        ledger, daemon = asyncio.run(chaos(Path(folder), most, seed))
    check(ledger, daemon, most)
    took = time.monotonic() - began
    print(f"seed {seed}: {most} events, {daemon.kills} kills of the daemon, {ledger.twice} came twice, {took:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else random.randrange(10**6))
