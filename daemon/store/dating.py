"""Dates monotonic times: what Unix time minus monotonic time is in each boot, once the clock is known to be right."""

import sqlite3
from datetime import UTC, datetime

from daemon.clock import Clock

JUMP_MS = 500
"""A change of the wall clock from this on is written; below it is the noise of reading two clocks."""
BOOT = "INSERT INTO boot VALUES (?, ?) ON CONFLICT (boot) DO UPDATE SET offset_ms = excluded.offset_ms"


class Dating:
    """Every boot's offset in ms; looks at the clock whenever the writer comes by, and writes what changed.

    The newest offset of a boot dates all of it, so that a clock put right also puts right what was before.
    """

    def __init__(self, clock: Clock, db: sqlite3.Connection) -> None:
        self._clock = clock
        self._offsets: dict[str, int] = dict(db.execute("SELECT boot, offset_ms FROM boot WHERE offset_ms NOT NULL"))
        self._unwritten: int | None = None
        self._look()

    def offset(self) -> int:
        """Return the offset of this boot, or 0 while it is not known."""
        return self._offsets.get(self._clock.boot, 0)

    def dated(self, boot: str, at: int) -> datetime | None:
        """Return the UTC moment of the monotonic time `at` of boot, or None while it is not known."""
        offset = self._offsets.get(boot)
        return None if offset is None else datetime.fromtimestamp((offset + at) / 1000, UTC)

    def write(self, db: sqlite3.Connection) -> bool:
        """Write this boot's offset if it is new."""
        self._look()
        if self._unwritten is None:
            return False
        db.execute(BOOT, (self._clock.boot, self._unwritten))
        return True

    def written(self) -> None:
        """Forget what was written."""
        self._unwritten = None

    def _look(self) -> None:
        wall = self._clock.wall()
        if wall is None:
            return
        offset, known = round(wall.timestamp() * 1000) - self._clock.now(), self._offsets.get(self._clock.boot)
        if known is None or abs(offset - known) >= JUMP_MS:
            self._offsets[self._clock.boot] = self._unwritten = offset
