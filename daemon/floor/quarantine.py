"""What makes no sense, kept aside with the reason: each once, the newest only."""

import hashlib
from typing import Final

from sqlalchemy import Connection, delete, func, select

from daemon.floor import tables as t
from daemon.floor.kept import row_of
from daemon.floor.ledger import inserting
from daemon.floor.record import Record
from daemon.floor.sift import Unfit

QUARANTINED: Final = 1000
"""Events kept aside at most; the oldest go first, the count stays."""


def set_aside(db: Connection, unfit: Unfit, reason: str, now: int) -> bool:
    """Keep what makes no sense, once; tell whether it is new."""
    digest = hashlib.sha256(unfit.topic.encode() + b"\0" + unfit.payload).hexdigest()
    row = {
        "digest": digest,
        "at": now,
        "machine": unfit.machine,
        "topic": unfit.topic[:256],
        "reason": reason[:256],
        "payload": unfit.payload.decode("utf-8", "backslashreplace").replace("\0", "\\0"),
    }
    insert = inserting(db, t.quarantine).on_conflict_do_nothing()
    if not db.execute(insert, row).rowcount:
        return False
    q = t.quarantine.c
    keep = select(q.digest).order_by(q.at.desc(), q.digest).limit(QUARANTINED)
    if (db.execute(select(func.count()).select_from(t.quarantine)).scalar() or 0) > QUARANTINED:
        db.execute(delete(t.quarantine).where(q.digest.not_in(keep)))
    return True


def unfit_of(record: Record) -> Unfit:
    """Return an event that is not stored as what is kept aside."""
    row = row_of(0, record, None)
    return Unfit(record.machine, f"event/{record.kind}", repr(sorted(row.items(), key=str)).encode(), "")
