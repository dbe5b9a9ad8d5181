"""What a transaction must know before it stores events, read for all their machines at once, and written so too."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any, Final, Protocol

from sqlalchemy import Connection, bindparam, delete, func, select, tuple_, update

from daemon.floor import tables as t
from daemon.floor.kept import record_in
from daemon.floor.ledger import inserting
from daemon.floor.marks import Range
from daemon.floor.record import Record
from daemon.floor.sift import Unfit

AT_ONCE: Final = 250

type Known = dict[tuple[str, int, int], tuple[Record, int | None]]
"""Stored events by their keys, and when they were told."""


@dataclass
class Shelf:
    """By the numbers of machines: what they have stored of what is heard, and of hours events all."""

    machines: list[dict[str, Any]]
    known: defaultdict[int, Known] = field(default_factory=lambda: defaultdict(dict))
    offsets: defaultdict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    beyond: defaultdict[int, list[Range]] = field(default_factory=lambda: defaultdict(list))


class Desk(Protocol):
    """What is written of one machine."""

    @property
    def number(self) -> int: ...
    def rows(self) -> list[dict[str, Any]]: ...
    def changes(self) -> dict[str, Any] | None: ...
    def beyond(self) -> list[dict[str, int]] | None: ...


def read(db: Connection, site: str, heard: Mapping[str, Sequence[Record | Unfit]]) -> Shelf:
    """Return what is known of what was heard; the machines' rows are held until the transaction ends."""
    shelf = Shelf(machine_rows(db, site, heard))
    numbers = {row["machine"]: row["n"] for row in shelf.machines}
    names = {n: slug for slug, n in numbers.items()}
    records = [(numbers[slug], one) for slug, some in heard.items() for one in some if isinstance(one, Record)]
    e, b = t.event.c, t.boot.c
    keys = sorted({(n, one.origin, one.first) for n, one in records})
    for some in batched(keys, AT_ONCE):
        _note(db, shelf, names, tuple_(e.machine, e.origin, e.first).in_(some))
    runs = sorted({(n, origin) for n, origin, _ in keys})
    for pairs in batched(runs, AT_ONCE):
        _note(db, shelf, names, tuple_(e.machine, e.origin).in_(pairs) & (e.last > e.first))
    for pairs in batched(sorted({(n, one.boot) for n, one in records}), AT_ONCE):
        for row in db.execute(select(t.boot).where(tuple_(b.machine, b.boot).in_(pairs))):
            shelf.offsets[row.machine][row.boot] = row.offset_ms
    for chunk in batched(sorted(names), AT_ONCE):
        for row in db.execute(select(t.beyond).where(t.beyond.c.machine.in_(chunk)).order_by("machine", "first")):
            shelf.beyond[row.machine].append((row.first, row.last))
    return shelf


def _note(db: Connection, shelf: Shelf, names: Mapping[int, str], where: Any) -> None:  # noqa: ANN401, SQLAlchemy's
    for row in db.execute(select(t.event).where(where)):
        record = record_in(row, names[row.machine])
        shelf.known[row.machine][record.key] = (record, row.moment)


def machine_rows(db: Connection, site: str, slugs: Iterable[str]) -> list[dict[str, Any]]:
    """Return the machines' rows in the order of their numbers, held until the transaction ends; new ones are made."""
    wanted = sorted(slugs)
    found = _machines(db, site, wanted)
    missing = sorted(set(wanted) - {row["machine"] for row in found})
    if not missing:
        return found
    empty = dict.fromkeys(("stored", "passes", "since", "out_of_order", "unfit", "misdated"), 0)
    number = select(func.coalesce(func.max(t.machine.c.n), 0) + 1).scalar_subquery()
    for slug in missing:
        words = {"site": site, "machine": slug, "name": slug, "zone": "", "modality": "treadmill"}
        db.execute(inserting(db, t.machine).values(n=number, **words, **empty).on_conflict_do_nothing())
    return _machines(db, site, wanted)


def _machines(db: Connection, site: str, slugs: Sequence[str]) -> list[dict[str, Any]]:
    m = t.machine.c
    rows: list[dict[str, Any]] = []
    for some in batched(slugs, AT_ONCE):
        wanted = select(t.machine).where(m.site == site, m.machine.in_(some)).order_by(m.n).with_for_update()
        rows += map(dict, db.execute(wanted).mappings())
    return rows


def flush(db: Connection, desks: Sequence[Desk]) -> None:
    """Write what desks have to write."""
    rows = [row for desk in desks for row in desk.rows()]
    if rows:
        db.execute(t.event.insert(), rows)
    changes = [found for desk in desks if (found := desk.changes()) is not None]
    if changes:
        names = ("stored", "passes", "since", "misdated", "unfit")
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        given = [{"key": one["key"], **{f"new_{name}": one[name] for name in names}} for one in changes]
        db.execute(update(t.machine).where(t.machine.c.n == bindparam("key")).values(values), given)
    turned = {desk.number: ranges for desk in desks if (ranges := desk.beyond()) is not None}
    if turned:
        db.execute(delete(t.beyond).where(t.beyond.c.machine.in_(sorted(turned))))
        if beyond := [row for ranges in turned.values() for row in ranges]:
            db.execute(t.beyond.insert(), beyond)
