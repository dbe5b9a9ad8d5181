"""How far one machine's events are stored. Pure; numbers are inclusive ranges, times Unix ms.

Told is the number up to which nothing is missing: a machine forgets what lies up to it. What is heard beyond a gap
waits, for a broker may have dropped what lies between, and the machine then sends it again. But a gap may also be for
ever: a call for help that was forgotten after a day, a computer that was swapped, a store put back from a backup. So a
gap is passed over once the machine has sent again and again what lies behind it, and never what lies in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

PASSES = 3
"""How often what lies behind a gap must have come..."""
PATIENCE_MS = 150_000
"""...and for how long, before the gap is passed over. Machines send again after 60 s, then 120 s, then longer."""

type Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """Stored: all up to here. Beyond: what was heard behind a gap.

    Passes and since: how often the first of those came, and from when on.
    """

    stored: int = 0
    beyond: tuple[Range, ...] = ()
    passes: int = 0
    since: int = 0

    def heard(self, first: int, last: int, now: int) -> "Mark":
        """Return the mark once the numbers first..last are stored as well."""
        if last <= self.stored:
            return self
        mark = replace(self, beyond=merged([*self.beyond, (first, last)]))
        edge = mark.beyond[0][0]
        if edge <= self.stored + 1:
            return _onward(mark, now)
        if not self.beyond or edge < self.beyond[0][0]:
            return replace(mark, passes=1, since=now)
        if first <= edge <= last:
            mark = replace(mark, passes=mark.passes + 1)
        if mark.passes >= PASSES and now - mark.since >= PATIENCE_MS:
            return _onward(replace(mark, stored=edge - 1), now)
        return mark


def _onward(mark: Mark, now: int) -> Mark:
    """Return the mark behind the range that begins right after it."""
    (_, last), *rest = mark.beyond
    return Mark(max(mark.stored, last), tuple(rest), 0, now)


def merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Return the same numbers in as few ranges as can be, in order."""
    done: list[Range] = []
    for first, last in sorted(ranges):
        if done and first <= done[-1][1] + 1:
            done[-1] = (done[-1][0], max(done[-1][1], last))
        else:
            done.append((first, last))
    return tuple(done)
