"""Plays a recorded evening to the core as it is imported now, and tells whether it does what the whole core did."""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass

from daemon.policy import permits, step
from daemon.policy.state import State


@dataclass(frozen=True)
class Trace:
    """One evening: its first state and its events, pickled; and what is expected after each."""

    pickled: bytes
    expected: tuple[int, ...]


def outcome(state: State, events: list[object]) -> Iterator[int]:
    """Yield what tells the core's answer to each event: effects, permit, and now and then the whole state."""
    for number, event in enumerate(events):
        state, effects = step(state, event)  # type: ignore[arg-type]  # the events that were pickled
        under_way = state.raising or state.stopping or state.timing
        permit = under_way is not None and under_way.effect is not None and permits(state, under_way.effect, state.at)
        whole = repr(state) if number % 16 == 0 else ""
        yield hash((repr(effects) if effects else "", permit, whole))


def differs(trace: Trace) -> int | None:
    """Return the number of the first event at which this core does something else, or None."""
    state, events = pickle.loads(trace.pickled)
    for number, (ours, theirs) in enumerate(zip(outcome(state, events), trace.expected, strict=True)):
        if ours != theirs:
            return number
    return None
