"""What was, by hour, day, week or in all, and by machine, zone, modality or the whole gym: docs/definitions.md.

Days and weeks come from the rollup, hours from the events themselves. Rows come in the order of their beginning and of
what they are of, a few days at a time, so that an answer of any length takes little memory and holds no lock.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, and_, func, select, true

from daemon.floor import tables as t
from daemon.floor.account import QUARTER, first_of, local, midnight, monday, month_of
from daemon.floor.columns import COLUMNS, COUNTING, NOTHING, Sums, plus
from daemon.floor.figures import kept_since, longest
from daemon.floor.kept import brings, record_in
from daemon.floor.opening import reading
from daemon.floor.store import FloorStore
from daemon.store.usage import local_hour as uncached

DAYS_AT_ONCE: Final = 31
local_hour = lru_cache(maxsize=65_536)(uncached)

type Bucket = Literal["hour", "day", "week", "total"]
type By = Literal["machine", "zone", "modality", "site"]


class NotKept(Exception):
    """Single hours of those days are not kept any more; the message says from when on they are."""


@dataclass(frozen=True, slots=True)
class Question:
    """From the day first up to, and without, the day end; only names what is asked for, empty: all."""

    first: date
    end: date
    bucket: Bucket = "day"
    by: By = "site"
    machines: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    modalities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """The sums of one bucket of one group: start with its offset, hours long."""

    start: datetime
    hours: int
    group: str
    sums: Sums

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands among all lines of an answer."""
        return self.start, self.group


def lines(store: FloorStore, asked: Question, after: tuple[datetime, str] | None = None) -> Iterator[Line]:
    """Yield the lines of an answer, those after a place when it is given. NotKept, StoreError."""
    _check(store, asked)
    day = asked.first
    if after is not None:
        began = after[0].astimezone(store.zone).date()
        day = max(day, monday(began) if asked.bucket == "week" else began)
    while day < asked.end:
        end = min(asked.end, _portion_end(day, asked.bucket))
        with reading(store.engine) as db:
            found = _portion(db, store, asked, day, end)
        yield from (line for line in found if after is None or line.place > after)
        day = end


def _check(store: FloorStore, asked: Question) -> None:
    with reading(store.engine) as db:
        since = kept_since(db)
    if asked.bucket == "hour" and asked.first < since:
        raise NotKept(f"single hours are kept from {since} on; ask by day or week for what was before")


def _portion_end(day: date, bucket: Bucket) -> date:
    """Return up to where lines are made at once; a week is never cut by it."""
    if bucket == "total":
        return date.max
    if bucket == "hour":
        return day + timedelta(days=1)
    return monday(day) + timedelta(days=35) if bucket == "week" else day + timedelta(days=DAYS_AT_ONCE)


def _portion(db: Connection, store: FloorStore, asked: Question, day: date, end: date) -> list[Line]:
    parts = _hours(db, store, asked, day, end) if asked.bucket == "hour" else _days(db, store, asked, day, end)
    summed: dict[tuple[datetime, int, str], Sums] = {}
    for start, length, group, sums in parts:
        key = (start, length, group)
        summed[key] = plus(summed.get(key, NOTHING), sums)
    made = (Line(*key, sums) for key, sums in summed.items() if any(sums))
    return sorted(made, key=lambda line: line.place)


def chosen(asked: Question) -> ColumnElement[bool]:
    """Return what is true of the machines that are asked for."""
    m = t.machine.c
    wanted = ((asked.machines, m.machine), (asked.zones, m.zone), (asked.modalities, m.modality))
    return and_(true(), *(column.in_(sorted(some)) for some, column in wanted if some))


def _days(
    db: Connection, store: FloorStore, asked: Question, day: date, end: date
) -> Iterator[tuple[datetime, int, str, Sums]]:
    d = t.day.c
    group = t.machine.c[asked.by]
    wanted = select(group, func.min(d.day), *(func.sum(d[name]) for name in COLUMNS)).join_from(
        t.day, t.machine, d.machine == t.machine.c.n
    )
    span = d.day.in_(range(day.toordinal(), end.toordinal()))  # so that of one machine only its own rows are read
    rows = group, *(() if asked.bucket == "total" else (d.day,))
    for name, ordinal, *sums in db.execute(wanted.where(span, chosen(asked)).group_by(*rows)):
        yield (*stretch(store, *bounds(asked, date.fromordinal(ordinal))), name, tuple(map(int, sums)))


def bounds(asked: Question, day: date) -> tuple[date, date]:
    """Return the first day of the bucket that holds day, and the day after its last one."""
    if asked.bucket == "total":
        return asked.first, asked.end
    if asked.bucket == "week":
        return max(monday(day), asked.first), min(monday(day) + timedelta(days=7), asked.end)
    return day, day + timedelta(days=1)


def stretch(store: FloorStore, start: date, stop: date) -> tuple[datetime, int]:
    """Return when start begins there, and how many hours it is until stop begins: 23 or 25 when clocks change."""
    begins, ends = midnight(start, store.zone), midnight(stop, store.zone)
    return datetime.fromtimestamp(begins / 1000, UTC).astimezone(store.zone), (ends - begins) // 3_600_000


def _hours(
    db: Connection, store: FloorStore, asked: Question, day: date, end: date
) -> Iterator[tuple[datetime, int, str, Sums]]:
    for quarter, group, sums in pieces(db, store, asked, day, end):
        yield local_hour(quarter, store.zone), 1, group, sums


def pieces(db: Connection, store: FloorStore, asked: Question, day: date, end: date) -> Iterator[tuple[int, str, Sums]]:
    """Yield (quarter of an hour, group, sums) of all events, from day up to, and without, end."""
    start, stop = midnight(day, store.zone), midnight(end, store.zone)
    groups = groups_of(db, asked)
    e = t.event.c
    late = stop + longest(db)
    wanted = select(t.event).where(e.machine.in_(list(groups)), e.moment >= start, e.moment < late, e.start < stop)
    for row in db.execute(wanted.where(e.kind.in_(sorted(COUNTING)))):
        found = brings(record_in(row, ""), row.moment)
        if found is None:
            continue
        for quarter, sums in found.pieces():
            if start <= quarter * QUARTER < stop:
                yield quarter, groups[row.machine], sums


def groups_of(db: Connection, asked: Question) -> Mapping[int, str]:
    """Return the machines that are asked for, by their numbers, each with the group that it counts to."""
    wanted = select(t.machine.c.n, t.machine.c[asked.by].label("name")).where(chosen(asked))
    return {row.n: row.name for row in db.execute(wanted)}


def heat(store: FloorStore, asked: Question) -> list[tuple[str, int, int, Sums]]:
    """Return (group, weekday from 1 for Monday, local hour, sums) of all days that are asked for. NotKept, StoreError.

    Whole months come from the rollup, the days beside them from the events.
    """
    cells: dict[tuple[str, int, int], Sums] = {}
    with reading(store.engine) as db:
        since = kept_since(db)
        first, end = whole_months(asked.first, asked.end)
        beside = [(asked.first, asked.end)] if first >= end else [(asked.first, first), (end, asked.end)]
        rest = [span for span in beside if span[0] < span[1]]
        if any(start < since for start, _ in rest):
            raise NotKept(f"single days are kept from {since} on; ask for whole months of what was before")
        for group, weekday, hour, *sums in _months(db, asked, first, end):
            _grow(cells, (group, weekday + 1, hour), tuple(map(int, sums)))
        for start, stop in rest:
            for quarter, group, piece in pieces(db, store, asked, start, stop):
                day, hour = local(quarter, store.zone)
                _grow(cells, (group, day.isoweekday(), hour), piece)
    return [(*key, sums) for key, sums in sorted(cells.items()) if any(sums)]


def _months(db: Connection, asked: Question, first: date, end: date) -> Iterable[Any]:
    h = t.heat.c
    group = t.machine.c[asked.by]
    wanted = select(group, h.weekday, h.hour, *(func.sum(h[name]) for name in COLUMNS)).join_from(
        t.heat, t.machine, h.machine == t.machine.c.n
    )
    span = h.month.in_(range(month_of(first), month_of(end)))  # so that of one machine only its own rows are read
    return db.execute(wanted.where(span, chosen(asked)).group_by(group, h.weekday, h.hour))


def whole_months(first: date, end: date) -> tuple[date, date]:
    """Return the first days of the first whole month, and of the month after the last one; equal: there is none."""
    start = first if first.day == 1 else first_of(month_of(first) + 1)
    stop = end.replace(day=1)
    return start, max(start, stop)


def _grow(cells: dict[tuple[str, int, int], Sums], key: tuple[str, int, int], sums: Sums) -> None:
    cells[key] = plus(cells.get(key, NOTHING), sums)
