"""Time spent, cut into slices that cross no wall-clock minute, and summed. Pure; ms, distance in m."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from daemon.policy.events import Spent
from daemon.policy.session import Totals

MINUTE = 60_000
NAMES = tuple(f.name for f in fields(Totals))


@dataclass(frozen=True, slots=True)
class Slice:
    """What a session spent between start and stop, monotonic ms of one boot."""

    start: int
    stop: int
    totals: Totals

    def __add__(self, other: "Slice") -> "Slice":
        """Return the hull of both and the sum of what was spent."""
        return Slice(min(self.start, other.start), max(self.stop, other.stop), plus(self.totals, other.totals))


def values(totals: Totals) -> tuple[int, ...]:
    """Return the sums in the order of NAMES."""
    return tuple(getattr(totals, name) for name in NAMES)


def plus(one: Totals, other: Totals) -> Totals:
    """Return the sum, part by part."""
    return Totals(*(a + b for a, b in zip(values(one), values(other), strict=True)))


def edges(start: int, stop: int, every: int, offset: int = 0) -> Iterator[tuple[int, int]]:
    """Yield the pieces of start..stop between the moments at which (moment + offset) is a multiple of every."""
    while start < stop:
        end = min(stop, start - (start + offset) % every + every)
        yield start, end
        start = end


def portion(whole: int, start: int, stop: int, piece: tuple[int, int]) -> int:
    """Return the share of whole that falls on piece of start..stop; the shares of all pieces sum to whole."""
    return whole * (piece[1] - start) // (stop - start) - whole * (piece[0] - start) // (stop - start)


def cut(spent: Spent, offset: int) -> Iterator[tuple[int, Slice]]:
    """Yield (monotonic ms of the minute's beginning, slice) for each wall-clock minute that spent touches."""
    for start, end in edges(spent.start, spent.end, MINUTE, offset):
        metres = portion(spent.distance, spent.start, spent.end, (start, end))
        part = replace(spent, start=start, end=end, distance=metres)
        yield start - (start + offset) % MINUTE, Slice(start, end, totals_of(part))


def totals_of(spent: Spent) -> Totals:
    """Return what spent adds to a session."""
    ms = spent.end - spent.start
    return Totals(
        ms * spent.belt,
        ms * spent.pause,
        ms * spent.eligible,
        ms * spent.flat,
        ms * spent.unknown,
        ms * spent.gap,
        spent.distance,
    )
