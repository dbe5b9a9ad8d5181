"""What a mutant has to get past: evenings recorded from the whole core, replayed event by event.

A trace is a list of events with what the whole core made of each. It is kept pickled, so that a mutant's own, freshly
imported classes are used to play it.
"""

import pickle
import random
from collections.abc import Iterator
from dataclasses import dataclass

from daemon.policy import permits, step
from daemon.policy.rules import Action, Mode, Rules, When
from daemon.policy.state import State
from tests.policy.plays import ACTS, RANGES, SHORT, TIME_ACTS, Play, act_out, late, timed
from tests.policy.test_broken import in_use

SEED = 20_26
EVENINGS = 36


@dataclass(frozen=True)
class Trace:
    """One evening: its first state and its events, pickled; and what is expected after each."""

    pickled: bytes
    expected: tuple[int, ...]


def first_of(play: Play) -> State:
    return play.steps[0].before


def evenings() -> Iterator[Play]:
    """Yield evenings of every kind; the same ones each time."""
    chance = random.Random(SEED)
    names = sorted(ACTS | TIME_ACTS)
    for number in range(EVENINGS):
        mode = [Mode.ENFORCE, Mode.ASSIST, Mode.NUDGE][number % 3]
        acts = [
            (chance.choice([chance.randrange(240), chance.randrange(58, 130)]), chance.choice(names)) for _ in range(7)
        ]
        kind = number % 6
        if kind == 0:
            action = chance.choice(list(Action))
            play = late(timed(action, limit_when=chance.choice(list(When))), chance.randrange(1, 70))
        elif kind == 1:
            play = in_use(chance.choice(list(When)))
        else:
            rules = Rules(mode=mode, min_incline=chance.choice([10, 10, 15, 5, 12]), **SHORT)
            play = Play(rules, RANGES[number % 2 if kind < 4 else chance.randrange(5)])
            play.eager = chance.random() < 0.6
        if number % 10 == 9:
            play.speed = 0
        yield act_out(play, acts if number > 5 else [], 200)


def record() -> list[Trace]:
    """Play the evenings on the whole core, and remember what it did."""
    traces = []
    for play in evenings():
        events = [one.event for one in play.steps]
        pickled = pickle.dumps((first_of(play), events))
        traces.append(Trace(pickled, tuple(outcome(*pickle.loads(pickled)))))
    return traces


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
