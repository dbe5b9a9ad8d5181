"""The figures as the events themselves say, to check the rollups by, and to make them anew."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from daemon.floor import tables as t
from daemon.floor.account import month_of
from daemon.floor.columns import COUNTING
from daemon.floor.kept import brings, record_in
from daemon.floor.ledger import UNDATED, Ledger, clear, inserting, sheet

KEPT_SINCE = "kept_since"
ZONE = "time_zone"
LONGEST = "longest_ms"


def recall(db: Connection, name: str) -> Any:  # noqa: ANN401, whatever was noted
    """Return what is noted under name, or None."""
    found = db.execute(select(t.note.c.text).where(t.note.c.name == name)).scalar()
    return None if found is None else json.loads(found)


def note(db: Connection, name: str, value: object) -> None:
    """Note value, as JSON, under name."""
    insert = inserting(db, t.note)
    insert = insert.on_conflict_do_update(index_elements=["name"], set_={"text": insert.excluded.text})
    db.execute(insert, {"name": name, "text": json.dumps(value)})


def kept_since(db: Connection) -> date:
    """Return the first day whose events are all kept."""
    found = recall(db, KEPT_SINCE)
    return date.min if found is None else date.fromisoformat(found)


def longest(db: Connection) -> int:
    """Return the longest time in ms that any event stands for: so much later than its beginning it was told."""
    return int(recall(db, LONGEST) or 0)


def added_up(db: Connection, zone: ZoneInfo, since: date) -> Ledger:
    """Return what all stored events add up to, from the day since on."""
    ledger = Ledger(zone, since)
    for number, record, moment in _counting(db):
        found = brings(record, moment)
        if found is None:
            continue
        if moment is None:
            ledger.undated(number, found)
        else:
            ledger.add(number, found)
    return ledger


def _counting(db: Connection) -> Iterator[tuple[int, Any, int | None]]:
    wanted = select(t.event).where(t.event.c.kind.in_(sorted(COUNTING))).execution_options(yield_per=1000)
    rows = db.execute(wanted)
    return ((row.machine, record_in(row, ""), row.moment) for row in rows)


def rebuild(db: Connection, zone: ZoneInfo) -> None:
    """Make the rollups anew from the events, as far back as those are kept."""
    since = kept_since(db)
    ledger = added_up(db, zone, since)
    clear(db, since)
    ledger.write(db)
    note(db, ZONE, zone.key)


def differences(db: Connection, zone: ZoneInfo) -> list[str]:
    """Return each row of a rollup, as far back as events are kept, that is not what the events say; none is good."""
    since = kept_since(db)
    ledger = added_up(db, zone, since)
    wrong: list[str] = []
    for table, should in ((t.day, ledger.days), (t.heat, ledger.heats)):
        least = since.toordinal() if table is t.day else month_of(since)
        have = {key: sums for key, sums in sheet(db, table).items() if key[0] >= least or key[0] == UNDATED}
        wanted = {key: sums for key, sums in should.items() if any(sums)}
        wrong += [f"{table.name} {key}" for key in sorted(have.keys() | wanted) if have.get(key) != wanted.get(key)]
    return wrong
