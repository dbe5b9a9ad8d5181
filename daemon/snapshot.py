"""What the outside may see: one flat frozen value a step, and a feed of them that no reader can hold up."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from daemon.policy.rules import Mode
from daemon.policy.session import Totals
from daemon.policy.state import Link, Prompt
from drivers.contract import InclineRange


class Phase(Enum):
    """What the belt is doing, in one word; UNKNOWN when nothing fresh says so."""

    UNKNOWN = "unknown"
    IDLE = "idle"
    WARM_UP = "warm_up"
    RUNNING = "running"
    PROGRAMME = "programme"
    COOL_DOWN = "cool_down"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The machine, the session and the prompt at one moment; None is unknown, never zero."""

    at: int
    seq: int
    link: Link
    phase: Phase
    mode: Mode
    speed: int | None = None  # 0.01 km/h, fresh
    incline: int | None = None  # 0.1 %, fresh
    min_incline: int = 10
    maker: str | None = None
    model: str | None = None
    firmware: str | None = None
    range: InclineRange | None = None
    session: str | None = None
    session_started: int | None = None
    totals: Totals = Totals()
    prompt: Prompt | None = None
    screen: str | None = None  # holder of the lease
    blocked: str | None = None  # why the deck would not be moved now: a key of docs/why.md
    raising: bool = False


class Feed:
    """The latest snapshot, and a bounded queue for each subscriber: a slow one loses the oldest."""

    def __init__(self, first: Snapshot) -> None:
        self.latest = first
        self._readers: set[Reader] = set()

    def publish(self, snapshot: Snapshot) -> None:
        """Make snapshot the latest and hand it to every reader; never blocks."""
        self.latest = snapshot
        for reader in self._readers:
            reader.put(snapshot)

    @contextmanager
    def subscribe(self, wake: Callable[[], None], depth: int = 8) -> Iterator["Reader"]:
        """Yield a reader that begins with the latest; wake is called after each snapshot put."""
        reader = Reader(wake, depth)
        reader.put(self.latest)
        self._readers.add(reader)
        try:
            yield reader
        finally:
            self._readers.discard(reader)


class Reader:
    """One subscriber's snapshots, oldest first."""

    def __init__(self, wake: Callable[[], None], depth: int) -> None:
        self._queue: deque[Snapshot] = deque(maxlen=depth)
        self._wake = wake
        self.dropped = 0

    def put(self, snapshot: Snapshot) -> None:
        """Append, dropping the oldest when full."""
        self.dropped += len(self._queue) == self._queue.maxlen
        self._queue.append(snapshot)
        self._wake()

    def take(self) -> Snapshot | None:
        """Return the oldest snapshot, or None."""
        return self._queue.popleft() if self._queue else None
