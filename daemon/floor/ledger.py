"""The rollups: sums by day, and by month, weekday and hour. They are always what the events themselves add up to."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from daemon.floor import tables as t
from daemon.floor.account import Account, local, month_of
from daemon.floor.columns import COLUMNS, NOTHING, Sums, minus, plus
from daemon.floor.opening import POSTGRES

UNDATED: Final = 0
"""The day of what could not be dated; days are counted as datetime.date.toordinal does."""

type Key = tuple[int, ...]
type Sheet = dict[Key, Sums]


class Ledger:
    """What one transaction adds to the rollups, gathered by row so that each is written once.

    since: days before it are left as they are, for their events are not kept any more.
    """

    def __init__(self, zone: ZoneInfo, since: date = date.min) -> None:
        self._zone = zone
        self._since = since
        self.days: Sheet = {}
        self.heats: Sheet = {}

    def add(self, machine: int, account: Account) -> None:
        """Add what an event brings."""
        for quarter, sums in account.pieces():
            self._enter(machine, quarter, sums)

    def take_back(self, machine: int, account: Account) -> None:
        """Take back what an event brought."""
        for quarter, sums in account.pieces():
            self._enter(machine, quarter, minus(sums))

    def undated(self, machine: int, account: Account, sign: int = 1) -> None:
        """Add (or, with sign -1, take back) what an event brings that cannot be dated."""
        sums = tuple(sign * n for n in (*account.times, *account.counts))
        _put(self.days, (UNDATED, machine), sums)

    def _enter(self, machine: int, quarter: int, sums: Sums) -> None:
        day, hour = local(quarter, self._zone)
        if day < self._since:
            return
        _put(self.days, (day.toordinal(), machine), sums)
        _put(self.heats, (month_of(day), machine, day.weekday(), hour), sums)

    def write(self, db: Connection) -> None:
        """Write all of it; in the order of the keys, so that two floors never wait for each other."""
        _write(db, t.day, self.days)
        _write(db, t.heat, self.heats)


def _put(sheet: Sheet, key: Key, sums: Sums) -> None:
    sheet[key] = plus(sheet.get(key, NOTHING), sums)


def _write(db: Connection, table: Table, sheet: Sheet) -> None:
    names = (*t.KEYS[table], *COLUMNS)
    rows = [dict(zip(names, (*key, *sums), strict=True)) for key, sums in sorted(sheet.items()) if any(sums)]
    if not rows:
        return
    insert = inserting(db, table)
    grown = {name: table.c[name] + insert.excluded[name] for name in COLUMNS}
    db.execute(insert.on_conflict_do_update(index_elements=t.KEYS[table], set_=grown), rows)


def inserting(db: Connection, table: Table) -> Any:  # noqa: ANN401, the two have the same words and no common type
    """Return an INSERT that may say what to do when the row is there, in the words of db."""
    return (postgresql if db.dialect.name == POSTGRES else sqlite).insert(table)


def sheet(db: Connection, table: Table) -> Sheet:
    """Return the rows of a rollup in which anything is."""
    keys = t.KEYS[table]
    found = db.execute(select(*(table.c[name] for name in (*keys, *COLUMNS))))
    rows = ((tuple(row[: len(keys)]), tuple(row[len(keys) :])) for row in found)
    return {key: sums for key, sums in rows if any(sums)}


def clear(db: Connection, since: date) -> None:
    """Remove the rollups from the day since on, and what is undated; since is the first of a month or the minimum."""
    db.execute(t.day.delete().where((t.day.c.day >= since.toordinal()) | (t.day.c.day == UNDATED)))
    db.execute(t.heat.delete().where(t.heat.c.month >= month_of(since)))


def rows_of(table: Table, chosen: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Yield rows of table as dictionaries."""
    names = [column.name for column in table.columns]
    return (dict(zip(names, row, strict=True)) for row in chosen)
