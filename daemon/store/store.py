"""The store: what was spent and what happened, kept over kills, power cuts, full and damaged disks.

Entries are taken at once and written by one thread. A kill loses at most the last five seconds of accounting, and
nothing that a call to `flush` confirmed. The database keeps monotonic times, and each boot's offset to date them:
a clock that jumps changes no duration, and a time before the clock was right is dated later.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from zoneinfo import ZoneInfo

from daemon.clock import Clock
from daemon.messages import Counters, SessionRow, UsageRow
from daemon.policy.events import Happened, Spent
from daemon.policy.session import Session, Totals
from daemon.store import queries
from daemon.store.dating import Dating
from daemon.store.errors import StoreError
from daemon.store.ledger import Ledger, recall
from daemon.store.opening import open_database, read
from daemon.store.restoring import restored, settle
from daemon.store.writer import Part, Writer


class Store:
    """One machine's database. Its methods never block, except `open`, `read`, `recall`, `flush` and `close`."""

    def __init__(self, path: Path, clock: Clock, db: sqlite3.Connection) -> None:
        self.origin = token_hex(5)
        """Names this run; no other run of this machine has the same."""
        self._path = path
        self._clock = clock
        self._db = db
        self._dating = Dating(clock, db)
        self._ledger = Ledger(clock.boot, self._dating.offset)
        self._restored = restored(db, clock.boot)
        self._saved = None if self._restored is None else self._restored[0]
        self._writer = Writer(db, str(path), self._dating, self._ledger)

    @classmethod
    def open(cls, path: Path, clock: Clock, machine: str) -> "Store":
        """Return the store of machine at path, begun anew where there is none or a damaged one.

        StoreError: it cannot be opened or written, or it is another machine's.
        """
        db = open_database(path)
        try:
            _check_owner(path, recall(db, "machine"), machine)
            settle(db, clock.boot)
            store = cls(path, clock, db)
        except (sqlite3.Error, StoreError) as error:
            db.close()
            raise StoreError(str(error)) from error
        store.note("machine", machine)
        return store

    @property
    def fault(self) -> str | None:
        """None, or one line: why nothing can be written now, and what to do."""
        return self._writer.fault

    def spend(self, spent: Spent) -> None:
        """Add time spent; on the disk within 5 s."""
        self._ledger.spend(spent)

    def happened(self, event: Happened) -> None:
        """Add what an event changes in sessions and sums, with all before it; written at once."""
        self._ledger.happened(event)
        self._writer.wake()

    def save(self, session: Session | None) -> None:
        """Keep the session under way; what the policy has used up in it is written at once, its time within 5 s."""
        if session == self._saved:
            return
        used_up = session is None or self._saved is None or _timeless(session) != _timeless(self._saved)
        self._saved = session
        self._ledger.note("session", None if session is None else {"boot": self._clock.boot, **asdict(session)})
        if used_up:
            self._writer.wake()

    def restored(self) -> tuple[Session, bool] | None:
        """Return the session that was under way when the last run ended, and whether its times are of this boot."""
        return self._restored

    def note(self, name: str, value: object) -> None:
        """Keep value, as JSON, under name; None forgets it. Written at once."""
        self._ledger.note(name, value)
        self._writer.wake()

    def recall(self, name: str) -> object:
        """Return the value written under name, or None; blocks."""
        return recorded(self._path, name)

    def join(self, part: Part) -> None:
        """Write part's entries in the same commits."""
        self._writer.join(part)

    def wake(self) -> None:
        """Commit now, without waiting."""
        self._writer.wake()

    def dated(self, boot: str, at: int) -> datetime | None:
        """Return the UTC moment of the monotonic time `at` of boot, or None while it is not known."""
        return self._dating.dated(boot, at)

    async def sessions(self, limit: int, before: str | None = None) -> list[SessionRow]:
        """Return up to limit sessions, newest first; before: the id of the last one of the page before."""
        return await asyncio.to_thread(self.read, lambda db: queries.sessions(db, limit, before))

    async def usage(self, start: datetime, end: datetime, zone: ZoneInfo) -> list[UsageRow]:
        """Return one row for each local hour in which anything was recorded; undated boots are left out."""
        return await asyncio.to_thread(self.read, lambda db: queries.usage(db, start, end, zone))

    async def counters(self) -> Counters:
        """Return the sums since the store began; they never fall."""
        return await asyncio.to_thread(self.read, lambda db: queries.counters(db, self._clock.wall()))

    def read[T](self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Return what query finds of all that is written, beside the writer; blocks. StoreError when it cannot."""
        return read(self._path, query)

    def flush(self, limit_s: float = 5.0) -> bool:
        """Wait until all that was taken so far is on the disk; return False when it is not within limit_s."""
        return self._writer.wait(self._writer.wake(), limit_s)

    async def committed(self, limit_s: float = 5.0) -> bool:
        """Wait, as `flush` does, without blocking: before a wish is acknowledged that must not be lost."""
        return await asyncio.to_thread(self.flush, limit_s)

    def close(self, limit_s: float = 5.0) -> None:
        """Write what waits, end the thread, close the file."""
        self._writer.close(limit_s)
        self._db.close()


def _check_owner(path: Path, owner: object, machine: str) -> None:
    if owner not in (None, machine):
        raise StoreError(f"{path} belongs to machine {owner!r}, not {machine!r}: name another file in [store]")


def _timeless(session: Session) -> Session:
    """Return session without what grows by itself while somebody runs: that can wait for the next commit."""
    return replace(session, last=0, elapsed=None, totals=Totals(), used=0)


def recorded(path: Path, name: str) -> object:
    """Return the value noted under name in the database at path, or None, also while a daemon uses it."""
    return read(path, lambda db: recall(db, name))
