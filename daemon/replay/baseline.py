"""The baseline: how many flat spells end by themselves, where nobody was asked. Pure.

A spell is flat, eligible belt time without a break. One that has lasted `nudge_after` is counted at the moment at which
a nudge would have come: it ended by itself when the belt is off the flat within 60 s, as an accepted nudge is one
(docs/metrics.md). One that is cut short by a stop, a lost link or the file's end is left out, as a withdrawn nudge is.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from daemon.policy import step
from daemon.policy.events import Event
from daemon.policy.guard import moving
from daemon.policy.rules import ACCEPTED_WITHIN_MS, FRESH_MS, Mode
from daemon.policy.state import State
from daemon.policy.turn import fresh


class NoBaseline(ValueError):
    """In this file members were asked."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Flat spells by how they ended."""

    ended: int = 0
    lasted: int = 0
    left_out: int = 0

    @property
    def spells(self) -> int:
        """Those that count."""
        return self.ended + self.lasted

    @property
    def share(self) -> float | None:
        """Of the spells that count, the share that ended by themselves; None when there are none."""
        return self.ended / self.spells if self.spells else None

    def __add__(self, other: "Baseline") -> "Baseline":
        return Baseline(self.ended + other.ended, self.lasted + other.lasted, self.left_out + other.left_out)


def baseline(state: State, events: Iterable[Event]) -> Baseline:
    """Return how the flat spells of events ended; NoBaseline where the rules, at any moment, let the screen ask."""
    counted: int | None = None
    judged: int | None = None  # at which the spell under way would have been nudged
    total = Baseline()
    for event in events:
        if state.rules.mode is not Mode.OBSERVE:
            raise NoBaseline(f"members were asked: the mode was {state.rules.mode.name.lower()}, not observe")
        state, _ = step(state, event)
        if judged is not None and (end := _end(state, counted, judged)) is not None:
            total, judged = total + end, None
        since = state.flat_since
        if judged is None and since not in (None, counted) and state.at - (since or 0) >= state.rules.nudge_after_ms:
            counted, judged = since, state.at
    return total if judged is None else total + Baseline(left_out=1)


def _end(state: State, spell: int | None, judged: int) -> Baseline | None:
    """Return how the spell ended by now, or None while it goes on."""
    incline = fresh(state.incline, state.at, FRESH_MS)
    if state.at - judged > ACCEPTED_WITHIN_MS:
        return Baseline(lasted=1)
    if incline is not None and incline >= state.rules.min_incline and moving(state, state.at):
        return Baseline(ended=1)
    return Baseline(left_out=1) if state.flat_since != spell else None
