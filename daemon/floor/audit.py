"""Who did what at the floor, kept for ever: who they proved to be, and who they said they were."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

from daemon.author import Author
from daemon.floor import tables as t
from daemon.floor.opening import changing, reading
from daemon.floor.store import FloorStore

type Data = Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: whose token it was, and whose name they gave besides, which nobody checked."""

    proved: Author
    said: str | None = None

    def row(self) -> dict[str, Any]:
        """Return the columns that tell them."""
        return {
            "author": self.proved.by, "role": self.proved.role, "address": self.proved.address, "said": self.said,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, to which machine (None: to none alone), with what."""

    what: str
    machine: str | None
    data: Data


def record(db: Connection, site: str, at: int, who: Actor, deed: Deed) -> int:
    """Write a deed down in the transaction that is open; return its number."""
    number = next_number(db, t.audit.c.n)
    row = {"n": number, "site": site, "at": at, "what": deed.what, "machine": deed.machine, **who.row()}
    db.execute(t.audit.insert(), {**row, "data": json.dumps(dict(deed.data))})
    return number


def next_number(db: Connection, column: Any) -> int:  # noqa: ANN401, a column of SQLAlchemy's
    """Return the number after the largest; two floors that take the same one: the later transaction fails whole."""
    return int(db.execute(select(func.coalesce(func.max(column), 0) + 1)).scalar_one())


def recorded(store: FloorStore, at: int, who: Actor, deed: Deed) -> int:
    """Write a deed down before it is done; return its number. StoreError: then it must not be done."""
    with changing(store.engine) as db:
        return record(db, store.site, at, who, deed)


def outcome(store: FloorStore, number: int, deed: Deed, result: str) -> None:
    """Add what became of a deed. StoreError."""
    with changing(store.engine) as db:
        data = json.dumps({**deed.data, "result": result})
        db.execute(update(t.audit).where(t.audit.c.n == number).values(data=data))


def entries(store: FloorStore, limit: int, before: int | None = None) -> list[dict[str, Any]]:
    """Return what was done, newest first; before: only numbers below it."""
    a = t.audit.c
    wanted = select(t.audit).where(a.site == store.site).order_by(a.n.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(a.n < before)
    with reading(store.engine) as db:
        found = [dict(row) for row in db.execute(wanted).mappings()]
    return [{**row, "data": json.loads(row["data"])} for row in found]
