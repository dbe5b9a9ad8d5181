"""Plays a recorded evening to the core as it is imported now, and tells whether it does what the whole core did."""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass

from daemon.policy import guard, permits, step
from daemon.policy.core import fresh_state
from daemon.policy.rules import Rules
from daemon.policy.state import State


@dataclass(frozen=True)
class Trace:
    """One evening: its first state and its events, pickled; and what is expected after each.

    With `alone` it is no evening but moments, each a state and an event that have nothing to do with the next.
    """

    pickled: bytes
    expected: tuple[int, ...]
    alone: bool = False


def outcome(state: State, events: list[object]) -> Iterator[int]:
    """Yield what tells the core's answer to each event: effects, permit, and now and then the whole state."""
    for number, event in enumerate(events):
        state, effects = step(state, event)  # type: ignore[arg-type]  # the events that were pickled
        under_way = state.raising or state.stopping or state.timing
        permit = under_way is not None and under_way.effect is not None and permits(state, under_way.effect, state.at)
        whole = repr(state) if number % 16 == 0 else ""
        yield hash((repr(effects) if effects else "", permit, whole))


def verdicts(state: State, at: int) -> Iterator[str]:
    """Yield what each check of the guard says of a state, also where another one has failed already."""
    for table in (guard.NUDGE, guard.RAISE, guard.ENFORCE, guard.STOP, guard.TIMER):
        for _, check in table:
            try:
                yield "y" if check(state, at) else "n"
            except Exception:  # noqa: BLE001, one that the checks before it would have kept from such a state
                yield "!"
    goal = guard.goal(state)
    yield f"{goal} {None if goal is None else guard.next_step(state, goal)}"


def answers(moments: list[tuple[State, object]]) -> Iterator[int]:
    """Yield what tells the core's answer to each moment: what it permits, does and knows, and what the guard says."""
    yield hash(repr(fresh_state("origin", Rules(), 7)))
    for state, event in moments:
        under_way = state.raising or state.stopping or state.timing
        at = event.at  # type: ignore[attr-defined]  # every event has one
        try:
            permit = under_way is not None and permits(state, under_way.effect or 0, at)
            after, effects = step(state, event)  # type: ignore[arg-type]  # as above
        except Exception as error:  # noqa: BLE001, a state that cannot be: the core may fail on it, always alike
            yield hash(type(error).__name__)
            continue
        yield hash((permit, repr(effects), repr(after), "".join(verdicts(state, at))))


def differs(trace: Trace) -> int | None:
    """Return the number of the first event at which this core does something else, or None."""
    told = pickle.loads(trace.pickled)
    made = answers(told) if trace.alone else outcome(*told)
    for number, (ours, theirs) in enumerate(zip(made, trace.expected, strict=True)):
        if ours != theirs:
            return number
    return None
