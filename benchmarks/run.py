"""Measures inclined, each figure beside its comparison in the same run: `make bench`.

The noise of a shared computer is large, so runs take turns, and the ratio of the medians counts, not the milliseconds.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from benchmarks.bare import TOPIC
from benchmarks.rig import (
    STATE,
    Arrival,
    Inbox,
    broker,
    configured,
    cpu,
    free_port,
    inbox,
    python,
    resident,
    running,
    wait_for,
)
from benchmarks.screen import screen

SETTLE_S = 5.0
HZ = 4
DAY = 345_600


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a process showed."""

    start: float  # ms until the first reading at the subscriber
    ages: list[float]  # ms from reading to subscriber
    cpu: float  # % of a core
    memory: float  # MiB
    size: int = 0  # bytes of a message


@dataclass(frozen=True, slots=True)
class Bench:
    """Where runs happen."""

    folder: Path
    port: int
    box: Inbox
    seconds: float

    def ours(self) -> Run:
        """Run the daemon with a member on its treadmill and its screen open."""
        notes = self.folder / "left"
        web = free_port()
        config = configured(self.folder, web, self.port)
        command = python("benchmarks.walk", notes, "run", "--config", config)
        with screen(web, self.folder / "console.key"):
            run, arrived = self._watch(command, STATE, lambda a: '"speed_kmh":null' not in a.payload)
        left = [int(line) for line in notes.read_text(encoding="ascii").split()]
        return Run(run.start, ages(arrived, left), run.cpu, run.memory, run.size)

    def theirs(self, hz: float, size: int, *more: str) -> Run:
        """Run a bare process."""
        command = python("benchmarks.bare", self.port, hz, size, *more)
        run, arrived = self._watch(command, TOPIC, lambda _: True)
        return Run(run.start, [(a.at - int(a.payload.rstrip("."))) / 1e6 for a in arrived], run.cpu, run.memory)

    def _watch(self, command: Sequence[str], topic: str, counts: Callable[[Arrival], bool]) -> tuple[Run, list[Arrival]]:
        mark, begun = len(self.box.arrived), time.monotonic_ns()
        with running(list(command)) as process:
            wait_for(lambda: any(map(counts, self.box.since(mark, topic))), " ".join(command[2:4]))
            first = next(filter(counts, self.box.since(mark, topic)))
            time.sleep(SETTLE_S)
            settled, before, at = len(self.box.arrived), cpu(process.pid), time.monotonic_ns()
            time.sleep(self.seconds)
            share = 100 * (cpu(process.pid) - before) / (time.monotonic_ns() - at)
            memory = resident(process.pid) / 1024
            arrived = self.box.since(settled, topic)
        return Run((first.at - begun) / 1e6, [], share, memory, len(arrived[-1].payload)), arrived


def ages(arrived: Sequence[Arrival], left: Sequence[int]) -> list[float]:
    """Return for each state, in ms, how long before its arrival its newest record had left the machine.

    The state tells its moment in whole ms, so a record of the same ms belongs to it.
    """
    ...


