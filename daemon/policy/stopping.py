"""One stop of a belt whose time is long over, where a club chose it and commissioning proved it.

A countdown of 30 s that the screen must show without a break, on a slow, even belt; any key, touch or doubt cancels it
for the session, and staff are told. Whatever becomes of it, it is asked for once.
"""

from dataclasses import replace

from daemon.policy import rules as r
from daemon.policy.events import Outcome, RequestControl, Result, StopOnce
from daemon.policy.guard import NOTES, STOP, blocked
from daemon.policy.lease import unbroken
from daemon.policy.state import Control, Kind, Prompt, Stage, State, Stop
from daemon.policy.turn import Turn

SLOT = NOTES | {Kind.OVER, Kind.LIMIT, Kind.TIME}


def begin_when_due(turn: Turn) -> None:
    """Begin the countdown once the grace is over and everything is as it must be."""
    state, prompt = turn.state, turn.state.prompt
    if state.stopping is not None or state.timing is not None:
        return
    if blocked(state, turn.at, STOP) is not None or (prompt is not None and prompt.kind not in SLOT):
        return
    turn.set(stopping=Stop(Stage.COUNTING, turn.at))
    turn.show(Prompt(turn.number(), Kind.STOP, turn.at, None, digit=r.STOP_COUNTDOWN_S))
    turn.tell("command", what="stop", result="offered")


def cancel(turn: Turn, reason: str) -> None:
    """End the stop under way, for this session; staff are told why."""
    if turn.state.stopping is None:
        return
    turn.set(stopping=None)
    turn.set_session(stop_over=True)
    turn.tell("command", what="stop", result=reason)
    turn.say(Kind.STOP_OFF)


def changed(turn: Turn) -> None:
    """Take the member's change: it ends a stop that was not sent. Of one that may have left, the belt itself slows."""
    if turn.state.stopping is not None and turn.state.stopping.stage is not Stage.SENT:
        cancel(turn, "member")


def stop_on(turn: Turn) -> None:
    """Take the stop under way one stage further, or end it."""
    stopping, prompt = turn.state.stopping, turn.state.prompt
    if stopping is None:
        return
    failed = blocked(turn.state, turn.at, STOP) or (None if unbroken(turn.state, turn.at) else "screen")
    if failed is not None and stopping.stage is not Stage.SENT:
        cancel(turn, failed)
    elif stopping.stage is not Stage.COUNTING:
        if turn.at - stopping.since >= r.OUTCOME_MS:
            cancel(turn, "unknown")
    elif prompt is not None and prompt.until is None:
        if turn.state.lease is not None and turn.state.lease.good is not None:
            turn.set(prompt=replace(prompt, until=turn.at + prompt.digit * 1000))
    elif prompt is not None and prompt.until is not None and turn.at >= prompt.until:
        _ask_or_send(turn, stopping)


def watch_screen(turn: Turn) -> None:
    """End the stop under way if the screen has not confirmed it without a break until now."""
    if turn.state.stopping is not None and not unbroken(turn.state, turn.at):
        cancel(turn, "screen")


def _ask_or_send(turn: Turn, stopping: Stop) -> None:
    number = turn.number()
    held = turn.state.control is Control.HELD
    stage = Stage.SENT if held else Stage.ASKING
    turn.set(stopping=replace(stopping, stage=stage, since=turn.at, effect=number))
    turn.emit(StopOnce(number) if held else RequestControl(number))


def outcome(turn: Turn, event: Outcome) -> None:
    """Take what became of an effect of a stop; a stop is never sent twice."""
    stopping = turn.state.stopping
    if stopping is None or stopping.effect != event.effect:
        return
    if event.result is not Result.ACCEPTED:
        cancel(turn, event.result.value)
    elif stopping.stage is Stage.ASKING:
        turn.set(control=Control.HELD)
        failed = blocked(turn.state, turn.at, STOP) or (None if unbroken(turn.state, turn.at) else "screen")
        if failed is not None:
            cancel(turn, failed)
        else:
            _ask_or_send(turn, stopping)
    else:
        turn.set(stopping=None)
        turn.set_session(stop_over=True)
        turn.tell("command", what="stop", result="done")
        turn.say(Kind.STOPPING)


def permitted(state: State, effect: int, at: int) -> bool:
    """Tell whether effect, of a stop, may still be sent."""
    mine = state.stopping is not None and state.stopping.effect == effect
    return mine and blocked(state, at, STOP) is None and unbroken(state, at)
