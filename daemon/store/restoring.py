"""What a new run finds of the one before it: the session under way, and sessions that nobody ended."""

import sqlite3
from dataclasses import fields
from typing import Any

from daemon.policy.session import Session, Totals
from daemon.store.ledger import recall
from daemon.store.slices import NAMES


def restored(db: sqlite3.Connection, boot: str) -> tuple[Session, bool] | None:
    """Return the saved session, its time as the accounts have it, and whether it is of this boot.

    None when none was under way, when it has ended since, or when its form is not ours.
    """
    saved = recall(db, "session")
    if not isinstance(saved, dict):
        return None
    names = {f.name for f in fields(Session)}
    try:
        values = {name: _frozen(value) for name, value in saved.items() if name in names}
        session = Session(**values | _accounts(db, saved))
    except (TypeError, KeyError):  # another version's, or carried over from a damaged file
        return None
    return None if _ended(db, session.id) else (session, saved.get("boot") == boot)


def _frozen(value: Any) -> Any:  # noqa: ANN401, JSON
    """JSON knows no tuples."""
    return tuple(value) if isinstance(value, list) else value


def _accounts(db: sqlite3.Connection, saved: dict[str, object]) -> dict[str, object]:
    """Return totals and last as the accounts have them: both are committed together, the note may be older."""
    row = db.execute(
        f"SELECT stop_boot, stopped, {', '.join(NAMES)} FROM session WHERE id = ?",  # noqa: S608, names of ours
        (saved["id"],),
    ).fetchone()
    if row is None or row[0] != saved["boot"]:
        totals = saved["totals"]
        return {"totals": Totals(**totals) if isinstance(totals, dict) else Totals()}
    return {"last": row[1], "totals": Totals(*row[2:])}


def _ended(db: sqlite3.Connection, session: str) -> bool:
    row = db.execute("SELECT reason FROM session WHERE id = ?", (session,)).fetchone()
    return row is not None and row[0] is not None


def settle(db: sqlite3.Connection, boot: str) -> None:
    """End, as a gap, the sessions that a killed run left open, except the one that goes on."""
    session = restored(db, boot)
    goes_on = None if session is None else session[0].id
    db.execute("UPDATE session SET reason = 'gap' WHERE reason IS NULL AND id IS NOT ?", (goes_on,))
