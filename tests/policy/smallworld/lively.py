"""A nudge comes: whoever walks flat before a living screen gets one within a bound, from every state there is.

So that silence cannot pass for safety (INV-28). From each visited state one way leads on: a reading of a flat walk a
tick later, then the screen's confirmation. That way must meet a nudge or a countdown, and never a loop without one.
"""

from dataclasses import dataclass

from daemon.policy.rules import Mode
from daemon.policy.state import Link, State

type Edges = dict[int, tuple[int, bool]]
"""For a state's number: the next one's, and whether a nudge was offered on the way."""


@dataclass(frozen=True)
class Lively:
    """How many states owe a nudge, after how many ticks the last of them has it, and one that never has."""

    states: int = 0
    bound: int = 0
    never: int | None = None


def owes(state: State) -> bool:
    """Tell whether a member at this state, who walks flat from now on, must be asked: nobody said no for good."""
    session = state.session
    if state.rules.mode < Mode.NUDGE or state.link is not Link.UP or state.rules.nudges_a_session == 0:
        return False
    if state.remaining is not None and state.remaining.value > 0:  # the console's last part has no end but its own
        return False
    return session is None or not (session.left_alone or session.nudges >= state.rules.nudges_a_session)


def on_foot(flat: Edges, confirmed: Edges) -> Edges:
    """Join the reading with the confirmation after it: one tick in all."""
    joined: Edges = {}
    for number, (heard, offered) in flat.items():
        to, also = confirmed.get(heard, (heard, False))
        joined[number] = (to, offered or also)
    return joined


def lively(edges: Edges, owed: set[int]) -> Lively:
    """Follow every state to its nudge, or until nothing is owed any more."""
    left: dict[int, int] = {}
    for start in owed:
        way: dict[int, None] = {}
        at, ticks, offered = start, 0, False
        while not offered and at in owed and at not in left:
            if at in way:
                return Lively(len(owed), 0, at)
            way[at] = None
            at, offered = edges[at]
        if not offered:
            ticks = left.get(at, 0)
        for one in reversed(way):
            ticks += 1
            left[one] = ticks
    return Lively(len(owed), max(left.values(), default=0))
