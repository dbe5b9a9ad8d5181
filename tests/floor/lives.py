"""Machines' lives for the floor's tests: what they tell, and all the ways in which it comes."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import func, select

from daemon.floor import tables as t
from daemon.floor.columns import COLUMNS, COUNTS, TIMES
from daemon.floor.opening import reading, writing
from daemon.floor.record import Record
from daemon.floor.sift import Unfit, sift
from daemon.floor.store import FloorStore
from daemon.outbox.fold import KEPT, merged, sums
from daemon.outbox.rows import Row, event_of

ZONE = ZoneInfo("Europe/Berlin")
SUMMER_ENDS = datetime(2026, 10, 25, 1, tzinfo=UTC)
"""At this moment Berlin's clocks go back from 3:00 to 2:00."""
NOW = SUMMER_ENDS + timedelta(days=3)


@dataclass
class Life:
    """One machine: events in their order, kept until the floor has stored them; time is ms of its boot."""

    machine: str = "t07"
    origin: str = "a1"
    boot: str = "boot-1"
    began: datetime = SUMMER_ENDS - timedelta(hours=6)
    at: int = 0
    rows: list[Row] = field(default_factory=list)
    """What waits for the floor."""
    all: list[Row] = field(default_factory=list)
    """What ever was, unfolded."""
    number: int = 0
    knows_the_date: bool = True

    def ts(self, at: int) -> datetime | None:
        """Return when the monotonic time at was."""
        return self.began + timedelta(milliseconds=at)

    def tell(self, kind: str, session: str | None = None, **data: Any) -> Row:
        """Let something happen now."""
        self.number += 1
        id_ = f"{self.machine}-{self.origin}-{self.number}"
        row = Row(self.number, id_, kind, self.boot, self.at, session, json.dumps(data))
        self.rows.append(row)
        self.all.append(row)
        return row

    def session(self, belt_s: int, flat_s: int = 0, pause_s: int = 0, mode: str = "nudge") -> Row:
        """Let somebody walk, from now on for so long; eligible is half of it, or all that was flat."""
        began = self.at
        self.tell("session", f"s-{self.number}", step="new", min_incline=10, started=began)
        self.at += (belt_s + pause_s) * 1000
        parts = {"belt": belt_s * 1000, "pause": pause_s * 1000, "eligible": max(belt_s * 500, flat_s * 1000)}
        rest = {"flat": flat_s * 1000, "unknown": 0, "gap": 0, "distance": belt_s * 2}
        span = {"started": began, "ended": self.at, "min_incline": 10, "mode": mode}
        return self.tell("session", f"s-{self.number}", step="end", reason="stopped", **span, **parts, **rest)

    def fold(self, upto: int) -> None:
        """Fold the oldest events, as a machine does that waits for a floor."""
        span = 3_600_000
        self.rows = [*merged(self.rows[:upto], span, lambda _, at: self.ts(at)), *self.rows[upto:]]

    def heard(self, stored: int) -> None:
        """Hear how far the floor has stored: the rest is kept."""
        self.rows = [row for row in self.rows if row.seq > stored]

    def payload(self, row: Row) -> bytes:
        """Return what the machine publishes for row."""
        return event_of(row, self.ts(row.at) if self.knows_the_date else None).model_dump_json().encode()

    def said(self, row: Row) -> Record | Unfit:
        """Return what the floor hears."""
        return sift(self.machine, f"inclined/v1/north/{self.machine}/event/{row.kind}", self.payload(row))

    def sums(self) -> Counter[str]:
        """Return what all that ever was adds up to, by the floor's own columns."""
        whole: Counter[str] = Counter()
        for row in self.all:
            whole.update(sums(row))
        named = {**{name: name for name in TIMES}, **COUNTS}
        return Counter({column: whole[name] for column, name in named.items() if whole[name]})


def hear(store: FloorStore, life: Life, rows: Iterable[Row], now: datetime = NOW) -> int:
    """Let the floor hear rows of life; return how far it has then stored them."""
    return store.take([life.said(row) for row in rows], now).stored.get(life.machine, 0)


def settle(store: FloorStore, life: Life, now: datetime = NOW) -> datetime:
    """Let life send all it has, in order and again and again, until the floor has it; return the time then."""
    for _ in range(60):
        if not life.rows:
            return now
        life.heard(hear(store, life, life.rows, now))
        now += timedelta(seconds=60)
    raise AssertionError(f"the floor never had all: {[row.seq for row in life.rows]}")


def figures(store: FloorStore) -> Counter[str]:
    """Return what the floor's days add up to."""
    with reading(store.engine) as db:
        row = db.execute(select(*(func.sum(t.day.c[name]) for name in COLUMNS))).one()
    return Counter({name: int(n) for name, n in zip(COLUMNS, row, strict=True) if n})


def safety(store: FloorStore) -> int:
    """Return how many events of safety and audit are stored."""
    with reading(store.engine) as db:
        wanted = select(func.count()).select_from(t.event).where(t.event.c.kind.in_(sorted(KEPT)))
        return int(db.execute(wanted).scalar() or 0)


def sheets(store: FloorStore) -> list[list[tuple[Any, ...]]]:
    """Return all rows of both rollups."""
    with reading(store.engine) as db:
        return [
            sorted(tuple(row) for row in db.execute(select(*table.c)) if any(row[len(t.KEYS[table]) :]))
            for table in (t.day, t.heat)
        ]


def emptied(store: FloorStore) -> FloorStore:
    """Return store with nothing in it but its notes, for the next example of a property."""
    with writing(store.engine) as db:
        for table in t.KEYS:
            if table is not t.note:
                db.execute(table.delete())
    return store


WORDS = (
    ("nudge", {"step": "offered", "form": "nudge"}),
    ("nudge", {"step": "ended", "outcome": "declined"}),
    ("nudge", {"step": "ended", "outcome": "accepted_self"}),
    ("suggestion", {"step": "ended", "outcome": "taken"}),
    ("limit", {"step": "reached"}),
    ("link", {"state": "up"}),
    ("command", {"what": "raise", "result": "arrived"}),
    ("audit", {"what": "settings"}),
)
HAPPENINGS = st.one_of(
    st.tuples(st.just("session"), st.integers(0, 1_500), st.integers(0, 500)),
    st.tuples(st.just("rest"), st.integers(0, 5_000), st.just(0)),
    st.tuples(st.just("word"), st.integers(0, len(WORDS) - 1), st.just(0)),
)
"""What a machine does next."""


def happen(life: Life, what: tuple[str, int, int]) -> None:
    """Let it happen."""
    kind, number, more = what
    if kind == "session":
        life.session(number, min(more, number), mode="observe" if number % 2 else "nudge")
    elif kind == "rest":
        life.at += number * 1000
    else:
        word, data = WORDS[number]
        life.tell(word, **data)


ARRIVALS = st.one_of(
    st.tuples(st.just("happens"), HAPPENINGS),
    st.tuples(st.just("sends"), st.lists(st.booleans(), max_size=12)),
    st.tuples(st.just("sends old"), st.randoms(use_true_random=False)),
    st.tuples(st.just("folds"), st.integers(0, 20)),
    st.tuples(st.just("hears"), st.booleans()),
)
"""What comes next between a machine and the floor: True is lost on the way."""


def arrive(store: FloorStore, life: Life, what: tuple[str, Any], sent: list[Row]) -> None:
    """Let it come; sent: all that ever was sent, as it was then."""
    kind, how = what
    match kind:
        case "happens":
            happen(life, how)
        case "sends":
            lost = [*how, *[False] * len(life.rows)]
            through = [row for row, gone in zip(life.rows, lost, strict=False) if not gone]
            sent += life.rows
            hear(store, life, through)
        case "sends old":
            some = how.sample(sent, min(len(sent), 5))
            hear(store, life, some)
        case "folds":
            life.fold(how)
        case _:
            life.heard(store.marks().get(life.machine, 0))


def renumbered(rows: Sequence[Row], by: int) -> list[Row]:
    """Return rows under later numbers."""
    return [replace(row, seq=row.seq + by) for row in rows]
