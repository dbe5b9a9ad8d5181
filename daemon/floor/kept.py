"""Events as rows of the database, both ways; and how each is dated."""

import json
from typing import Any, Final

from sqlalchemy import Row

from daemon.floor.account import Account, account
from daemon.floor.columns import COUNTING
from daemon.floor.record import Record

EARLIEST: Final = 1_577_836_800_000
"""2020-01-01: before it nothing of ours was there."""
AHEAD_MS: Final = 86_400_000
"""How far a machine's date may be ahead of ours."""


def plausible(ts: int, now: int) -> bool:
    """Tell whether an event may have happened at ts, Unix ms; now: ours."""
    return EARLIEST <= ts <= now + AHEAD_MS


def row_of(number: int, record: Record, moment: int | None) -> dict[str, Any]:
    """Return record as a row of the table event; moment: when it was told, Unix ms, None: not known."""
    found = None if moment is None else account(record, moment)
    return {
        "machine": number,
        "origin": record.origin,
        "first": record.first,
        "last": record.last,
        "seq": record.seq,
        "kind": record.kind,
        "boot": record.boot,
        "at": record.at,
        "ts": record.ts,
        "start": found and min(found.start, found.moment),
        "moment": moment,
        "session": record.session,
        "data": json.dumps(record.data, separators=(",", ":")),
    }


def record_in(row: Row[Any], machine: str) -> Record:
    """Return the record in a row of the table event."""
    found = row._mapping  # noqa: SLF001, SQLAlchemy's public name for it
    return Record(
        machine=machine,
        **{name: found[name] for name in ("origin", "first", "last", "seq", "kind", "boot", "at", "ts", "session")},
        data=json.loads(found["data"]),
    )


def brings(record: Record, moment: int | None) -> Account | None:
    """Return what record adds to the figures, or None when it is of a kind that adds nothing."""
    return account(record, record.at if moment is None else moment) if record.kind in COUNTING else None
