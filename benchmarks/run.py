"""Measures inclined, each figure beside its comparison in the same run: `make bench`.

The machine's noise is large, so runs are paired and the ratio of the medians counts, not the milliseconds.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

PAIRS = 15
HEADINGS = ("what", "inclined", "beside", "ratio")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: a cost of ours and of its comparison, in ms."""

    what: str
    ours: float
    beside: str
    theirs: float

    def cells(self) -> tuple[str, ...]:
        """Return the line as text."""
        return (
            self.what,
            f"{self.ours:.0f} ms",
            f"{self.beside}: {self.theirs:.0f} ms",
            f"{self.ours / self.theirs:.2f}",
        )


def command_start() -> Figure:
    """Measure how long `inclined --help` takes beside a Python that does nothing but parse arguments."""
    ours, theirs = paired(
        lambda: elapsed(["-m", "daemon", "--help"]),
        lambda: elapsed(["-c", "import argparse; argparse.ArgumentParser().parse_args([])"]),
    )
    return Figure("start of the command", ours, "argparse alone", theirs)


def paired(ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float]:
    """Return the medians of both, measured in turn."""
    pairs = [(ours(), theirs()) for _ in range(PAIRS)]
    return median(a for a, _ in pairs), median(b for _, b in pairs)


def elapsed(arguments: Sequence[str]) -> float:
    """Run this Python with arguments; return its time in ms."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


MEASURED: tuple[Callable[[], Figure], ...] = (command_start,)


def main() -> int:
    """Print the table, a line as soon as it is measured."""
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    for measure in MEASURED:
        print(f"| {' | '.join(measure().cells())} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
