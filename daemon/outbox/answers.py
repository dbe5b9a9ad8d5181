"""The commands that were answered, kept over a restart: a command that comes again must not be carried out again."""

import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Protocol

from daemon.clock import Clock
from daemon.messages import Ack

log = logging.getLogger(__name__)

REMEMBERED = 1024
"""Acks kept at most; those of commands that have become too old go first."""


class Disk(Protocol):
    """What is needed of the store."""

    def join(self, part: Any, /) -> None: ...  # noqa: ANN401, the store's own Part
    def wake(self) -> None: ...
    def read[T](self, query: Callable[[sqlite3.Connection], T], /) -> T: ...


class Answers:
    """The last acks by command id; used in one event loop, written by the store's thread."""

    def __init__(self, disk: Disk, clock: Clock) -> None:
        """Take up what the last run answered; blocks for one read."""
        self._disk = disk
        self._clock = clock
        self._lock = Lock()
        self._acks = disk.read(_read)
        self._changed: set[str] = set()
        self._writing: set[str] = set()
        disk.join(self)

    def earlier(self, command_id: str) -> Ack | None:
        """Return the ack that this id got before."""
        found = self._acks.get(command_id)
        return None if found is None else found[0]

    def remember(self, ack: Ack, until: datetime | None) -> None:
        """Keep ack, to be written at once; until: when its command will be too old anyway, None: in memory only."""
        with self._lock:
            self._acks.pop(ack.id, None)
            self._acks[ack.id] = (ack, until)
            if until is not None:
                self._changed.add(ack.id)
            while len(self._acks) > REMEMBERED:
                gone = self._outlived() or next(iter(self._acks))
                self._acks.pop(gone)
                self._changed.add(gone)
        if until is not None:
            self._disk.wake()

    def _outlived(self) -> str | None:
        wall = self._clock.wall()
        return next((id_ for id_, (_, until) in self._acks.items() if wall and until and until < wall), None)

    def write(self, db: sqlite3.Connection) -> bool:
        """Write what changed; the store's thread, within a transaction."""
        with self._lock:
            self._writing |= self._changed
            self._changed = set()
            kept = [(id_, *self._acks[id_]) for id_ in self._writing if id_ in self._acks]
        db.executemany("DELETE FROM answered WHERE id = ?", [(id_,) for id_ in self._writing])
        rows = [(id_, _ms(until), ack.model_dump_json()) for id_, ack, until in kept if until is not None]
        db.executemany("INSERT INTO answered VALUES (?, ?, ?)", rows)
        return bool(self._writing)

    def written(self) -> None:
        """Forget what is on the disk."""
        self._writing = set()


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _read(db: sqlite3.Connection) -> dict[str, tuple[Ack, datetime | None]]:
    found: dict[str, tuple[Ack, datetime | None]] = {}
    for id_, until, ack in db.execute("SELECT id, until_ms, ack FROM answered ORDER BY until_ms"):
        try:
            found[id_] = (Ack.model_validate_json(ack), datetime.fromtimestamp(until / 1000, UTC))
        except (ValueError, OverflowError, TypeError):  # carried over from a damaged file
            log.warning("the answer to command %s cannot be read and is left out", id_)
    return found
