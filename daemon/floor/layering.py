"""The layers of settings in the store: each change a new revision, with who, when and why."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Connection, func, select

from daemon.floor import tables as t
from daemon.floor.audit import Actor, Deed, next_number, record
from daemon.floor.foresight import Known, Layers, Wish, foreseen, layers_of, mistakes
from daemon.floor.layers import Document, Layer, Scope, document
from daemon.floor.ledger import inserting
from daemon.floor.opening import changing, reading
from daemon.floor.store import FloorStore
from daemon.messages import Settings
from daemon.overlay import ModeName
from daemon.refusal import Refusal, StaleRevision

type Told = Mapping[str, tuple[Settings | None, str]]
"""By machine: the settings that it says are in force, and its limit action."""


def current(db: Connection, site: str) -> tuple[int, Layers]:
    """Return the revision (0: nothing was ever set) and the layers that want something."""
    newest = select(func.max(t.layer.c.rev)).where(t.layer.c.site == site).group_by(t.layer.c.scope, t.layer.c.name)
    rows = db.execute(select(t.layer).where(t.layer.c.rev.in_(newest)).order_by(t.layer.c.rev)).all()
    layers = {(cast("Scope", row.scope), row.name): layer_of(row) for row in rows}
    return max((row.rev for row in rows), default=0), layers


def layer_of(row: Any) -> Layer:  # noqa: ANN401, a row of SQLAlchemy's
    """Return the layer that a row holds."""
    return Layer(cast("ModeName | None", row.mode), json.loads(row.vals))


def machines(db: Connection, site: str, told: Told) -> list[Known]:
    """Return what is known of each machine; what it says of itself comes from told."""
    m, d = t.machine.c, t.desired.c
    wanted = select(m.machine, m.zone, d.mode, d.vals, d.widest).where(m.site == site).order_by(m.machine)
    found = []
    for row in db.execute(wanted.join_from(t.machine, t.desired, m.n == d.machine, isouter=True)):
        before = Document() if row.vals is None else Document(row.mode, json.loads(row.vals))
        says, action = told.get(row.machine, (None, "announce"))
        found.append(Known(row.machine, row.zone, before, says, row.widest, action))
    return found


def read(store: FloorStore, told: Told) -> tuple[int, Layers, list[Known]]:
    """Return the revision, the layers and the machines, of one moment. StoreError."""
    with reading(store.engine) as db:
        return *current(db, store.site), machines(db, store.site, told)


def documents(layers: Layers, known: Iterable[Known]) -> dict[str, Document]:
    """Return what each machine is told."""
    return {one.machine: document(layers_of(layers, one), one.before, one.widest) for one in known}


def refusals(wish: Wish, layers: Layers, known: list[Known]) -> list[str]:
    """Return every reason why a wish may not be."""
    found = mistakes(wish, layers, known)
    if found:
        return found
    return [f"{one.machine}: {why}" for one in foreseen(wish, layers, known) for why in one.refused]


def change(
    store: FloorStore, wish: Wish, told: Told, at: int, who: Actor, why: str | None, revision: int | None
) -> int:
    """Put wish into force; return the revision. A wish that changes nothing leaves it as it is.

    StaleRevision when revision is given and another one is in force; Refusal names all that may not be; StoreError.
    """
    with changing(store.engine) as db:
        rev, layers = current(db, store.site)
        if revision is not None and revision != rev:
            raise StaleRevision([f"the settings are at revision {rev}, not {revision}: read them again"])
        if wrong := refusals(wish, layers, machines(db, store.site, told)):
            raise Refusal(wrong)
        before = layers.get((wish.scope, wish.name), Layer())
        after = wish.put(before)
        if after == before:
            return rev
        fresh = next_number(db, t.layer.c.rev)
        row = {"rev": fresh, "site": store.site, "at": at, "scope": wish.scope, "name": wish.name, "mode": after.mode}
        db.execute(t.layer.insert(), {**row, "vals": json.dumps(dict(after.values)), **who.row(), "why": why})
        about: dict[str, str | int | bool | None] = {"scope": wish.scope, "name": wish.name, "rev": fresh, "why": why}
        record(db, store.site, at, who, Deed("settings", None, about))
        return fresh


def keep(store: FloorStore, rev: int, told: Mapping[str, tuple[Document, ModeName | None]]) -> None:
    """Note what machines are told from now on, and how far their files go. StoreError."""
    if not told:
        return
    with changing(store.engine) as db:
        _keep(db, store.site, rev, told)


def _keep(db: Connection, site: str, rev: int, told: Mapping[str, tuple[Document, ModeName | None]]) -> None:
    m = t.machine.c
    numbers = {row.machine: row.n for row in db.execute(select(m.machine, m.n).where(m.site == site))}
    insert = inserting(db, t.desired)
    turned = {name: insert.excluded[name] for name in ("rev", "mode", "vals", "widest")}
    insert = insert.on_conflict_do_update(index_elements=["machine"], set_=turned)
    rows = [
        {
            "machine": numbers[name], "rev": rev, "mode": one.mode, "vals": json.dumps(dict(one.values)),
            "widest": widest,
        }
        for name, (one, widest) in told.items()
        if name in numbers
    ]  # fmt: skip
    if rows:
        db.execute(insert, rows)


def history(store: FloorStore, limit: int, before: int | None = None) -> list[dict[str, Any]]:
    """Return the changes of layers, newest first, each with the layer as it was before; StoreError."""
    one = t.layer.c
    wanted = select(t.layer).where(one.site == store.site).order_by(one.rev.desc())
    with reading(store.engine) as db:
        page = db.execute((wanted if before is None else wanted.where(one.rev < before)).limit(limit)).all()
        return [{**row._mapping, "layer": layer_of(row), "was": _was(db, row)} for row in page]  # noqa: SLF001, its public name


def _was(db: Connection, row: Any) -> Layer:  # noqa: ANN401, a row of SQLAlchemy's
    one = t.layer.c
    same = (one.site == row.site) & (one.scope == row.scope) & (one.name == row.name) & (one.rev < row.rev)
    found = db.execute(select(t.layer).where(same).order_by(one.rev.desc()).limit(1)).first()
    return Layer() if found is None else layer_of(found)
