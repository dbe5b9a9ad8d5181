"""What commissioning does, step by step: what staff are told, what they may type, and when a step is over. Pure.

A step is a frozen value that takes one event at a time. A number is typed as the console shows it. Speeds in
0.01 km/h, inclines in 0.1 %, times in ms of the monotonic clock.
"""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Final, Protocol, Self

from daemon.policy.events import RaiseIncline, SetWorkoutTime, StopOnce
from drivers.contract import Key, Machine, Notice, Reading

REST_MS: Final = 3_000
"""A deck that did not move for so long is at rest, a speed that did not change is steady."""
SILENT_MS: Final = 10_000
PATIENCE_MS: Final = 300_000
"""For what staff do by hand, each step."""
NOISE: Final = 10
"""What speed may waver, and still be steady."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What staff typed, or the key that they touched."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What the machine said to the one thing asked of it; why is empty when it took it."""

    at: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """The link ended."""

    at: int
    why: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Staff ended the step."""

    at: int


@dataclass(frozen=True, slots=True)
class Passed:
    """Nothing but time."""

    at: int


type Event = Machine | Reading | Notice | Typed | Answered | Gone | GivenUp | Passed


@dataclass(frozen=True, slots=True)
class Ask:
    """What may be typed: these very words, or a number of this unit."""

    words: str = ""
    unit: str = ""


type Want = RaiseIncline | StopOnce | SetWorkoutTime


class Ending(Enum):
    """How a step ended."""

    DONE = "done"
    FAILED = "failed"


class Step(Protocol):
    """One thing that staff do at the machine."""

    @property
    def title(self) -> str: ...
    @property
    def says(self) -> str:
        """What to do now; or, at the end, what was found or why not."""
        ...

    @property
    def hint(self) -> str:
        """What was wrong with the last thing typed; empty when nothing was."""
        ...

    @property
    def asks(self) -> Ask | None: ...
    @property
    def ended(self) -> Ending | None: ...
    def after(self, event: Event) -> tuple["Step", Want | None]:
        """Return the step after the event, and what is wanted of the machine: once in a step, at most."""
        ...

    def permits(self, at: int, /) -> bool:
        """Tell whether what was wanted may still leave."""
        ...


def typed_number(text: str) -> Decimal | None:
    """Return the number in a text such as `3.5`, `3,5 km/h` or `-1 %`, or None."""
    bare = text.strip().removesuffix("%").removesuffix("km/h").removesuffix("mph").strip().replace(",", ".")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 1_000 else None


@dataclass(frozen=True, slots=True)
class Watched:
    """What a step has seen of the machine so far."""

    machine: Machine | None = None
    speed: int | None = None
    around: int | None = None
    """About the speed that it has had since `speed_since`."""
    speed_since: int = 0
    incline: int | None = None
    incline_since: int = 0
    read_at: int | None = None
    began: int | None = None

    def after(self, event: Event) -> Self:
        """Return what is seen after the event."""
        seen = self if self.began is not None else replace(self, began=event.at)
        match event:
            case Machine():
                return replace(seen, machine=event)
            case Reading(at=at, speed=speed, incline=incline):
                seen = replace(seen, read_at=at)
                same = speed is not None and seen.around is not None and abs(speed - seen.around) <= NOISE
                if not same or (speed == 0) != (seen.speed == 0):
                    seen = replace(seen, around=speed, speed_since=at)
                seen = replace(seen, speed=speed)
                if incline != seen.incline:
                    seen = replace(seen, incline=incline, incline_since=at)
        return seen

    def silent(self, at: int) -> bool:
        """Tell whether the machine has said nothing for SILENT_MS, having been connected."""
        return self.machine is not None and at - max(self.read_at or 0, self.began or 0) > SILENT_MS

    def steady(self, at: int) -> bool:
        """Tell whether the speed is known and has not changed of late."""
        return self.speed is not None and at - self.speed_since >= REST_MS

    def at_rest(self, at: int) -> bool:
        """Tell whether the incline is known and has not changed of late."""
        return self.incline is not None and at - self.incline_since >= REST_MS


def lost(event: Event, seen: Watched) -> str | None:
    """Return why no step can go on, or None."""
    match event:
        case GivenUp():
            return "You ended this step."
        case Gone(why=why):
            return f"The link was lost: {why}"
        case Notice(key=Key.SAFETY):
            return "The safety key was pulled. Put it back, and begin this step again."
    if seen.silent(event.at):
        return "The treadmill says nothing any more. Is it switched on?"
    if seen.began is not None and event.at - seen.began > PATIENCE_MS:
        return "Nothing happened for five minutes."
    return None
