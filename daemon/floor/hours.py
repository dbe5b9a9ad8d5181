"""What an `hours` event does to the events that it stands for. Pure.

A machine that waited weeks for a floor folds old telemetry: one event then stands for many ids, and says how many. If
some of those were stored before, the sums take their place; if all of them were, the details are better, and stay.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from daemon.floor.record import Record


@dataclass(frozen=True, slots=True)
class Stored:
    """Something stored of the same run of the machine: the ids it stands for, and how many events of telemetry."""

    first: int
    last: int
    events: int
    telemetry: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Replaces: the hours event is stored, and the telemetry inside it forgotten.

    Whole: nothing in its range is missing.
    """

    replaces: bool
    whole: bool


def verdict(hours: Record, inside: Collection[Stored], folded: Iterable[tuple[int, int]], stored: int) -> Verdict:
    """Judge hours by what is stored inside its range of ids, and by the hours events of the same run.

    stored: the number up to which the machine was told that all is stored; then this one says nothing new.
    """
    safety = sum(not one.telemetry for one in inside)
    whole = safety >= hours.last - hours.first + 1 - hours.events  # what is no telemetry comes by itself
    wider = covered((r for r in folded if r != (hours.first, hours.last)), hours.first, hours.last)
    complete = sum(one.events for one in inside if one.telemetry) >= hours.events
    return Verdict(replaces=not wider and not complete and hours.seq > stored, whole=whole)


def covered(ranges: Iterable[tuple[int, int]], first: int, last: int) -> bool:
    """Tell whether one of ranges holds all ids from first to last."""
    return any(begins <= first and last <= ends for begins, ends in ranges)
