"""What staff had to see to, kept: when it began, when it was noticed, when it was over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select, update

from daemon.floor import tables as t
from daemon.floor.ledger import inserting
from daemon.floor.level import Cause
from daemon.floor.opening import changing, reading
from daemon.floor.store import FloorStore

NOT_KEPT: Final = frozenset({"out_of_order", "service_soon", "unused"})
"""No faults: the first is staff's own word and kept when they say it, the others are hints."""

type Key = tuple[str, str]
"""Machine and code."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What began and what is over since the last look."""

    new: Mapping[Key, Cause]
    over: frozenset[Key]


def turned(before: frozenset[Key], now: Mapping[Key, Cause]) -> Turned:
    """Return what changed; what is not kept is left out. Pure."""
    kept = {key: cause for key, cause in now.items() if key[1] not in NOT_KEPT}
    new = {key: cause for key, cause in kept.items() if key not in before}
    return Turned(new, before - kept.keys())


def open_faults(store: FloorStore) -> frozenset[Key]:
    """Return the faults that last, but for those that staff declared. StoreError."""
    f, m = t.fault.c, t.machine.c
    wanted = select(m.machine, f.code).join_from(t.fault, t.machine, f.machine == m.n)
    with reading(store.engine) as db:
        rows = db.execute(wanted.where(m.site == store.site, f.ended.is_(None)))
        return frozenset((row.machine, row.code) for row in rows if row.code not in NOT_KEPT)


def keep(store: FloorStore, found: Turned, now: int) -> None:
    """Write down what changed. StoreError."""
    with changing(store.engine) as db:
        numbers = numbers_of(db, store.site)
        for (machine, code), cause in found.new.items():
            if machine in numbers:
                begin(db, numbers[machine], code, cause.text, min(cause.began, now), now)
        for machine, code in found.over:
            end(db, numbers.get(machine, 0), code, now)


def numbers_of(db: Connection, site: str) -> dict[str, int]:
    """Return the machines' numbers by their names."""
    m = t.machine.c
    return {row.machine: row.n for row in db.execute(select(m.machine, m.n).where(m.site == site))}


def begin(db: Connection, machine: int, code: str, text: str, began: int, now: int) -> None:
    """Open a fault, unless it is open: another floor may have seen it first."""
    row = {"machine": machine, "code": code, "text": text, "began": began, "detected": now, "ended": None}
    db.execute(inserting(db, t.fault).on_conflict_do_nothing(), row)


def end(db: Connection, machine: int, code: str, now: int) -> None:
    """Close a fault."""
    f = t.fault.c
    db.execute(update(t.fault).where(f.machine == machine, f.code == code, f.ended.is_(None)).values(ended=now))


def listed(store: FloorStore, limit: int, *, lasting: bool = False, machine: str | None = None) -> list[dict[str, Any]]:
    """Return faults, those that last first, then the newest; lasting: no others. StoreError."""
    f, m = t.fault.c, t.machine.c
    wanted = select(m.machine, m.zone, f.code, f.text, f.began, f.detected, f.ended)
    wanted = wanted.join_from(t.fault, t.machine, f.machine == m.n).where(m.site == store.site)
    if lasting:
        wanted = wanted.where(f.ended.is_(None))
    if machine is not None:
        wanted = wanted.where(m.machine == machine)
    order = (f.ended.is_not(None), f.detected.desc(), m.machine, f.code)
    with reading(store.engine) as db:
        return [dict(row) for row in db.execute(wanted.order_by(*order).limit(limit)).mappings()]
