"""What the outside may see: one flat frozen value a step, and a feed of them that no reader can hold up."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

from daemon.policy.guard import RAISE, blocked, not_cooling, warm
from daemon.policy.limits import others
from daemon.policy.rules import FRESH_MS, LEASE_MS, MOVING, Action, Mode
from daemon.policy.session import Session, Totals
from daemon.policy.state import Card, Link, Prompt, State
from daemon.policy.turn import fresh
from drivers.contract import Ability, InclineRange, Training


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
    """The machine, the session and the prompt at one moment; None is unknown, never zero.

    Two are equal when the same is seen, whenever that was.
    """

    at: int = field(compare=False)
    seq: int = field(compare=False)
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
    stopping: bool = False
    limit: str | None = None  # counting, grace or over
    limit_left: int = 0  # s
    limit_minutes: int = 0  # what one person gets
    limit_action: Action = Action.ANNOUNCE  # as far as the machine can
    card: Card | None = None
    waiting: bool = False
    occupied: bool | None = None  # somebody is on it, by belt or console


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


def snapshot(state: State, seq: int, at: int) -> Snapshot:
    """Return what may be seen of state at `at`; values too old to be shown are None."""
    session, machine = state.session, state.machine
    up = state.link is Link.UP
    return Snapshot(
        at=at,
        seq=seq,
        link=state.link,
        phase=phase(state, at),
        mode=state.rules.mode,
        speed=fresh(state.speed, at, FRESH_MS) if up else None,
        incline=fresh(state.incline, at, FRESH_MS) if up else None,
        min_incline=state.rules.min_incline,
        maker=machine.maker if machine else None,
        model=machine.model if machine else None,
        firmware=machine.firmware if machine else None,
        range=machine.incline if machine else None,
        session=session.id if session and session.opened else None,
        session_started=session.started if session and session.opened else None,
        totals=session.totals if session else Totals(),
        prompt=state.prompt,
        screen=state.lease.screen if state.lease and at - state.lease.at <= LEASE_MS else None,
        blocked=blocked(state, at, RAISE),
        raising=state.raising is not None,
        stopping=state.stopping is not None,
        limit=limit_stage(session),
        limit_left=limit_left(state, at),
        limit_minutes=state.rules.limit_ms // 60_000,
        limit_action=limit_action(state),
        card=state.card,
        waiting=others(state, at),
        occupied=occupied(state, at),
    )


def limit_stage(session: Session | None) -> str | None:
    """Return how far the session's time limit has come."""
    if session is None or session.limit_at is None:
        return None
    return "over" if session.over else "counting" if session.grace_since is None else "grace"


def limit_left(state: State, at: int) -> int:
    """Return the whole seconds until the limit, or until its grace is over."""
    session = state.session
    if session is None or session.limit_at is None:
        return 0
    since = session.grace_since
    left = session.limit_at - session.used if since is None else since + state.rules.limit_grace_ms - at
    return max(0, left) // 1000


def limit_action(state: State) -> Action:
    """Return what follows a time limit here; what was not proven, or the machine cannot do, is announced only."""
    rules = state.rules
    wanted = {Action.MACHINE: Ability.WORKOUT_TIME, Action.STOP: Ability.STOP}.get(rules.limit_action)
    proven = rules.proved_stop if rules.limit_action is Action.STOP else rules.proved_time and not state.timer_over
    able = state.machine is not None and wanted in state.machine.abilities
    return rules.limit_action if proven and able else Action.ANNOUNCE


def phase(state: State, at: int) -> Phase:
    """Return what the belt is doing, by its speed first and by the console's own word then."""
    speed = fresh(state.speed, at, FRESH_MS)
    if state.link is not Link.UP or speed is None:
        return Phase.UNKNOWN
    if speed < MOVING:
        return Phase.PAUSED if state.session is not None and state.session.opened else Phase.IDLE
    if not not_cooling(state, at):
        return Phase.COOL_DOWN
    if state.training is Training.PROGRAMME:
        return Phase.PROGRAMME
    return Phase.RUNNING if warm(state, at) else Phase.WARM_UP


def occupied(state: State, at: int) -> bool | None:
    """Tell whether somebody is on it: by its belt, and where no speed is told by the console's own word."""
    belt = phase(state, at)
    if belt is not Phase.UNKNOWN:
        return belt is not Phase.IDLE
    young = state.sample_at is not None and at - state.sample_at <= FRESH_MS
    if state.link is not Link.UP or not young or state.training is Training.UNKNOWN:
        return None
    return state.training is not Training.IDLE
