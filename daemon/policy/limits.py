"""The time limit: announced while it counts, said at 10, 5 and 1 min, then a grace to cool down, then staff are told.

What counts is time on the machine, without the console's cool-down. A limit begins to count when its hour or a queue
comes; nobody gets less than ten minutes from then. It is taken off when the reason for it has been gone for a while.
"""

from daemon.policy import rules as r
from daemon.policy.events import Extended, FloorTold, HourTold, Lifted, WaitingTold
from daemon.policy.guard import NOTES, moving
from daemon.policy.incline import end_raise
from daemon.policy.prompts import settle, withdraw
from daemon.policy.rules import Mode, When
from daemon.policy.session import Session
from daemon.policy.state import Floor, Kind, Link, State
from daemon.policy.turn import Turn

SLOT = NOTES | {Kind.NUDGE, Kind.COUNTDOWN, Kind.RAISING, Kind.SUGGESTION, Kind.TIME, Kind.LIMIT}
"""What a message about time may take the place of; help and a stop stay."""


def floor_now(state: State, at: int) -> Floor | None:
    """Return what the floor said, if it is fresh."""
    return state.floor if state.floor is not None and at - state.floor.at <= r.FLOOR_MS else None


def others(state: State, at: int) -> bool:
    """Tell whether it is known that people wait, or that no treadmill is free."""
    since, floor = state.waiting_since, floor_now(state, at)
    if since is not None and at - since <= r.WAITING_MS:
        return True
    return floor is not None and ((floor.waiting or 0) > 0 or dict(floor.free).get("treadmill") == 0)


def counts(state: State, at: int) -> bool:
    """Tell whether a limit counts now for the session under way."""
    session, rules = state.session, state.rules
    if session is None or not session.opened or session.lifted or rules.limit_ms == 0 or rules.mode < Mode.NUDGE:
        return False
    return rules.limit_when is When.ALWAYS or (state.peak is True and others(state, at))


def left(session: Session | None) -> int | None:
    """Return how much of its limit a session has left, in ms; None: no limit counts."""
    return None if session is None or session.limit_at is None else session.limit_at - session.used


def hour(turn: Turn, event: HourTold) -> None:
    """Take what the gym's clock says."""
    turn.set(peak=event.peak, evening=event.evening)


def floor(turn: Turn, event: FloorTold) -> None:
    """Take what the floor says; numbers that cannot be are not taken."""
    if (event.waiting or 0) >= 0 and all(count >= 0 for _, count in event.free):
        turn.set(floor=Floor(event.at, event.waiting, event.free))


def waiting(turn: Turn, event: WaitingTold) -> None:
    """Take staff's word for it."""
    turn.set(waiting_since=turn.at if event.waiting else None)
    turn.tell("limit", step="waiting" if event.waiting else "nobody_waits")


def extend(turn: Turn, event: Extended) -> None:
    """Give the session more time; only the messages that are still to come are said again."""
    session = turn.state.session
    if session is None or session.id != event.session or session.lifted or event.ms not in r.EXTENSIONS_MS:
        return
    turn.set_session(extended=session.extended + event.ms)
    if session.limit_at is not None:
        due = max(session.limit_at, session.used) + event.ms
        said = tuple(w for w in session.warned if w >= due - session.used)
        turn.set_session(limit_at=due, warned=said, grace_since=None, over=False)
    turn.tell("limit", step="extended", ms=event.ms)
    _say(turn, Kind.EXTENDED, event.ms // 60_000)


def lift(turn: Turn, event: Lifted) -> None:
    """Take the limit off this session."""
    session = turn.state.session
    if session is None or session.id != event.session:
        return
    turn.set_session(lifted=True, limit_at=None, warned=(), grace_since=None, over=False)
    turn.tell("limit", step="lifted")
    _say(turn, Kind.LIFTED)


def watch_limit(turn: Turn) -> None:
    """Announce, take off, warn, begin the grace and end it, as is due."""
    session = turn.state.session
    if session is None or not session.opened or turn.state.link is not Link.UP:
        return
    _judge(turn, session)
    session = turn.state.session
    remaining = left(session)
    if session is None or remaining is None:
        _note_long_stay(turn)
    elif session.grace_since is not None:
        _watch_grace(turn, session, session.grace_since)
    elif remaining <= 0:
        _begin_grace(turn)
    else:
        _warn(turn, session, remaining)


def _judge(turn: Turn, session: Session) -> None:
    on, rules = counts(turn.state, turn.at), turn.state.rules
    if session.limit_at is None:
        if on:
            due = max(rules.limit_ms + session.extended, session.used + r.SHORTEST_LIMIT_MS)
            turn.set_session(limit_at=due, calm_since=None)
            turn.tell("limit", step="announced", ms=due - session.used)
    elif on:
        turn.set_session(calm_since=None)
    elif session.calm_since is None:
        turn.set_session(calm_since=turn.at)
    elif turn.at - session.calm_since >= r.CALM_MS:
        said = bool(session.warned)
        turn.set_session(limit_at=None, calm_since=None, warned=(), grace_since=None, over=False)
        turn.tell("limit", step="taken_off")
        if said:
            _say(turn, Kind.LIMIT_OFF)


def _warn(turn: Turn, session: Session, remaining: int) -> None:
    due = tuple(w for w in r.WARNINGS_MS if remaining <= w and w not in session.warned)
    if due and _say(turn, Kind.TIME, min(due) // 60_000):
        turn.set_session(warned=(*session.warned, *due))
        turn.tell("limit", step="warned", minutes=min(due) // 60_000)


def _begin_grace(turn: Turn) -> None:
    if _say(turn, Kind.LIMIT, turn.state.rules.limit_grace_ms // 60_000):
        turn.set_session(grace_since=turn.at, warned=r.WARNINGS_MS)
        turn.tell("limit", step="reached")


def _watch_grace(turn: Turn, session: Session, since: int) -> None:
    late = turn.at - since >= turn.state.rules.limit_grace_ms
    if late and not session.over and moving(turn.state, turn.at) and _say(turn, Kind.OVER):
        turn.set_session(over=True)
        turn.tell("limit", step="over")


def _note_long_stay(turn: Turn) -> None:
    session, lasting = turn.state.session, turn.state.rules.long_stay_ms
    if session is None or session.long_noted or session.lifted or lasting == 0 or turn.state.rules.mode < Mode.NUDGE:
        return
    if session.used >= lasting and turn.state.prompt is None and moving(turn.state, turn.at):
        turn.set_session(long_noted=True)
        turn.say(Kind.LONG_STAY, minutes=session.used // 60_000, lasts=r.TIME_SHOWN_MS)


def _say(turn: Turn, kind: Kind, minutes: int = 0) -> bool:
    """Show a message about time, if what is on the screen lets it; tell whether it shows."""
    prompt = turn.state.prompt
    if prompt is not None and prompt.kind not in SLOT:
        return False
    end_raise(turn, "limit")
    withdraw(turn)
    settle(turn)
    turn.say(kind, minutes=minutes, lasts=r.TIME_SHOWN_MS)
    return True
