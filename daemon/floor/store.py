"""The floor's store: one engine, and all that is asked of it. Every call blocks; none belongs into the loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from daemon.floor import tables as t
from daemon.floor.account import midnight
from daemon.floor.columns import COLUMNS, Sums
from daemon.floor.desk import Gym, Taken
from daemon.floor.figures import ZONE, differences, kept_since, rebuild, recall
from daemon.floor.intake import take
from daemon.floor.ledger import UNDATED
from daemon.floor.opening import BUSY_S, changing, open_engine, reading, sentence, writing
from daemon.floor.record import Record
from daemon.floor.retention import let_go
from daemon.floor.shelf import machine_rows
from daemon.floor.sift import MOST_NUMBER, Unfit
from daemon.store import StoreError


@dataclass(frozen=True, slots=True)
class About:
    """What a machine said of itself."""

    name: str
    zone: str
    modality: str


class FloorStore:
    """All machines' events and figures, in SQLite or PostgreSQL. Each method is one transaction."""

    def __init__(self, engine: Engine, site: str, zone: ZoneInfo) -> None:
        self.engine = engine
        self.zone = zone
        self.site = site

    @classmethod
    def open(cls, database: str, site: str, zone: ZoneInfo, busy_s: float = BUSY_S) -> Self:
        """Open the database; where the gym's time zone is another than it was, make the rollups anew. StoreError."""
        store = cls(open_engine(database, busy_s), site, zone)
        try:
            with changing(store.engine) as db:
                if recall(db, ZONE) != zone.key:
                    rebuild(db, zone)
        except StoreError:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def take(self, heard: Sequence[Record | Unfit], now: datetime) -> Taken:
        """Store what was heard; all or nothing. StoreError when the database cannot be written.

        What the database itself refuses is set aside, so that one event does not hold up the others.
        """
        try:
            return self._take(heard, now)
        except DBAPIError as error:
            if unreachable(error) or not heard:
                raise StoreError(sentence(self.engine, error)) from error
            return self._take_apart(heard, now, error)
        except SQLAlchemyError as error:
            raise StoreError(sentence(self.engine, error)) from error
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:  # numbers and dates beyond all bounds
            return self._take_apart(heard, now, error)

    def _take_apart(self, heard: Sequence[Record | Unfit], now: datetime, error: Exception) -> Taken:
        """Store the halves of what was refused as a whole; one that is refused alone is set aside."""
        if len(heard) > 1:
            half = len(heard) // 2
            return joined(self.take(heard[:half], now), self.take(heard[half:], now))
        (one,) = heard
        if isinstance(one, Unfit):
            raise StoreError(sentence(self.engine, error)) from error
        why = f"refused by the database: {getattr(error, 'orig', error)}"
        seq = one.seq if one.seq <= MOST_NUMBER else None
        return self.take([Unfit(one.machine, f"event/{one.kind}", repr(one).encode(), why, seq)], now)

    def _take(self, heard: Sequence[Record | Unfit], now: datetime) -> Taken:
        with writing(self.engine) as db:
            since = kept_since(db)
            old = 0 if since == date.min else midnight(since, self.zone)
            return take(db, Gym(self.site, self.zone, since, old), heard, ms(now))

    def marks(self) -> dict[str, int]:
        """Return how far each machine is stored."""
        wanted = select(t.machine.c.machine, t.machine.c.stored).where(t.machine.c.site == self.site)
        with reading(self.engine) as db:
            return {row.machine: row.stored for row in db.execute(wanted)}

    def learn(self, machine: str, about: About) -> int:
        """Keep what a machine says of itself; return how far it is stored. StoreError."""
        with changing(self.engine) as db:
            (row,) = machine_rows(db, self.site, [machine])
            words = {"name": about.name, "zone": about.zone, "modality": about.modality}
            db.execute(update(t.machine).where(t.machine.c.n == row["n"]).values(words))
            return int(row["stored"])

    def broken(self) -> frozenset[str]:
        """Return the machines that staff took out of order."""
        m = t.machine.c
        with reading(self.engine) as db:
            return frozenset(db.execute(select(m.machine).where(m.site == self.site, m.out_of_order > 0)).scalars())

    def let_go(self, now: datetime, days: int) -> int:
        """Delete events that are older than days, and calls for help after a day. StoreError."""
        with changing(self.engine) as db:
            return let_go(db, now, days, self.zone)

    def differences(self) -> list[str]:
        """Return the rows of rollups that are not what the events say; there are none unless something is wrong."""
        with reading(self.engine) as db:
            return differences(db, self.zone)

    def machines(self) -> list[dict[str, Any]]:
        """Return what is known of each machine, by name: what it said of itself, and how far it is stored."""
        m = t.machine.c
        beyond = select(func.coalesce(func.sum(t.beyond.c.last - t.beyond.c.first + 1), 0))
        undated = select(func.coalesce(func.sum(t.day.c.sessions), 0)).where(t.day.c.day == UNDATED)
        wanted = select(
            m.machine, m.name, m.zone, m.modality, m.stored, m.unfit, m.misdated,
            beyond.where(t.beyond.c.machine == m.n).scalar_subquery().label("waiting"),
            undated.where(t.day.c.machine == m.n).scalar_subquery().label("undated_sessions"),
        )  # fmt: skip
        with reading(self.engine) as db:
            return [dict(row) for row in db.execute(wanted.where(m.site == self.site).order_by(m.machine)).mappings()]

    def sums(self) -> dict[str, Sums]:
        """Return what each machine's days add up to, those that are not dated left out."""
        d, m = t.day.c, t.machine.c
        wanted = select(m.machine, *(func.sum(d[name]) for name in COLUMNS)).join_from(
            t.day, t.machine, d.machine == m.n
        )
        wanted = wanted.where(m.site == self.site, d.day != UNDATED).group_by(m.machine)
        with reading(self.engine) as db:
            return {name: tuple(map(int, sums)) for name, *sums in db.execute(wanted)}

    def quarantined(self) -> list[dict[str, Any]]:
        """Return what made no sense, newest first."""
        q = t.quarantine.c
        wanted = select(q.at, q.machine, q.topic, q.reason, q.payload).order_by(q.at.desc(), q.digest)
        with reading(self.engine) as db:
            return [dict(row) for row in db.execute(wanted).mappings()]


def unreachable(error: DBAPIError) -> bool:
    """Tell whether the database, and not what it was given, is at fault."""
    return error.connection_invalidated or type(error).__name__ in {"OperationalError", "InterfaceError"}


def joined(one: Taken, other: Taken) -> Taken:
    """Return what both did."""
    return Taken(one.stored | other.stored, one.new + other.new, one.again + other.again, one.unfit + other.unfit)


def ms(moment: datetime) -> int:
    """Return Unix ms."""
    return round(moment.timestamp() * 1000)
