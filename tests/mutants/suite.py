"""What a mutant has to get past: evenings recorded from the whole core, replayed event by event.

The evenings of the policy's own tests, and besides them random ones, the same each time. A trace is a list of events
with what the whole core made of each. It is kept pickled, so that a mutant's own, freshly imported classes are used to
play it.
"""

import contextlib
import io
import pickle
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from daemon.policy import step
from daemon.policy.rules import Action, Mode, Rules, When
from daemon.policy.state import State
from tests.mutants.moments import batches
from tests.mutants.replay import Trace, outcome
from tests.policy.plays import ACTS, RANGES, SHORT, TIME_ACTS, Play, act_out, late, timed
from tests.policy.test_broken import in_use

SEED = 20_26
EVENINGS = 30
TESTS = ("test_incline.py", "test_limits.py", "test_switching.py")
"""Those of tests/policy that play evenings by hand."""
LONGEST = 2_500
"""Events of an evening; longer ones take more time than they find."""
IMPORTED = ("-W", "ignore::pytest.PytestAssertRewriteWarning")  # here, before pytest could look at them
PLAYERS = ("tests.policy.plays.step", "tests.policy.world.step")


@dataclass
class Evening:
    """What was told to a core from its first state on."""

    first: State
    last: State
    events: list[Any] = field(default_factory=list)


def told() -> list[Evening]:
    """Run the tests of TESTS, and return every evening that they played."""
    evenings: list[Evening] = []

    def kept(before: State, event: Any) -> Any:
        after, effects = step(before, event)
        evening = next((one for one in reversed(evenings[-9:]) if one.last is before), None)
        if evening is None:
            evening = Evening(before, before)
            evenings.append(evening)
        evening.last = after
        evening.events.append(event)
        return after, effects

    folder = Path(__file__).parents[1] / "policy"
    names = [str(folder / name) for name in TESTS]
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as said:
        for player in PLAYERS:
            patch.setattr(player, kept)
        ended = pytest.main(["-q", "-p", "no:cacheprovider", "--timeout", "600", *IMPORTED, *names])
    assert ended == 0, said.getvalue()
    return evenings


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


def traces(count: int = EVENINGS) -> list[Trace]:
    """Return the random evenings, those of the tests, and moments of all of them, with what the whole core does."""
    random_ones = [(play.steps[0].before, [one.event for one in play.steps]) for play in evenings(count)]
    every = [*random_ones, *((one.first, one.events) for one in told() if len(one.events) <= LONGEST)]
    return [*batches(every), *sorted((trace(*one) for one in every), key=lambda trace: len(trace.expected))]


def record(count: int) -> list[Trace]:
    """Return so many random evenings."""
    return [trace(play.steps[0].before, [one.event for one in play.steps]) for play in evenings(count)]


def trace(first: State, events: list[Any]) -> Trace:
    """Play the events on the whole core, and remember what it did."""
    pickled = pickle.dumps((first, events))
    return Trace(pickled, tuple(outcome(*pickle.loads(pickled))))
