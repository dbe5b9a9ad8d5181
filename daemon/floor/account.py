"""What an event adds to the floor's figures, and to which quarter of an hour. Pure; Unix time and sums in ms.

A session's time is spread evenly over the span from its beginning to its end, because its event tells only the sums.
Each count falls into the moment at which the event was told. All rollups are sums of the same whole numbers, so that
hours, days and weeks of one machine always add up to each other. Worked examples: docs/definitions.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from daemon.floor.columns import COUNTS, TIMES, Sums
from daemon.floor.record import Record
from daemon.outbox.fold import FOLDED
from daemon.store.slices import edges, portion

QUARTER = 900_000
"""Every zone of today begins its hours on a quarter of UTC; sums by it serve all zones."""


@dataclass(frozen=True, slots=True)
class Account:
    """What one event brings: times spent between start and stop, and counts at moment; all three Unix ms."""

    start: int
    stop: int
    moment: int
    times: tuple[int, ...]
    counts: tuple[int, ...]

    def pieces(self) -> Iterator[tuple[int, Sums]]:
        """Yield (quarter of an hour since 1970, sums) for all that the event adds; nothing is lost or added."""
        nothing = (0,) * len(TIMES)
        if any(self.counts):
            yield self.moment // QUARTER, (*nothing, *self.counts)
        if not any(self.times):
            return
        none = (0,) * len(COUNTS)
        for piece in edges(self.start, self.stop, QUARTER):
            shares = (portion(whole, self.start, self.stop, piece) for whole in self.times)
            yield piece[0] // QUARTER, (*shares, *none)


def account(record: Record, moment: int) -> Account:
    """Return what record brings when it was told at moment, Unix ms."""
    sums = record.sums()
    start, stop = span(record)
    offset = moment - record.at
    return Account(
        start=offset + start,
        stop=offset + max(stop, start + 1),
        moment=moment,
        times=tuple(sums[name] for name in TIMES),
        counts=tuple(sums[name] for name in COUNTS.values()),
    )


def span(record: Record) -> tuple[int, int]:
    """Return from when to when the record's time was spent, monotonic ms of its boot."""
    if record.kind == FOLDED:
        return record.number("since"), record.at
    if record.kind == "session" and "started" in record.data and "ended" in record.data:
        return record.number("started"), record.number("ended")
    return record.at, record.at


@lru_cache(maxsize=65_536)
def local(quarter: int, zone: ZoneInfo) -> tuple[date, int]:
    """Return the local day and hour that quarter lies in."""
    there = datetime.fromtimestamp(quarter * QUARTER / 1000, UTC).astimezone(zone)
    return there.date(), there.hour


def midnight(day: date, zone: ZoneInfo) -> int:
    """Return when day begins there, Unix ms; where clocks skip midnight, its first moment."""
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    ms = round(begins.timestamp() * 1000)
    while local(ms // QUARTER, zone)[0] < day:
        ms += QUARTER
    return ms


def month_of(day: date) -> int:
    """Return the months since year 0."""
    return day.year * 12 + day.month - 1


def first_of(month: int) -> date:
    """Return the first day of a month as `month_of` counts them."""
    return date(month // 12, month % 12 + 1, 1)


def monday(day: date) -> date:
    """Return the Monday of day's week."""
    return day - timedelta(days=day.weekday())
