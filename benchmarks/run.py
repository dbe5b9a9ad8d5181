"""Measures inclined, each figure beside its comparison in the same run: `make bench`.

The noise of a shared computer is large, so runs take turns, and the ratio of the medians counts, not the milliseconds.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median, quantiles

from benchmarks.bare import TOPIC
from benchmarks.rig import (
    FIRST,
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
TITLE = "| what | inclined | beside | ratio | budget | |"


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a process showed."""

    start: float  # ms until the first reading at the subscriber
    ages: list[float]  # ms from reading to subscriber
    cpu: float  # % of a core
    memory: float  # MiB
    size: int = 0  # bytes of a message

    def told(self, name: str) -> str:
        """Return the run in one line."""
        middle = f"{median(self.ages):.2f} ms" if self.ages else "none"
        return f"{name}: start {self.start:.0f} ms, age {middle}, CPU {self.cpu:.2f} %, {self.memory:.1f} MiB"


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
        pages = free_port()
        config = configured(self.folder, free_port(), pages, self.port)
        command = python("benchmarks.walk", notes, "run", "--config", config)
        with screen(pages, self.folder / "console.key"):
            run, arrived = self._watch(command, STATE, lambda a: '"speed_kmh":null' not in a.payload)
        left = [int(line) for line in notes.read_text(encoding="ascii").split()]
        return Run(run.start, ages(arrived, left), run.cpu, run.memory, run.size)

    def theirs(self, hz: float, size: int, *more: str) -> Run:
        """Run a bare process."""
        command = python("benchmarks.bare", self.port, hz, size, *more)
        run, arrived = self._watch(command, TOPIC, lambda _: True)
        return Run(run.start, [(a.at - int(a.payload.rstrip("."))) / 1e6 for a in arrived], run.cpu, run.memory)

    def _watch(
        self, command: Sequence[str], topic: str, counts: Callable[[Arrival], bool]
    ) -> tuple[Run, list[Arrival]]:
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
    """Return for each state, in ms, how long before its arrival the newest record in it had left the machine.

    A state tells its moment in whole ms; records come every 250 ms, so one of the same ms is in it.
    """
    moments = [json.loads(arrival.payload)["uptime_ms"] for arrival in arrived]
    newest = [left[bisect_right(left, (ms + 1) * 1_000_000 - 1) - 1] for ms in moments]
    return [(arrival.at - record) / 1e6 for arrival, record in zip(arrived, newest, strict=True)]


def p99(values: Sequence[float]) -> float:
    """Return the 99th percentile."""
    return quantiles(values, n=100, method="inclusive")[98]


def row(what: str, unit: str, ours: Sequence[float], theirs: Sequence[float], budget: float) -> str:
    """Return a line of the table: medians, their ratio and the budget."""
    mine, other = median(ours), median(theirs)
    ratio = mine / other
    verdict = "kept" if ratio <= budget else "MISSED"
    return f"| {what} | {mine:.2f} {unit} | {other:.2f} {unit} | {ratio:.2f} | {budget} | {verdict} |"


def live_rows(bench: Bench, rounds: int) -> list[str]:
    """Run the daemon, a bare loop at its rate and the bare process in turns; return the table's lines."""
    warm = replace(bench, seconds=3.0)  # compiles; not counted
    warm.theirs(HZ, warm.ours().size)
    ours: list[Run] = []
    loop: list[Run] = []
    bare: list[Run] = []
    for _ in range(rounds):
        ours.append(bench.ours())
        print(ours[-1].told("inclined run"), flush=True)
        rate = len(ours[-1].ages) / bench.seconds
        loop.append(bench.theirs(rate, ours[-1].size, "--loop"))
        print(loop[-1].told("bare loop"), flush=True)
        bare.append(bench.theirs(HZ, ours[-1].size))
        print(bare[-1].told("bare process"), flush=True)
    pooled, beside = [a for run in ours for a in run.ages], [a for run in loop for a in run.ages]
    return [
        row(f"reading to subscriber, p50 of {len(pooled)}", "ms", pooled, beside, 1.5),
        row(f"reading to subscriber, p99 of {len(pooled)}", "ms", [p99(pooled)], [p99(beside)], 1.5),
        row("CPU, screen open", "% of a core", [r.cpu for r in ours], [r.cpu for r in bare], 2),
        row("resident memory", "MiB", [r.memory for r in ours], [r.memory for r in bare], 1.3),
        row("start to first reading", "ms", [r.start for r in ours], [r.start for r in bare], 2),
    ]


def day_row(readings: int) -> str:
    """Drive the house through a day of readings; return the table's line, its memory at a tenth beside the end."""
    told = subprocess.run(python("benchmarks.day", readings), check=True, capture_output=True, text=True)
    tenth, _, end, each = (float(line) for line in told.stdout.split())
    print(f"{readings} readings at {each:.0f} µs of CPU each", flush=True)
    return row(f"memory after {readings} readings, beside a tenth", "MiB", [end / 1024], [tenth / 1024], 1.05)


def main() -> int:
    """Print what each run shows as soon as it is over, and the table at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often the processes take turns")
    parser.add_argument("--seconds", type=float, default=25, help="how long each is watched")
    parser.add_argument("--readings", type=int, default=DAY, help="of the day in one go; 0 leaves it out")
    parser.add_argument("--first", action="store_true", help="let all measured go before others (root; chrt -f 20)")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends what runs here, too
    if args.first:
        FIRST.extend(("chrt", "-f", "20"))
    with tempfile.TemporaryDirectory(prefix="inclined-bench-") as name, broker(Path(name)) as port, inbox(port) as box:
        rows = live_rows(Bench(Path(name), port, box, args.seconds), args.rounds)
    rows += [day_row(args.readings)] if args.readings else []
    print("\n".join((TITLE, "|---" * 6 + "|", *rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
