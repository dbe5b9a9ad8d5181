"""What the floor knows of each machine beside the moment: out of order, serviced, last used, run since its service."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select, update

from daemon.floor import tables as t
from daemon.floor.audit import Actor, Deed, record
from daemon.floor.faults import begin, end, numbers_of
from daemon.floor.figures import note, recall
from daemon.floor.ledger import inserting
from daemon.floor.opening import changing, reading
from daemon.floor.store import FloorStore

OUT = "out_of_order"
WAITING = "waiting"


class NoMachine(Exception):
    """No machine of that name is known."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One machine: belt (ms) and distance (m) since its last service, and the local day of its last session."""

    machine: str
    name: str
    zone: str
    modality: str
    out_at: int = 0
    out_why: str = ""
    serviced_at: int | None = None
    belt: int = 0
    distance: int = 0
    used: date | None = None


@dataclass(frozen=True, slots=True)
class Intervals:
    """After how much belt a machine is to be serviced: m and ms; 0: it is not counted."""

    distance: int = 0
    belt: int = 0

    def share(self, one: Condition) -> float:
        """Return how much of the interval is used up; the larger of both counts."""
        parts = ((one.distance, self.distance), (one.belt, self.belt))
        return max((done / most for done, most in parts if most), default=0.0)


def conditions(store: FloorStore) -> dict[str, Condition]:
    """Return what is known of each machine. StoreError."""
    m, d = t.machine.c, t.day.c
    sums = select(d.machine, func.sum(d.belt).label("belt"), func.sum(d.distance).label("distance"))
    with reading(store.engine) as db:
        run = {row.machine: row for row in db.execute(sums.group_by(d.machine))}
        used = select(d.machine, func.max(d.day).label("day")).where(d.sessions > 0).group_by(d.machine)
        days = {row.machine: row.day for row in db.execute(used)}
        done = {row.machine: row for row in db.execute(select(t.serviced).order_by(t.serviced.c.at))}
        why = select(t.fault.c.machine, t.fault.c.text).where(t.fault.c.code == OUT, t.fault.c.ended.is_(None))
        reasons = {row.machine: row.text for row in db.execute(why)}
        rows = db.execute(select(t.machine).where(m.site == store.site)).all()
    return {row.machine: _condition(row, run.get(row.n), days.get(row.n), done.get(row.n), reasons) for row in rows}


def _condition(row: Any, run: Any, day: int | None, done: Any, reasons: dict[int, str]) -> Condition:  # noqa: ANN401, rows
    belt, distance = (0, 0) if run is None else (int(run.belt), int(run.distance))
    return Condition(
        row.machine,
        row.name,
        row.zone,
        row.modality,
        out_at=row.out_of_order,
        out_why=reasons.get(row.n, ""),
        serviced_at=None if done is None else done.at,
        belt=belt - (0 if done is None else done.belt),
        distance=distance - (0 if done is None else done.distance),
        used=date.fromordinal(day) if day else None,
    )


def _number(db: Connection, site: str, machine: str) -> int:
    found = numbers_of(db, site).get(machine)
    if found is None:
        raise NoMachine(machine)
    return found


def take_out(store: FloorStore, machine: str, why: str, at: int, who: Actor) -> None:
    """Take a machine out of order, as staff's word. NoMachine, StoreError."""
    with changing(store.engine) as db:
        number = _number(db, store.site, machine)
        db.execute(update(t.machine).where(t.machine.c.n == number).values(out_of_order=at))
        begin(db, number, OUT, why, at, at)
        record(db, store.site, at, who, Deed(OUT, machine, {"out": True, "why": why}))


def put_back(store: FloorStore, machine: str, at: int, who: Actor) -> None:
    """Put a machine back to use. NoMachine, StoreError."""
    with changing(store.engine) as db:
        number = _number(db, store.site, machine)
        db.execute(update(t.machine).where(t.machine.c.n == number).values(out_of_order=0))
        end(db, number, OUT, at)
        record(db, store.site, at, who, Deed(OUT, machine, {"out": False}))


def serviced(store: FloorStore, machine: str, words: str, at: int, who: Actor) -> None:
    """Note that a machine was serviced: its counters begin anew. NoMachine, StoreError."""
    d = t.day.c
    with changing(store.engine) as db:
        number = _number(db, store.site, machine)
        belt, distance = db.execute(select(func.sum(d.belt), func.sum(d.distance)).where(d.machine == number)).one()
        row = {"machine": number, "at": at, "belt": int(belt or 0), "distance": int(distance or 0), "note": words}
        once = inserting(db, t.serviced).on_conflict_do_nothing()  # two at the same moment are one
        db.execute(once, {**row, "author": who.proved.by, "said": who.said})
        record(db, store.site, at, who, Deed("serviced", machine, {"note": words}))


def say_waiting(store: FloorStore, *, people: bool, at: int, who: Actor) -> None:
    """Note that people wait for a machine, or that nobody does. StoreError."""
    with changing(store.engine) as db:
        note(db, WAITING, {"at": at, "people": people})
        record(db, store.site, at, who, Deed(WAITING, None, {"people": people}))


def said_waiting(store: FloorStore) -> tuple[int, bool] | None:
    """Return when staff said last whether people wait, and what. StoreError."""
    with reading(store.engine) as db:
        found = recall(db, WAITING)
    return None if found is None else (int(found["at"]), bool(found["people"]))
