"""Drives the whole house, without broker and web, through a day of readings as fast as it can.

    python -m benchmarks.day READINGS

Prints resident memory in KiB at a tenth, at half and at the end, and the CPU time of a reading in µs.
"""

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.rig import configured, resident
from daemon.house import build
from daemon.policy.events import Tick
from daemon.settings import load
from drivers.contract import InclineRange, Machine, Reading, Training
from drivers.registry import make

PERIOD = 250
WALK, REST = 30 * 60_000, 6 * 60_000
START = datetime(2026, 6, 1, 5, tzinfo=UTC)


@dataclass
class DayClock:
    """Goes on only by hand."""

    boot: str = "bench"
    at: int = 1_000_000

    def now(self) -> int:
        return self.at

    def wall(self) -> datetime:
        return START + timedelta(milliseconds=self.at)


def reading(at: int) -> Reading:
    """Return what a treadmill says on which one member follows the other, mostly flat."""
    walked = at % (WALK + REST)
    speed = 600 + 10 * (walked // 30_000 % 5) if walked < WALK else 0
    return Reading(at, speed, 5 * (walked // 240_000 % 4), elapsed=walked // 1000, training=Training.MANUAL)


async def day(folder: Path, readings: int) -> None:
    """Let the day pass and print what it took."""
    clock = DayClock()
    settings = load(
        configured(folder, web=1, screen=2, mqtt=1)
    )  # neither is reached: the house is built, not brought to life
    house = build(settings, clock, make("simulated:", now=clock.now))
    house.runner.hear(Machine(clock.at, "bench", incline=InclineRange(0, 150, 5), tells_training=True))
    marks = (readings // 10, readings // 2, readings - 1)
    begun = time.process_time_ns()
    for number in range(readings):
        clock.at += PERIOD
        house.runner.hear(reading(clock.at))
        house.runner.submit(Tick(clock.at))
        if number % 240 == 0:  # each minute, as the daemon does each second
            house.store.save(house.runner.state.session)
            await house.store.committed()
        if number in marks:
            print(resident(), flush=True)
    print((time.process_time_ns() - begun) / readings / 1000)
    house.store.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="inclined-bench-") as name:
        asyncio.run(day(Path(name), int(sys.argv[1])))
