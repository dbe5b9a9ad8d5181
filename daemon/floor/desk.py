"""Stores the events of one machine: what is new, what came again, what takes the place of others, what dates them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, delete, select, update

from daemon.floor import tables as t
from daemon.floor.account import span
from daemon.floor.hours import Stored, covered, verdict
from daemon.floor.kept import brings, plausible, record_in, row_of
from daemon.floor.ledger import Ledger, inserting
from daemon.floor.marks import Mark
from daemon.floor.quarantine import set_aside, unfit_of
from daemon.floor.record import Record
from daemon.floor.shelf import Known, Shelf
from daemon.floor.sift import Unfit
from daemon.outbox.fold import FOLDED

CONFLICT: Final = "another event with this id is stored; this one is kept aside"
TOO_OLD: Final = "told on a day whose events are not kept any more; it counts nowhere"


@dataclass
class Taken:
    """What one transaction did."""

    stored: dict[str, int] = field(default_factory=dict)
    """How far each machine that was heard is stored."""
    new: int = 0
    again: int = 0
    unfit: int = 0
    longest: int = 0
    """The longest time that a new event stands for, ms."""


@dataclass(frozen=True, slots=True)
class Gym:
    """What intake must know: the site, whose hours count, and from which day on events are kept."""

    site: str
    zone: ZoneInfo
    since: date = date.min
    kept_from: int = 0
    """The same in Unix ms."""


class Desk:
    """Stores the events of one machine."""

    def __init__(
        self, db: Connection, gym: Gym, row: dict[str, Any], shelf: Shelf, now: int, ledger: Ledger, taken: Taken
    ) -> None:
        self.slug: str = row["machine"]
        self.new: Known = {}
        """What is to be inserted."""
        self._db = db
        self._gym = gym
        self._now = now
        self._ledger = ledger
        self._taken = taken
        self._row = row
        self._n: int = row["n"]
        self.mark = self._before = Mark(row["stored"], tuple(shelf.beyond[self._n]), row["passes"], row["since"])
        self._offsets = shelf.offsets[self._n]
        self._known = shelf.known[self._n]
        self._folds = {key for key, (record, _) in self._known.items() if record.kind == FOLDED}
        self._misdated = self._unfit = 0

    def take(self, heard: Sequence[Record | Unfit]) -> None:
        """Take them in the order in which they came."""
        self._learn_offsets([one for one in heard if isinstance(one, Record)])
        for one in heard:
            if isinstance(one, Unfit):
                self._set_aside(one, one.reason)
                if one.seq is not None:
                    self.mark = self.mark.heard(one.seq, one.seq, self._now)
            else:
                first = self._store(one)
                self.mark = self.mark.heard(first, one.seq, self._now)
        self._taken.stored[self.slug] = self.mark.stored

    def changes(self) -> dict[str, Any] | None:
        """Return what is to be written of the machine's row, or None when nothing is."""
        if self.mark == self._before and not self._misdated and not self._unfit:
            return None
        return {
            "key": self._n,
            "stored": self.mark.stored,
            "passes": self.mark.passes,
            "since": self.mark.since,
            "misdated": self._row["misdated"] + self._misdated,
            "unfit": self._row["unfit"] + self._unfit,
        }

    def beyond(self) -> list[dict[str, int]] | None:
        """Return the rows of what was heard behind a gap, or None when they are the same as before."""
        if self.mark.beyond == self._before.beyond:
            return None
        return [{"machine": self._n, "first": first, "last": last} for first, last in self.mark.beyond]

    @property
    def number(self) -> int:
        """The machine's number in the database."""
        return self._n

    def rows(self) -> list[dict[str, Any]]:
        """Return the events to insert."""
        return [row_of(self._n, record, moment) for record, moment in self.new.values()]

    # one event

    def _store(self, record: Record) -> int:
        """Store record unless it is there; return the first number that is then stored with it."""
        known = self._known.get(record.key)
        if known is not None:
            self._taken.again += 1
            self._again(record, *known)
            return record.seq if record.kind != FOLDED else self._begins(record)
        if record.kind == FOLDED:
            return self._take_hours(record)
        if record.telemetry and covered(self._folded(record.origin), record.first, record.last):
            self._taken.again += 1  # an hours event has it already
        else:
            self._keep(record)
        return record.seq

    def _again(self, record: Record, known: Record, moment: int | None) -> None:
        """Take from a second copy what the first lacked: its date."""
        if not record.same(known):
            self._set_aside(unfit_of(record), CONFLICT)
        elif moment is None and (dated := self._moment(record)) is not None:
            self._forget(known, moment)
            self._put(record, dated)

    def _keep(self, record: Record) -> None:
        moment = self._moment(record)
        self._misdated += record.ts is not None and not plausible(record.ts, self._now)
        if moment is not None and moment < self._gym.kept_from:
            self._set_aside(unfit_of(record), TOO_OLD)
            return
        self._put(record, moment)
        self._taken.new += 1

    def _put(self, record: Record, moment: int | None) -> None:
        if record.kind == FOLDED:
            self._folds.add(record.key)
        begins, ends = span(record)
        self._taken.longest = max(self._taken.longest, record.at - min(begins, ends))
        self._known[record.key] = (record, moment)
        self.new[record.key] = (record, moment)
        self._count(record, moment, 1)

    def _count(self, record: Record, moment: int | None, sign: int) -> None:
        found = brings(record, moment)
        if found is None:
            return
        if moment is None:
            self._ledger.undated(self._n, found, sign)
        elif sign > 0:
            self._ledger.add(self._n, found)
        else:
            self._ledger.take_back(self._n, found)

    def _forget(self, record: Record, moment: int | None) -> None:
        """Remove an event and what it brought."""
        self._count(record, moment, -1)
        del self._known[record.key]
        self._folds.discard(record.key)
        if self.new.pop(record.key, None) is None:
            self._delete(record)

    def _delete(self, record: Record) -> None:
        where = zip(t.KEYS[t.event], (self._n, *record.key), strict=True)
        self._db.execute(delete(t.event).where(*(t.event.c[name] == value for name, value in where)))

    # hours, which take the place of others

    def _take_hours(self, hours: Record) -> int:
        self._read_range(hours)
        inside = [pair for pair in self._known.values() if self._within(pair[0], hours)]
        parts = [Stored(r.first, r.last, r.events, telemetry=r.telemetry) for r, _ in inside]
        said = verdict(hours, parts, self._folded(hours.origin), self.mark.stored)
        if said.replaces:
            for record, moment in inside:
                if record.telemetry:
                    self._forget(record, moment)
            self._keep(hours)
        else:
            self._taken.again += 1
        return hours.begins if said.whole else hours.seq

    def _begins(self, hours: Record) -> int:
        self._read_range(hours)
        safety = [r for r, _ in self._known.values() if self._within(r, hours) and not r.telemetry]
        return hours.begins if len(safety) >= hours.last - hours.first + 1 - hours.events else hours.seq

    @staticmethod
    def _within(record: Record, hours: Record) -> bool:
        inside = hours.first <= record.first and record.last <= hours.last
        return record.origin == hours.origin and inside and record.key != hours.key

    def _folded(self, origin: str) -> list[tuple[int, int]]:
        return [(first, last) for run, first, last in self._folds if run == origin]

    # dates

    def _moment(self, record: Record) -> int | None:
        """Return when record was told, Unix ms: by its own date, or by that of another event of the same boot."""
        if record.ts is not None and plausible(record.ts, self._now):
            return record.ts
        offset = self._offsets.get(record.boot)
        return None if offset is None else offset + record.at

    def _learn_offsets(self, records: Sequence[Record]) -> None:
        """Learn what dates each boot; a boot that was not dated until now dates its events."""
        for record in records:
            if record.ts is None or record.boot in self._offsets or not plausible(record.ts, self._now):
                continue
            offset = self._offsets[record.boot] = record.ts - record.at
            row = {"machine": self._n, "boot": record.boot, "offset_ms": offset}
            self._db.execute(inserting(self._db, t.boot).on_conflict_do_nothing(), row)
            self._date(record.boot, offset)

    def _date(self, boot: str, offset: int) -> None:
        """Date the events of boot that were stored without a date."""
        e = t.event.c
        undated = select(t.event).where(e.machine == self._n, e.boot == boot, e.moment.is_(None))
        for row in self._db.execute(undated).all():
            record = record_in(row, self.slug)
            self._count(record, None, -1)
            self._count(record, offset + record.at, 1)
            if record.key in self._known:
                self._known[record.key] = (record, offset + record.at)
            new = row_of(self._n, record, offset + record.at)
            key = and_(*(e[name] == new[name] for name in t.KEYS[t.event]))
            self._db.execute(update(t.event).where(key).values(start=new["start"], moment=new["moment"]))

    def _read_range(self, hours: Record) -> None:
        """Learn of all that is stored inside an hours event."""
        e = t.event.c
        inside = and_(e.first >= hours.first, e.last <= hours.last)
        mine = and_(e.machine == self._n, e.origin == hours.origin)
        for row in self._db.execute(select(t.event).where(mine, inside)):
            record = record_in(row, self.slug)
            self._known.setdefault(record.key, (record, row.moment))

    def _set_aside(self, unfit: Unfit, reason: str) -> None:
        new = set_aside(self._db, unfit, reason, self._now)
        self._taken.unfit += new
        self._unfit += new
