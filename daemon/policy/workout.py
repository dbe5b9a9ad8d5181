"""The console's own workout time, set to limit and grace while the belt stands and nobody's session runs.

Control is asked for, the time sent once, and the link remade so that control is given back before anybody starts.
A console that does not take it is not asked again by this run; its limit is announced only.
"""

from dataclasses import replace

from daemon.policy import rules as r
from daemon.policy.events import Outcome, RemakeLink, RequestControl, Result, SetWorkoutTime
from daemon.policy.guard import TIMER, blocked
from daemon.policy.state import Control, Stage, State, Timing
from daemon.policy.turn import Turn


def set_when_idle(turn: Turn) -> None:
    """Begin when everything is as it must be; end what takes too long."""
    timing = turn.state.timing
    if timing is not None:
        if blocked(turn.state, turn.at, TIMER) is not None:
            _leave(turn, "withdrawn")
        elif turn.at - timing.since >= r.OUTCOME_MS:
            _end(turn, "unknown")
        return
    if turn.state.prompt is None and turn.state.raising is None and blocked(turn.state, turn.at, TIMER) is None:
        number = turn.number()
        turn.set(timing=Timing(Stage.ASKING, turn.at, number))
        turn.emit(RequestControl(number))


def outcome(turn: Turn, event: Outcome) -> None:
    """Take what became of an effect of ours."""
    timing = turn.state.timing
    if timing is None or timing.effect != event.effect:
        return
    if event.result is Result.WITHDRAWN:
        _leave(turn, "withdrawn")
    elif event.result is not Result.ACCEPTED:
        _end(turn, event.result.value)
    elif timing.stage is Stage.SENT:
        _end(turn, "done")
    elif blocked(turn.state, turn.at, TIMER) is not None:
        _leave(turn, "withdrawn")
    else:
        turn.set(control=Control.HELD)
        number = turn.number()
        turn.set(timing=replace(timing, stage=Stage.SENT, since=turn.at, effect=number))
        turn.emit(SetWorkoutTime(number, seconds(turn.state)))


def seconds(state: State) -> int:
    """Return the time that the console is given: limit and grace, so that it never ends before our own words do."""
    return (state.rules.limit_ms + state.rules.limit_grace_ms) // 1000


def permitted(state: State, effect: int, at: int) -> bool:
    """Tell whether effect, of a workout time, may still be sent."""
    return state.timing is not None and state.timing.effect == effect and blocked(state, at, TIMER) is None


def forget(turn: Turn) -> None:
    """Drop what is under way: the link went, or we were not watching."""
    if turn.state.timing is not None:
        turn.set(timing=None)
        turn.tell("command", what="workout_time", result="withdrawn")


def _leave(turn: Turn, result: str) -> None:
    """Somebody came, or a key was pressed: leave the console alone, with control given back."""
    turn.set(timing=None, remaking=True)
    turn.tell("command", what="workout_time", result=result)
    turn.emit(RemakeLink())


def _end(turn: Turn, result: str) -> None:
    turn.set(timing=None, timed=True, timer_over=result != "done", remaking=True)
    turn.tell("command", what="workout_time", result=result, seconds=seconds(turn.state))
    turn.emit(RemakeLink())
