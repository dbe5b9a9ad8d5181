"""Events as they are kept, and how far things have come."""

import json
import logging
import sqlite3
from dataclasses import dataclass, field, replace
from datetime import datetime

from daemon.messages import Event

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Row:
    """An event as it is kept; data is JSON."""

    seq: int
    id: str
    kind: str
    boot: str
    at: int
    session: str | None
    data: str

    @property
    def size(self) -> int:
        """About how many bytes the event takes on the disk."""
        return 80 + 2 * len(self.id) + len(self.data)


@dataclass(frozen=True, slots=True)
class Marks:
    """How far things have come; kept beside the events."""

    last: int = 0  # highest number given
    sent: int = 0  # highest number that the broker took
    floor: bool = False  # a floor has been heard of


@dataclass(frozen=True, slots=True)
class Changes:
    """What the disk does not know yet: numbers to insert or delete, or that every row is new."""

    seqs: set[int] = field(default_factory=set)
    anew: bool = False

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return self.anew or bool(self.seqs)

    def __or__(self, later: "Changes") -> "Changes":
        """Return both as one; where every row is new, single numbers say nothing."""
        anew = self.anew or later.anew
        return Changes(set() if anew else self.seqs | later.seqs, anew)


def event_of(row: Row, ts: datetime | None) -> Event:
    """Return the message of a row. ValueError when it is none."""
    return Event.model_validate(
        {
            "id": row.id,
            "seq": row.seq,
            "kind": row.kind,
            "ts": ts,
            "boot": row.boot,
            "uptime_ms": row.at,
            "session": row.session,
            "data": json.loads(row.data),
        }
    )


def number(row: Row) -> int:
    """Return the row's number, to sort by."""
    return row.seq


def read_rows(db: sqlite3.Connection) -> list[Row]:
    """Return all rows, in the order of their numbers."""
    return [Row(*row) for row in db.execute("SELECT * FROM outbox ORDER BY seq")]


def sound(rows: list[Row]) -> list[Row]:
    """Return the rows that are events; others, carried over from a damaged file, would hold up all behind them."""
    events = []
    for row in rows:
        try:
            event_of(row, None)
        except ValueError as error:
            log.warning("event %s cannot be read and is left out: %s", row.id, error)
        else:
            events.append(row)
    return events


def read_marks(noted: object, rows: list[Row]) -> Marks:
    """Return the marks as noted; without a good note they begin with the rows."""
    try:
        marks = Marks(**noted) if isinstance(noted, dict) else Marks()
    except TypeError:
        marks = Marks()
    return replace(marks, last=max([marks.last, *(row.seq for row in rows[-1:])]))
