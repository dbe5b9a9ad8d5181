"""Sessions and what their time was made of; the definitions are those of docs/metrics.md.

An interval lies between two samples of one machine and takes the earlier one's values; of a long one the first five
seconds do, the rest is gap. Nothing is interpolated. Only the monotonic clock counts.
"""

from dataclasses import replace

from daemon.policy import rules as r
from daemon.policy.events import Restored, Spent
from daemon.policy.guard import console_on, goal, not_cooling
from daemon.policy.session import Session, Totals
from daemon.policy.state import State
from daemon.policy.turn import Turn, fresh
from drivers.contract import Reading, Training


def spend(turn: Turn, until: int) -> None:
    """Account for the time from the last sample to `until`, by what was known at the last sample."""
    state = turn.state
    since = state.sample_at
    if since is None or until <= since:
        return
    counted = min(until, since + r.FRESH_MS)
    speed = fresh(state.speed, since, r.FRESH_MS)
    if speed is None:
        _gap(turn, since, until)
        return
    if speed >= r.MOVING:
        _belt(turn, since, counted, speed)
    else:
        _pause(turn, since, counted)
    _gap(turn, counted, until)


def _belt(turn: Turn, start: int, end: int, speed: int) -> None:
    session = turn.state.session
    if session is None:
        number = turn.number()
        session = Session(f"{turn.state.origin}-{number}", start, start, turn.state.rules.min_incline)
        turn.set(session=session)
    turn.set_session(stopped_since=None)
    warm = min(end, start + max(0, turn.state.rules.warm_up_ms - session.totals.belt))
    metres, way = divmod(turn.state.way + speed * (end - start), 360_000)
    turn.set(way=way)
    warming = Spent(session.id, start, warm, belt=True, unknown=_incline(turn.state, start) is None)
    judged = _judged(turn.state, session, warm, end)
    whole = warm == end
    _add(turn, replace(warming, distance=metres) if whole else warming)
    _add(turn, judged if whole else replace(judged, distance=metres))
    _open(turn)


def _incline(state: State, at: int) -> int | None:
    return fresh(state.incline, at, r.FRESH_MS)


def eligible(state: State, at: int) -> bool:
    """Tell whether belt time now, past the warm-up, is time in which the incline is the member's to choose."""
    incline = _incline(state, at)
    calm = state.training not in (Training.PROGRAMME, Training.WARM_UP) and not_cooling(state, at)
    lift = state.machine is not None and (state.machine.incline is None or goal(state) is not None)
    return incline is not None and incline >= 0 and calm and lift


def _judged(state: State, session: Session, start: int, end: int) -> Spent:
    incline = _incline(state, state.sample_at or start)
    counts = eligible(state, state.sample_at or start)
    flat = counts and incline is not None and incline < session.min_incline
    return Spent(session.id, start, end, belt=True, eligible=counts, flat=flat, unknown=incline is None)


def _pause(turn: Turn, start: int, end: int) -> None:
    session = turn.state.session
    if session is None:
        return
    if not session.opened:
        turn.set(session=None, opening=())
        return
    if session.stopped_since is None:
        turn.set_session(stopped_since=start)
    _add(turn, Spent(session.id, start, end, pause=True))
    if end - (session.stopped_since or start) > turn.state.rules.max_pause_ms:
        close(turn, "stopped")


def _gap(turn: Turn, start: int, end: int) -> None:
    session = turn.state.session
    if session is not None and end > start and not session.opened:
        turn.set(session=None, opening=())
    elif session is not None and end - start > r.GAP_MS:
        close(turn, "gap")
    elif session is not None and end > start:
        _add(turn, Spent(session.id, start, end, gap=True))


def _add(turn: Turn, spent: Spent) -> None:
    session = turn.state.session
    if session is None or spent.end <= spent.start:
        return
    ms, t = spent.end - spent.start, session.totals
    cooling = not console_on(turn.state) or session.grace_since is not None
    turn.set_session(
        last=spent.end,
        used=session.used + ms * ((spent.belt or spent.pause) and not cooling),
        totals=Totals(
            t.belt + ms * spent.belt,
            t.pause + ms * spent.pause,
            t.eligible + ms * spent.eligible,
            t.flat + ms * spent.flat,
            t.unknown + ms * spent.unknown,
            t.gap + ms * spent.gap,
            t.distance + spent.distance,
        ),
    )
    if session.opened:
        turn.emit(spent)
    else:
        turn.set(opening=(*turn.state.opening, spent))


def _open(turn: Turn) -> None:
    """Open the session once its first ten seconds are full; they count from their beginning."""
    session = turn.state.session
    if session is None or session.opened or session.totals.belt < r.OPENING_MS:
        return
    turn.set_session(opened=True)
    turn.set(trainer=False)
    for spent in turn.state.opening:
        turn.emit(spent)
    turn.set(opening=())
    turn.tell("session", step="new", min_incline=session.min_incline, started=session.started)


def close(turn: Turn, reason: str) -> None:
    """End the session at its last counted moment: stopped, elapsed_fell or gap."""
    session = turn.state.session
    if session is None:
        return
    if session.opened:
        t = session.totals
        turn.tell(
            "session", step="end", reason=reason, started=session.started, ended=session.last,
            min_incline=session.min_incline, mode=turn.state.rules.mode.value,
            belt=t.belt, pause=t.pause, eligible=t.eligible, flat=t.flat, unknown=t.unknown, gap=t.gap,
            distance=t.distance,
        )  # fmt: skip
    if session.opened:
        turn.set(ended_at=turn.at)
    turn.set(session=None, opening=(), way=0, flat_since=None, elapsed_fell=False, unproved=False, timed=False)


def prove(turn: Turn, reading: Reading) -> None:
    """Close the session when the console's clock shows that this is another one.

    One lower clock may be a glitch, two are a new workout; 99:59 is followed by 0:00 (hassio-ftms issue 15). A session
    restored over a reboot goes on only if the console's clock does.
    """
    session, elapsed = turn.state.session, reading.elapsed
    if session is None:
        return
    if turn.state.unproved and reading.speed is not None:
        goes_on = elapsed is not None and session.elapsed is not None
        if not goes_on or not 0 <= (elapsed or 0) - (session.elapsed or 0) <= r.GAP_MS // 1000:
            close(turn, "gap")
            return
        turn.set(unproved=False)
    if elapsed is None:
        return
    fell = session.elapsed is not None and elapsed < session.elapsed
    wrapped = fell and (session.elapsed or 0) >= r.ELAPSED_WRAP_S - 10 and elapsed < r.GAP_MS // 1000
    if fell and not wrapped and not turn.state.elapsed_fell:
        turn.set(elapsed_fell=True)
    elif fell and not wrapped:
        close(turn, "elapsed_fell")
    else:
        turn.set(elapsed_fell=False)
        turn.set_session(elapsed=elapsed)


def restore(turn: Turn, event: Restored) -> None:
    """Take up a saved session; the time away is gap. Over a reboot its times are moved to this boot's clock."""
    session = event.session
    if not session.opened:
        return
    if event.same_boot and 0 <= turn.at - session.last <= r.GAP_MS:
        turn.set(session=session, sample_at=session.last)
    elif event.same_boot:
        turn.set(session=session)
        close(turn, "gap")
    else:
        by, quiet = turn.at - session.last, session.quiet_until
        moved = replace(session, started=session.started + by, last=turn.at, nudged_at=turn.at, stopped_since=None)
        graced = None if session.grace_since is None else session.grace_since + by
        moved = replace(moved, grace_since=graced, calm_since=None, suggest_quiet_until=None)
        turn.set(session=replace(moved, quiet_until=None if quiet is None else quiet + by))
        turn.set(sample_at=turn.at, unproved=True)


def silence(turn: Turn) -> None:
    """End a session of which nothing was heard for too long."""
    state = turn.state
    if state.session is not None and state.sample_at is not None and turn.at - state.sample_at > r.GAP_MS:
        if not state.session.opened:
            turn.set(session=None, opening=())
        else:
            spend(turn, min(turn.at, state.sample_at + r.FRESH_MS))
            turn.set(sample_at=None)
            close(turn, "gap")
