"""The accounts: gathers what is spent and what happened, and writes it when the writer comes by."""

import json
import sqlite3
from collections.abc import Callable
from threading import Lock

from daemon.policy.events import Happened, Spent
from daemon.policy.rules import Rules
from daemon.store.page import Page
from daemon.store.slices import NAMES, values

_SUMS = ", ".join(NAMES)
_GROWN = ", ".join(f"{name} = {name} + excluded.{name}" for name in NAMES)
_MARKS = ", ".join("?" * len(NAMES))

# A session that goes on after a reboot keeps the beginning that its first boot gave it.
SESSION = f"""
    INSERT INTO session (id, boot, started, stop_boot, stopped, min_incline, reason, {_SUMS})
    VALUES (?1, ?2, ?3, ?2, ?4, coalesce(?5, ?6), ?7, {", ".join(f"?{8 + n}" for n in range(len(NAMES)))})
    ON CONFLICT (id) DO UPDATE SET
        started = CASE WHEN boot = excluded.boot THEN min(started, excluded.started) ELSE started END,
        stopped = CASE stop_boot WHEN excluded.stop_boot THEN max(stopped, excluded.stopped) ELSE excluded.stopped END,
        stop_boot = excluded.stop_boot,
        min_incline = coalesce(?5, min_incline),
        reason = coalesce(excluded.reason, reason),
        {_GROWN}
"""  # noqa: S608, names of ours
SLICE = f"""
    INSERT INTO slice (boot, minute, session, start, stop, {_SUMS}) VALUES (?, ?, ?, ?, ?, {_MARKS})
    ON CONFLICT (boot, minute, session) DO UPDATE SET
        start = min(start, excluded.start), stop = max(stop, excluded.stop), {_GROWN}
"""  # noqa: S608, as above
TALLY = "INSERT INTO tally VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n"
NOTE = "INSERT INTO note VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET text = excluded.text"


class Ledger:
    """Takes entries from any thread at once; `write` and `written` belong to the writer's thread."""

    def __init__(self, boot: str, offset: Callable[[], int]) -> None:
        self._boot = boot
        self._lock = Lock()
        self._next = Page(boot)
        self._writing = Page(boot)
        self._offset = offset

    def spend(self, spent: Spent) -> None:
        """Add time spent."""
        with self._lock:
            self._next.spend(spent, self._offset())

    def happened(self, event: Happened) -> None:
        """Add what an event changes in sessions and sums."""
        with self._lock:
            self._next.happened(event)

    def note(self, name: str, value: object) -> None:
        """Keep value, as JSON, under name; None forgets it."""
        with self._lock:
            self._next.note(name, value)

    def write(self, db: sqlite3.Connection) -> bool:
        """Write all that waits; return whether there was anything. After a failure it is all written again."""
        with self._lock:
            self._writing.absorb(self._next)
            self._next = Page(self._boot)
        if self._writing:
            _write(db, self._writing)
        return bool(self._writing)

    def written(self) -> None:
        """Forget what the last `write` wrote: it is on the disk."""
        self._writing = Page(self._boot)

    def lost(self) -> int:
        """Return how many slices did not fit while the disk was away."""
        return self._writing.lost + self._next.lost


def _write(db: sqlite3.Connection, page: Page) -> None:
    boot, least = page.boot, Rules().min_incline
    for session, c in page.sessions.items():
        row = (session, c.boot, c.started, c.stopped, c.min_incline, least, c.reason, *values(c.totals))
        db.execute(SESSION, row)
    pieces = page.slices.items()
    db.executemany(SLICE, [(boot, minute, of, p.start, p.stop, *values(p.totals)) for (minute, of), p in pieces])
    db.executemany(TALLY, list(page.tallies.items()))
    db.executemany(NOTE, [(name, text) for name, text in page.notes.items() if text is not None])
    db.executemany("DELETE FROM note WHERE name = ?", [(name,) for name, text in page.notes.items() if text is None])


def recall(db: sqlite3.Connection, name: str) -> object:
    """Return the value noted under name, or None."""
    row = db.execute("SELECT text FROM note WHERE name = ?", (name,)).fetchone()
    try:
        value: object = None if row is None else json.loads(row[0])
    except ValueError:  # carried over from a damaged file
        return None
    return value
