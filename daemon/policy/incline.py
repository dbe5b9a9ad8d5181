"""The minimum incline: one nudge when the belt has been flat, and where the member wants it a slow, small raise.

A raise goes countdown -> control asked for -> step -> seen to arrive -> rest -> next step, until the goal. Whatever
goes wrong ends it; nothing is tried again, nothing is ever lowered.
"""

from dataclasses import replace

from daemon.policy import rules as r
from daemon.policy.accounts import eligible
from daemon.policy.events import Answer, Answered, Outcome, RaiseIncline, RequestControl, Result
from daemon.policy.guard import ENFORCE, NUDGE, RAISE, SAFE, blocked, goal, moving, next_step, screen, warm
from daemon.policy.lease import unbroken
from daemon.policy.prompts import settle, withdraw
from daemon.policy.state import Control, Kind, Nudged, Prompt, Raise, Stage, State
from daemon.policy.turn import Turn, fresh

AT_ONCE = ENFORCE + RAISE


def watch_flat(turn: Turn) -> None:
    """Keep the time since when the belt is run flat, without a break and with everything known."""
    state, at = turn.state, turn.at
    incline = fresh(state.incline, at, r.FRESH_MS)
    flat = incline is not None and incline < state.rules.min_incline and eligible(state, at)
    if not (flat and moving(state, at) and warm(state, at)):
        turn.set(flat_since=None)
    elif state.flat_since is None:
        turn.set(flat_since=at)


def nudge_when_due(turn: Turn) -> None:
    """Ask, or begin the countdown where the rules and the moment allow it."""
    state, at = turn.state, turn.at
    if blocked(state, at, NUDGE) is not None or state.session is None:
        return
    settle(turn)
    turn.set_session(nudges=state.session.nudges + 1, nudged_at=at, unseen=False)
    if blocked(state, at, AT_ONCE) is None:
        count_down(turn, by_member=False)
        kind = Kind.COUNTDOWN
    else:
        can = blocked(state, at, RAISE) is None
        until = at + state.rules.nudge_shown_ms
        target = goal(state) or state.rules.min_incline
        turn.show(Prompt(turn.number(), Kind.NUDGE, at, until, target, can_raise=can))
        kind = Kind.NUDGE
    prompt = turn.state.prompt
    if prompt is not None:
        turn.set(nudged=Nudged(prompt.id, at, watched=screen(state, at)))
        turn.tell("nudge", step="offered", prompt=prompt.id, form=kind.value)


def count_down(turn: Turn, *, by_member: bool) -> None:
    """Begin the countdown; it runs from its first confirmation."""
    rules, to = turn.state.rules, goal(turn.state)
    if to is None:
        return
    length = rules.assist_countdown_ms if by_member else rules.countdown_ms
    turn.set_session(enforce_over=True)
    turn.set(raising=Raise(Stage.COUNTING, to, by_member, turn.at))
    turn.show(Prompt(turn.number(), Kind.COUNTDOWN, turn.at, None, to, digit=-(-length // 1000)))


def answer(turn: Turn, event: Answered) -> None:
    """Take a key of the screen; one that answers nothing on the screen does nothing."""
    prompt = turn.state.prompt
    if prompt is None or prompt.id != event.prompt:
        return
    if event.answer is Answer.RAISE and prompt.kind is Kind.NUDGE:
        _accept(turn, prompt)
    elif event.answer is Answer.DECLINE and prompt.kind is Kind.NUDGE:
        decline(turn)
    elif event.answer is Answer.CANCEL and prompt.kind in (Kind.COUNTDOWN, Kind.RAISING):
        end_raise(turn, "cancelled")


def _accept(turn: Turn, prompt: Prompt) -> None:
    settle(turn, "accepted_key")
    if prompt.can_raise and blocked(turn.state, turn.at, RAISE) is None:
        count_down(turn, by_member=True)
    else:
        turn.say(Kind.USE_KEYS)


def decline(turn: Turn) -> None:
    """Take a no: quiet for a while, after the second one for the session; `enforce` only asks from now on."""
    session = turn.state.session
    if session is None:
        return
    settle(turn, "declined")
    turn.set_session(
        declines=session.declines + 1,
        quiet_until=turn.at + turn.state.rules.decline_hold_ms,
        left_alone=session.left_alone or session.declines + 1 >= r.DECLINES_A_SESSION,
        enforce_over=True,
    )
    turn.say(Kind.DECLINED)


def watch_nudged(turn: Turn) -> None:
    """Close the open nudge when the member took the belt off the flat, or when time is up."""
    nudged, state = turn.state.nudged, turn.state
    if nudged is None or state.raising is not None:
        return
    incline = fresh(state.incline, turn.at, r.FRESH_MS)
    if incline is not None and incline >= state.rules.min_incline and moving(state, turn.at):
        settle(turn, "accepted_self" if nudged.shown else None)
        withdraw(turn)
    elif turn.at - nudged.since >= r.ACCEPTED_WITHIN_MS:
        settle(turn)


DECLINES = frozenset({"cancelled", "screen"})
"""Ends of a raise that may be the member's no: a lost message looks like a lost screen."""
FINAL = frozenset({"member", "refused", "unknown", "control"})
"""Ends after which nothing moves the deck in this session."""


def end_raise(turn: Turn, reason: str) -> None:
    """End the raise under way; nothing more is sent."""
    state, raising = turn.state, turn.state.raising
    if raising is None:
        return
    confirmed = state.prompt is not None and state.prompt.confirmed
    turn.set(raising=None, prompt=None)
    turn.tell("command", what="raise", result=reason, goal=raising.goal, by_member=raising.asked_by_member)
    if reason in FINAL:
        turn.set_session(raising_over=True)
    if reason in DECLINES and confirmed:
        decline(turn)
    elif reason == "done":
        settle(turn, "raised")
        turn.say(Kind.RAISED, raising.goal)
    else:
        settle(turn, "withdrawn" if confirmed else "undelivered")
        if reason in ("not_reached", "refused", "unknown"):
            turn.say(Kind.NOT_MOVED)


def watch_screen(turn: Turn) -> None:
    """End the raise under way if the screen has not confirmed it without a break until now."""
    if turn.state.raising is not None and not unbroken(turn.state, turn.at):
        end_raise(turn, "screen")


def raise_on(turn: Turn) -> None:
    """Take the raise under way one stage further, or end it."""
    watch_screen(turn)
    raising = turn.state.raising
    if raising is None:
        return
    failed = blocked(turn.state, turn.at, SAFE if raising.stage in (Stage.SENT, Stage.MOVING) else RAISE)
    if raising.stage is Stage.RESTING and failed in ("restless", "not_flat"):
        failed = None  # judged when the step is due
    if failed is not None:
        end_raise(turn, failed)
        return
    STAGES[raising.stage](turn, raising)


def _counting(turn: Turn, raising: Raise) -> None:
    prompt, lease = turn.state.prompt, turn.state.lease
    if prompt is None or lease is None or lease.good is None:
        return
    if prompt.until is None:
        turn.set(prompt=replace(prompt, until=turn.at + prompt.digit * 1000))
    elif turn.at >= prompt.until:
        turn.set(
            prompt=Prompt(turn.number(), Kind.RAISING, turn.at, None, raising.goal, digit=raising.goal, confirmed=True)
        )
        _ask_or_send(turn, raising)


def _ask_or_send(turn: Turn, raising: Raise) -> None:
    if turn.state.control is Control.HELD:
        _send(turn, raising)
        return
    number = turn.number()
    turn.set(raising=replace(raising, stage=Stage.ASKING, since=turn.at, effect=number))
    turn.emit(RequestControl(number))


def _send(turn: Turn, raising: Raise) -> None:
    target = next_step(turn.state, raising.goal)
    if target is None or turn.state.incline is None:
        end_raise(turn, "not_flat")
        return
    number, start = turn.number(), turn.state.incline.value
    turn.set(
        raising=replace(raising, stage=Stage.SENT, since=turn.at, effect=number, start=start, step=target, sent=turn.at)
    )
    if turn.state.session is not None:
        turn.set_session(risen=turn.state.session.risen + target - start, raised_at=turn.at)
    turn.emit(RaiseIncline(number, target))


def _here(state: State, raising: Raise) -> bool:
    """Tell whether the deck has been seen at the step since this stage began."""
    return state.incline is not None and state.incline.at > raising.since and state.incline.value >= raising.step


def _waiting(turn: Turn, raising: Raise) -> None:
    moved = raising.stage is Stage.ASKING or _here(turn.state, raising)
    if turn.at - raising.since >= (r.OUTCOME_MS if moved else r.ARRIVAL_MS):
        end_raise(turn, "unknown")


def _moving(turn: Turn, raising: Raise) -> None:
    state = turn.state
    if _here(state, raising) and state.equal_inclines >= r.REST_SAMPLES:
        turn.set(raising=replace(raising, stage=Stage.RESTING, since=turn.at))
        if raising.step >= raising.goal:
            end_raise(turn, "done")
    elif turn.at - (raising.sent or raising.since) >= r.ARRIVAL_MS:
        end_raise(turn, "not_reached")


def _resting(turn: Turn, raising: Raise) -> None:
    if turn.at - (raising.sent or raising.since) < turn.state.rules.step_spacing_ms:
        return
    failed = blocked(turn.state, turn.at, RAISE)
    if failed is not None:
        end_raise(turn, failed)
    else:
        _send(turn, raising)


def watch_halt(turn: Turn) -> None:
    """Tell of a belt that stopped right after a step of the deck, when nobody's key explains it."""
    halted, key = turn.state.halted_at, turn.state.key_at
    if halted is None:
        return
    if key is not None and abs(key - halted) <= r.KEY_LATE_MS:
        turn.set(halted_at=None)
    elif turn.at - halted > r.KEY_LATE_MS:
        turn.set(halted_at=None)
        turn.set_session(raising_over=True)
        turn.tell("command", what="raise", result="halted_after")


STAGES = {
    Stage.COUNTING: _counting,
    Stage.ASKING: _waiting,
    Stage.SENT: _waiting,
    Stage.MOVING: _moving,
    Stage.RESTING: _resting,
}


def outcome(turn: Turn, event: Outcome) -> None:
    """Take what became of an effect; of one that is not awaited any more only the bad news counts."""
    raising = turn.state.raising
    if event.result in (Result.REFUSED, Result.UNKNOWN) and event.effect < turn.state.next_id:
        turn.set_session(raising_over=True)
        if event.result is Result.REFUSED:
            turn.set(control=Control.LOST)
    if raising is None or raising.effect != event.effect:
        return
    if event.result is not Result.ACCEPTED:
        end_raise(turn, event.result.value)
    elif raising.stage is Stage.ASKING:
        turn.set(control=Control.HELD)
        failed = blocked(turn.state, turn.at, RAISE)
        if failed is not None or not unbroken(turn.state, turn.at):
            end_raise(turn, failed or "screen")
        else:
            _send(turn, raising)
    elif raising.stage is Stage.SENT:
        turn.set(raising=replace(raising, stage=Stage.MOVING, since=turn.at, effect=None))
