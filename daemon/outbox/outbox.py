"""The durable outbox: events in their order, kept until the floor says that it has stored them.

Only events that are on the disk are handed out, so that no number is ever seen with two contents. The floor may know
numbers that this database never gave: the Pi was swapped, or its file begun anew. Then ours go on after the floor's.
Event ids do not change with that; who stores events tells them apart by id.
"""

import asyncio
import json
import logging
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, astuple, replace
from datetime import datetime, timedelta
from itertools import islice
from threading import Lock
from typing import Any, Protocol

from daemon.clock import Clock
from daemon.messages import Event
from daemon.outbox.rows import Changes, Marks, Row, event_of, number, read_marks, read_rows, sound
from daemon.policy.events import Happened

log = logging.getLogger(__name__)

NOTE = "outbox"
MOST = 10_000
"""Events kept; then the oldest goes, those of KEPT last."""
KEPT = frozenset({"command", "fault", "help", "audit", "policy"})
"""Safety and audit: never dropped once a floor has been heard of, which means that somebody wants them."""
HELP_MS = 24 * 3_600_000
"""A call for help is forgotten after a day."""


class Disk(Protocol):
    """What the outbox needs of the store."""

    @property
    def origin(self) -> str: ...

    def join(self, part: Any, /) -> None: ...  # noqa: ANN401, the store's own Part
    def wake(self) -> None: ...
    def read[T](self, query: Callable[[sqlite3.Connection], T], /) -> T: ...
    def recall(self, name: str, /) -> object: ...
    def dated(self, boot: str, at: int, /) -> datetime | None: ...


class Outbox:
    """Events of one machine; used in one event loop, written by the store's thread."""

    def __init__(self, disk: Disk, machine: str, clock: Clock, most: int = MOST) -> None:
        """Take up what the last run left, in the running loop; blocks for one read."""
        self.changed = asyncio.Event()
        """Set when there may be more to send; clear it before you look."""
        self._loop = asyncio.get_running_loop()
        self._disk = disk
        self._clock = clock
        self._most = most
        self._prefix = f"{machine}-{disk.origin}"
        self._rows = sound(disk.read(read_rows))
        self._marks = self._marks_written = read_marks(disk.recall(NOTE), self._rows)
        self._durable = self._marks.last  # numbers up to here are on the disk
        self._handed = self._marks.sent
        self._lock = Lock()
        self._changes = Changes()
        self._writing = Changes()  # the writer's own
        self._committing: tuple[int, Marks] | None = None
        if self._rows:
            self.changed.set()
        disk.join(self)

    def append(self, happened: Happened) -> Event:
        """Take an event, to be written at once and handed out when it is; return it with its number."""
        with self._lock:
            seq = self._marks.last + 1
            data = json.dumps(dict(happened.data), separators=(",", ":"))
            id_ = f"{self._prefix}-{seq}"
            row = Row(seq, id_, happened.kind, self._clock.boot, happened.at, happened.session, data)
            event = self._event(row)  # before anything changes: a kind that is none is refused
            self._rows.append(row)
            self._marks = replace(self._marks, last=seq)
            self._changes.seqs.add(seq)
            self._drop([old for old in self._rows if self._forgotten(old)])
            self._drop(self._too_many())
        self._disk.wake()
        return event

    def after(self, seq: int, limit: int) -> list[Event]:
        """Return up to limit events that are on the disk, beyond number seq, in their order."""
        with self._lock:
            start = bisect_right(self._rows, seq, key=number)
            rows = [row for row in self._rows[start : start + limit] if row.seq <= self._durable]
            self._handed = max([self._handed, *(row.seq for row in rows[-1:])])
        return [self._event(row) for row in rows]

    def delivered(self, seq: int) -> None:
        """Hear that the broker took all up to seq; written with the next commit."""
        with self._lock:
            self._marks = replace(self._marks, sent=max(seq, self._marks.sent))

    def stored(self, seq: int) -> None:
        """Hear that the floor has stored all up to seq: those are forgotten here.

        A number that we never sent is from another life of this machine: ours then go on after it.
        """
        with self._lock:
            self._marks = replace(self._marks, floor=True)
            if seq <= max(self._handed, self._marks.sent):
                self._marks = replace(self._marks, sent=max(seq, self._marks.sent))
                self._drop(self._rows[: bisect_right(self._rows, seq, key=number)])
            else:
                self._go_on_after(seq)
        self._disk.wake()

    def __len__(self) -> int:
        """Return how many events wait for the floor."""
        return len(self._rows)

    def write(self, db: sqlite3.Connection) -> bool:
        """Write what changed; the store's thread, within a transaction."""
        with self._lock:
            changes = self._writing = self._writing | self._changes
            self._changes = Changes()
            rows = list(self._rows) if changes.anew else list(filter(None, map(self._find, sorted(changes.seqs))))
            marks = self._marks
            self._committing = (marks.last, marks)
        if not changes and marks == self._marks_written:
            return False
        if changes.anew:
            db.execute("DELETE FROM outbox")
        db.executemany("DELETE FROM outbox WHERE seq = ?", [(seq,) for seq in changes.seqs])
        db.executemany("INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?)", map(astuple, rows))
        db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (NOTE, json.dumps(asdict(marks))))
        return True

    def written(self) -> None:
        """Hand out what `write` wrote; the store's thread, after its commit."""
        with self._lock:
            more = False
            if self._committing is not None:
                last, self._marks_written = self._committing
                more, self._durable = last > self._durable, last
            self._writing = Changes()
        if more:
            with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                self._loop.call_soon_threadsafe(self.changed.set)

    def _event(self, row: Row) -> Event:
        return event_of(row, self._disk.dated(row.boot, row.at))

    def _find(self, seq: int) -> Row | None:
        place = bisect_left(self._rows, seq, key=number)
        return self._rows[place] if place < len(self._rows) and self._rows[place].seq == seq else None

    def _drop(self, rows: Sequence[Row]) -> None:
        if rows:
            gone = {row.seq for row in rows}
            self._rows = [row for row in self._rows if row.seq not in gone]
            self._changes.seqs.update(gone)

    def _too_many(self) -> list[Row]:
        over = max(0, len(self._rows) - self._most)
        first = list(islice((row for row in self._rows if row.kind not in KEPT), over))
        return first if self._marks.floor else first + [r for r in self._rows if r.kind in KEPT][: over - len(first)]

    def _forgotten(self, row: Row) -> bool:
        if row.kind != "help":
            return False
        now = self._clock.now()
        if row.boot == self._clock.boot:
            return now - row.at > HELP_MS
        was, wall = self._disk.dated(row.boot, row.at), self._clock.wall()
        since_boot = timedelta(milliseconds=now)  # it is at least as old as this boot
        return (since_boot if was is None or wall is None else wall - was) > timedelta(milliseconds=HELP_MS)

    def _go_on_after(self, seq: int) -> None:
        moved = [replace(row, seq=new) for new, row in enumerate(self._rows, seq + 1)]
        log.warning("the floor knows event numbers up to %d: ours go on from there, %d are waiting", seq, len(moved))
        self._rows = moved
        self._marks = replace(self._marks, last=seq + len(moved), sent=seq)
        self._handed = self._durable = seq
        self._changes = Changes(anew=True)
        self._committing = None  # a commit under way has the old numbers
