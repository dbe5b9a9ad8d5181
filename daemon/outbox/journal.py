"""The machine's own journal: safety and audit events, kept here whether or not a floor stores them too."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from daemon.clock import Clock
from daemon.messages import SettingChange, SettingsChanged
from daemon.outbox.fold import KEPT
from daemon.outbox.rows import Row

AGE = timedelta(days=400)
"""Entries are kept so long, once they are dated."""
MOST = 100_000
"""Entries kept at most, also of boots that never learnt the date."""
STEADY_MS = 6 * 3_600_000
"""The date must have gone on evenly so long in this boot before anything is too old by it: a clock that is years off
for a while would take all of it."""
UNEVEN = timedelta(days=1)
LOGGED = KEPT - {"help"}
"""A call for help is forgotten after a day, here too."""
ENTER = "INSERT OR IGNORE INTO journal (id, kind, boot, at, session, data) VALUES (?, ?, ?, ?, ?, ?)"
OLD = """
    DELETE FROM journal WHERE n IN (
        SELECT n FROM (SELECT n, boot, at FROM journal ORDER BY n LIMIT 64) JOIN boot USING (boot)
        WHERE offset_ms + at < ?)
"""
"""Looks at the oldest only, so that an entry does not get dearer with the years."""


class Journal:
    """Entries on their way to the disk; a part of the store's writer, committed with the outbox."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._next: list[Row] = []
        self._writing: list[Row] = []
        self._since: tuple[int, datetime] | None = None

    def take(self, row: Row) -> None:
        """Take row if it belongs here."""
        if row.kind in LOGGED:
            with self._lock:
                self._next.append(row)

    def write(self, db: sqlite3.Connection) -> bool:
        """Write what waits, then forget what is too old or too much."""
        with self._lock:
            self._writing += self._next
            self._next = []
        if not self._writing:
            return False
        db.executemany(ENTER, [(r.id, r.kind, r.boot, r.at, r.session, r.data) for r in self._writing])
        if (wall := self._steady()) is not None:
            db.execute(OLD, (int((wall - AGE).timestamp() * 1000),))
        db.execute("DELETE FROM journal WHERE n <= (SELECT max(n) FROM journal) - ?", (MOST,))
        return True

    def written(self) -> None:
        """Forget what is on the disk."""
        self._writing = []

    def _steady(self) -> datetime | None:
        """Return the date once it has gone on evenly for long enough; None until then."""
        at, wall = self._clock.now(), self._clock.wall()
        if wall is None:
            self._since = None
            return None
        if self._since is None or abs(self._since[1] + timedelta(milliseconds=at - self._since[0]) - wall) > UNEVEN:
            self._since = (at, wall)
        return wall if at - self._since[0] >= STEADY_MS else None


TURNS = """
    SELECT boot.offset_ms + at, data FROM journal LEFT JOIN boot USING (boot)
    WHERE kind = 'audit' AND data ->> 'what' = 'settings' AND (:before IS NULL OR data ->> 'rev' < :before)
    ORDER BY n DESC LIMIT :limit
"""


def settings_changes(db: sqlite3.Connection, limit: int, before: int | None = None) -> list[SettingsChanged]:
    """Return the newest changes of the settings, newest first; before: only those of earlier revisions."""
    return [_turn(ts, json.loads(data)) for ts, data in db.execute(TURNS, {"limit": limit, "before": before})]


def _turn(ts: int | None, data: dict[str, Any]) -> SettingsChanged:
    names = [name for name in data if f"{name}_was" in data]
    return SettingsChanged(
        rev=data["rev"],
        ts=None if ts is None else datetime.fromtimestamp(ts / 1000, UTC),
        by=data["by"],
        role=data.get("role"),
        why=data.get("why"),
        changes=[SettingChange(name=name, before=data[f"{name}_was"], after=data[name]) for name in names],
    )


def entries(db: sqlite3.Connection, limit: int) -> list[dict[str, object]]:
    """Return the newest entries, newest first: id, kind, ts (Unix ms, None: not dated), session, data."""
    found = db.execute(
        "SELECT id, kind, boot.offset_ms + at, session, data FROM journal LEFT JOIN boot USING (boot)"
        " ORDER BY n DESC LIMIT ?",
        (limit,),
    )
    names = ("id", "kind", "ts", "session")
    return [dict(zip(names, row[:4], strict=True)) | {"data": json.loads(row[4])} for row in found]
