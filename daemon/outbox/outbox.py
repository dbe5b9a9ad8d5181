"""The durable outbox: events in their order, kept until the floor says that it has stored them.

Only events that are on the disk are handed out, so that no number is ever seen with two contents. The floor may know
numbers that this database never gave: the Pi was swapped, or its file begun anew. Then ours go on after the floor's.
Event ids do not change with that; who stores events tells them apart by id.

Telemetry has its bounds, beyond which the oldest is folded (daemon.outbox.fold). Safety and audit wait for the floor
however many they are; where nothing is sent at all, the journal has them.
"""

import asyncio
import json
import logging
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, astuple, replace
from datetime import datetime
from itertools import takewhile
from threading import Lock
from typing import Any, Protocol

from daemon.clock import Clock
from daemon.messages import Event
from daemon.outbox.bounds import Bounds, lightened, load_of, unwanted
from daemon.outbox.fold import folded, renumbered
from daemon.outbox.journal import Journal
from daemon.outbox.rows import Changes, Marks, Row, event_of, number, read_marks, read_rows, sound
from daemon.policy.events import Happened

log = logging.getLogger(__name__)

NOTE = "outbox"
STANDARD = Bounds()
CROWD = "{count} safety and audit events wait to be stored; see that the floor runs and stores events of this machine"


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

    def __init__(
        self, disk: Disk, machine: str, clock: Clock, bounds: Bounds = STANDARD, *, sends: bool = True
    ) -> None:
        """Take up what the last run left, in the running loop; blocks for one read.

        sends: whether there is a broker at all.
        """
        self.changed = asyncio.Event()
        """Set when there may be more to send; clear it before you look."""
        self._loop = asyncio.get_running_loop()
        self._disk = disk
        self._clock = clock
        self._bounds = bounds
        self._sends = sends
        self._prefix = f"{machine}-{disk.origin}"
        self._rows = sound(disk.read(read_rows))
        self._load = load_of(self._rows)
        self._marks = self._marks_written = read_marks(disk.recall(NOTE), self._rows)
        self._durable = self._marks.last  # numbers up to here are on the disk
        self._handed = self._marks.last if self._marks.floor else self._marks.sent  # the last run may have handed all
        self._lock = Lock()
        self._changes = Changes()
        self._writing = Changes()  # the writer's own
        self._committing: tuple[int, Marks] | None = None
        if self._rows:
            self.changed.set()
        self._journal = Journal(clock)
        disk.join(self)
        disk.join(self._journal)

    @property
    def fault(self) -> str | None:
        """None, or one line: more safety and audit events wait than there ever should."""
        crowd = self._marks.floor and self._load.kept > self._bounds.events
        return CROWD.format(count=self._load.kept) if crowd else None

    @property
    def last(self) -> int:
        """The highest number given."""
        return self._marks.last

    def append(self, happened: Happened) -> Event:
        """Take an event, to be written at once and handed out when it is; return it with its number."""
        with self._lock:
            seq = self._marks.last + 1
            data = json.dumps(dict(happened.data), separators=(",", ":"))
            id_ = f"{self._prefix}-{seq}"
            row = Row(seq, id_, happened.kind, self._clock.boot, happened.at, happened.session, data)
            event = self._event(row)  # before anything changes: a kind that is none is refused
            self._journal.take(row)
            self._rows.append(row)
            self._load = self._load.plus(row)
            self._marks = replace(self._marks, last=seq)
            self._changes.seqs.add(seq)
            self._keep_within_bounds()
        self._disk.wake()
        return event

    def after(self, seq: int, limit: int) -> list[Event]:
        """Return up to limit events that are on the disk, beyond number seq, in their order."""
        with self._lock:
            start = bisect_right(self._rows, seq, key=number)
            rows = list(takewhile(self._on_disk, self._rows[start : start + limit]))
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
                self._now(self._rows[bisect_right(self._rows, seq, key=number) :])
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
            more = bool(self._writing)
            if self._committing is not None:
                self._durable, self._marks_written = self._committing
            self._writing = Changes()
        if more:
            with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                self._loop.call_soon_threadsafe(self.changed.set)

    def _event(self, row: Row) -> Event:
        return event_of(row, self._disk.dated(row.boot, row.at))

    def _on_disk(self, row: Row) -> bool:
        unwritten = row.seq in self._changes.seqs or row.seq in self._writing.seqs
        return row.seq <= self._durable and not unwritten

    def _find(self, seq: int) -> Row | None:
        place = bisect_left(self._rows, seq, key=number)
        return self._rows[place] if place < len(self._rows) and self._rows[place].seq == seq else None

    def _now(self, rows: Sequence[Row]) -> None:
        """Go on with rows in place of those there were."""
        before, after = {row.seq: row for row in self._rows}, {row.seq: row for row in rows}
        changed = {seq for seq, row in before.items() if after.get(seq) is not row}
        if changed:
            self._rows, self._load = list(rows), load_of(rows)
            self._changes.seqs.update(changed)

    def _keep_within_bounds(self) -> None:
        if not self._bounds.hold(self._load):
            self._now(lightened(self._rows, self._bounds, self._disk.dated))
        if not folded(self._rows[-1]) or self._load.helps:
            self._let_go()

    def _let_go(self) -> None:
        gone = unwanted(self._rows, self._bounds, self._age, sends=self._sends, floor=self._marks.floor)
        if gone:
            self._now([row for row in self._rows if row.seq not in gone])

    def _age(self, row: Row) -> int:
        """Return how old row is at least, in ms; of an undated boot before this one, as old as this one."""
        now = self._clock.now()
        if row.boot == self._clock.boot:
            return now - row.at
        was, wall = self._disk.dated(row.boot, row.at), self._clock.wall()
        return now if was is None or wall is None else int((wall - was).total_seconds() * 1000)

    def _go_on_after(self, seq: int) -> None:
        moved = [renumbered(row, new) for new, row in enumerate(self._rows, seq + 1)]
        log.warning("the floor knows event numbers up to %d: ours go on from there, %d are waiting", seq, len(moved))
        self._rows = moved
        self._load = load_of(moved)
        self._marks = replace(self._marks, last=seq + len(moved), sent=seq)
        self._handed = self._durable = seq
        self._changes = Changes(anew=True)
        self._committing = None  # a commit under way has the old numbers
