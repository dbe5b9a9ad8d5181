"""The baseline: how many flat spells end by themselves, where nobody was asked. Pure.

The core itself counts them in `observe` (daemon.policy.baseline): a spell begins at the moment at which a question
would have come, and ended by itself when the belt is off the flat within 60 s. One that was cut short is left out.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from daemon.policy import step
from daemon.policy.events import Event, Happened
from daemon.policy.rules import Mode
from daemon.policy.state import State


class NoBaseline(ValueError):
    """In this file members were asked."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Flat spells by how they ended."""

    ended: int = 0
    stayed: int = 0
    left_out: int = 0

    @property
    def spells(self) -> int:
        """Those that count."""
        return self.ended + self.stayed

    @property
    def share(self) -> float | None:
        """Of the spells that count, the share that ended by themselves; None when there are none."""
        return self.ended / self.spells if self.spells else None

    def __add__(self, other: "Baseline") -> "Baseline":
        return Baseline(self.ended + other.ended, self.stayed + other.stayed, self.left_out + other.left_out)


def baseline(state: State, events: Iterable[Event]) -> Baseline:
    """Return how the flat spells of events ended; NoBaseline where the rules, at any moment, let the screen ask."""
    told: Counter[str] = Counter()
    for event in events:
        if state.rules.mode is not Mode.OBSERVE:
            raise NoBaseline(f"members were asked: the mode was {state.rules.mode.name.lower()}, not observe")
        state, effects = step(state, event)
        for one in effects:
            if isinstance(one, Happened) and one.kind == "spell":
                data = dict(one.data)
                told[str(data.get("outcome", data["step"]))] += 1
    open_yet = told["began"] - told["ended"] - told["stayed"] - told["unseen"]
    return Baseline(told["ended"], told["stayed"], told["unseen"] + max(0, open_yet))
