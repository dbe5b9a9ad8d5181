"""What a mutant has to get past: evenings recorded from the whole core, replayed event by event.

A trace is a list of events with what the whole core made of each. It is kept pickled, so that a mutant's own, freshly
imported classes are used to play it.
"""

import pickle
import random
from collections.abc import Iterator

from daemon.policy.rules import Action, Mode, Rules, When
from daemon.policy.state import State
from tests.mutants.replay import Trace, outcome
from tests.policy.plays import ACTS, RANGES, SHORT, TIME_ACTS, Play, act_out, late, timed
from tests.policy.test_broken import in_use

SEED = 20_26
EVENINGS = 30


def first_of(play: Play) -> State:
    return play.steps[0].before


def evenings(count: int) -> Iterator[Play]:
    """Yield evenings of every kind; the same ones each time."""
    chance = random.Random(SEED)
    names = sorted(ACTS | TIME_ACTS)
    for number in range(count):
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


def record(count: int = EVENINGS) -> list[Trace]:
    """Play the evenings on the whole core, and remember what it did."""
    traces = []
    for play in evenings(count):
        events = [one.event for one in play.steps]
        pickled = pickle.dumps((first_of(play), events))
        traces.append(Trace(pickled, tuple(outcome(*pickle.loads(pickled)))))
    return traces
