"""The one thread that writes: gathers from its parts, commits, and tries again for ever while the disk is away."""

import logging
import sqlite3
from collections.abc import Sequence
from threading import Condition, Thread
from typing import Protocol

log = logging.getLogger(__name__)

COMMIT_S = 4.0
"""Longest wait of a buffered entry for its commit; with the commit itself it stays under the promised 5 s."""
DYING = ("I/O error", "readonly", "unable to open")
"""What SQLite says of a card that answers with errors or was made read-only (sqlite3_errstr)."""


class Part(Protocol):
    """Something that has entries to write. Both methods are called in the writer's thread."""

    def write(self, db: sqlite3.Connection, /) -> bool:
        """Write all that waits, within a transaction; return whether there was anything."""
        ...

    def written(self) -> None:
        """Hear that the transaction is on the disk; without this call the next `write` writes the same and more."""
        ...


class Writer:
    """Commits what its parts hold: at once after `wake`, else every COMMIT_S; `fault` is None or one line."""

    def __init__(self, db: sqlite3.Connection, path: str, *parts: Part) -> None:
        self.fault: str | None = None
        self._db = db
        self._path = path
        self._parts: Sequence[Part] = parts
        self._turn = Condition()
        self._asked = 0
        self._done = 0
        self._ending = False
        self._thread = Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    def join(self, part: Part) -> None:
        """Write part's entries too, from the next commit on."""
        with self._turn:
            self._parts = (*self._parts, part)

    def wake(self) -> int:
        """Ask for a commit now, without waiting; return the number by which `wait` knows it."""
        with self._turn:
            self._asked += 1
            self._turn.notify_all()
            return self._asked

    def wait(self, number: int, limit_s: float) -> bool:
        """Wait until the commit that `wake` numbered was tried; return whether all is on the disk."""
        with self._turn:
            return self._turn.wait_for(lambda: self._done >= number, limit_s) and self.fault is None

    def close(self, limit_s: float) -> None:
        """Commit once more and end the thread; waits at most limit_s."""
        with self._turn:
            self._ending = True
            self._turn.notify_all()
        self._thread.join(limit_s)

    def _run(self) -> None:
        last = False
        while not last:
            with self._turn:
                self._turn.wait_for(lambda: self._ending or self._asked > self._done, COMMIT_S)
                last, number, parts = self._ending, self._asked, self._parts
            self._commit(parts)
            with self._turn:
                self._done = number
                self._turn.notify_all()
                if self.fault is not None:  # an urgent entry must not make a full disk busy
                    self._turn.wait_for(lambda: self._ending, COMMIT_S / 4)

    def _commit(self, parts: Sequence[Part]) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            wrote = [part.write(self._db) for part in parts]
            self._db.execute("COMMIT" if any(wrote) else "ROLLBACK")
        except (sqlite3.Error, OverflowError) as error:
            self._failed(error)
            return
        if self.fault is not None:
            log.warning("%s: can be written again, nothing that fits in memory was lost", self._path)
            self.fault = None
        for part in parts:
            part.written()

    def _failed(self, error: Exception) -> None:
        if self._db.in_transaction:
            self._db.rollback()
        if self.fault is None:
            log.error("%s: %s; %s", self._path, error, advice(error))
        self.fault = f"{self._path}: {error}; {advice(error)}"


def advice(error: Exception) -> str:
    """Return what to do about an error of a commit, in one clause."""
    dying = isinstance(error, sqlite3.OperationalError) and any(word in str(error) for word in DYING)
    return f"entries wait in memory, {'see to the memory card: inclined doctor' if dying else 'free some space'}"
