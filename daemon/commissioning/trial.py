"""One raise by one step on an empty belt, watched by staff: does it obey, and do its own keys win after it? Pure.

Staff start the belt and press an incline key first, so that nobody tries a machine from afar; from that key on a minute
is left. One step is asked for, once. Whatever was not expected ends the trial as not proved; it never tries again by
itself. Inclines in 0.1 %, speeds in 0.01 km/h, times in ms of the monotonic clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from daemon.commissioning.steps import Answered, GivenUp, Gone, Passed
from drivers.contract import Ability, InclineRange, Key, Machine, Notice, Reading

KEY_MS: Final = 60_000
"""The raise comes within this time of an incline key pressed at the machine."""
FRESH_MS: Final = 2_000
REST_MS: Final = 3_000
"""A deck that did not move for so long is at rest, a speed that did not change is steady."""
ARRIVE_MS: Final = 15_000
PATIENCE_MS: Final = 180_000
"""For what staff do by hand, each step."""
SLOW: Final = 50
FAST: Final = 300
HIGHEST: Final = 30
WIDEST: Final = 10
"""The trial raises to 3 % at most, by 1 % at most."""


class Stage(Enum):
    """What the trial waits for."""

    AGREE = "agree"
    BELT = "belt"
    PRESS = "press"
    ARRIVE = "arrive"
    UP = "up"
    DOWN = "down"
    PROVED = "proved"
    FAILED = "failed"


ENDS: Final = frozenset({Stage.PROVED, Stage.FAILED})
SAYS: Final[Mapping[Stage, str]] = {
    Stage.AGREE: "The belt stands, nobody is on it, and one of you stands at the red stop?",
    Stage.BELT: "Start the belt by its own key, and leave it at 1 to 3 km/h.",
    Stage.PRESS: "Press incline up on the treadmill, once, and wait.",
    Stage.ARRIVE: "The deck is asked to rise by one step. Hands off the keys.",
    Stage.UP: "It came. Press incline up on the treadmill: does it still obey you?",
    Stage.DOWN: "It does. Now bring the deck down to where it was, by the treadmill's own key.",
    Stage.PROVED: "Proved: it rose by one step when asked, and its own keys won.",
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """Staff said that nobody is on the belt."""

    at: int


type Event = Machine | Reading | Notice | Agreed | Answered | Gone | GivenUp | Passed


@dataclass(frozen=True, slots=True)
class Trial:
    """Where a trial is; a new one for each try."""

    stage: Stage = Stage.AGREE
    since: int = 0
    range: InclineRange | None = None
    speed: int | None = None
    speed_since: int = 0
    incline: int | None = None
    incline_since: int = 0
    incline_at: int = 0
    """When it was told last."""
    read_at: int | None = None
    first: int | None = None
    """Where the deck was when staff agreed."""
    key_at: int | None = None
    target: int | None = None
    """What was asked for; set once, and never again."""
    answered: bool = False
    why: str = ""
    """Why it is not proved."""


def step(trial: Trial, event: Event) -> tuple[Trial, int | None]:
    """Return the trial after the event, and the target to ask the machine for: once in a trial, at most."""
    if trial.stage in ENDS:
        return trial, None
    after = _heard(trial, event)
    if after.stage in ENDS:
        return after, None
    return _moved(after, event)


def permits(trial: Trial, at: int) -> bool:
    """Tell whether the raise may still leave: nothing has changed since it was decided, and all of it is fresh."""
    return (
        trial.stage is Stage.ARRIVE
        and not trial.answered
        and trial.target is not None
        and trial.incline is not None
        and trial.incline < trial.target
        and trial.speed is not None
        and SLOW <= trial.speed <= FAST
        and trial.read_at is not None
        and 0 <= at - trial.read_at <= FRESH_MS
        and at - trial.incline_at <= FRESH_MS
        and trial.key_at is not None
        and at - trial.key_at <= KEY_MS
    )


def _heard(trial: Trial, event: Event) -> Trial:
    match event:
        case Machine(incline=incline, abilities=abilities):
            if trial.range is not None:
                return _failed(trial, "the link was made anew in the middle of it")
            if incline is None or Ability.RAISE_INCLINE not in abilities:
                return _failed(trial, "this machine says no incline range, or not that its incline can be set")
            return replace(trial, range=incline)
        case Reading():
            return _read(trial, event)
        case GivenUp() | Gone():
            why = f"the link was lost: {event.why}" if isinstance(event, Gone) else "you ended it"
            return _failed(trial, why)
        case Notice(key=Key.SAFETY):
            return _failed(trial, "the safety key was pulled")
        case Notice(key=Key.CONTROL_LOST):
            return _failed(trial, "the machine took control back")
        case Notice(key=Key.INCLINE, at=at) if trial.stage is Stage.PRESS:
            return replace(trial, key_at=at)
        case Answered(why=why):
            return _failed(trial, f"it was asked, and: {why}") if why else replace(trial, answered=True)
    return trial


def _read(trial: Trial, reading: Reading) -> Trial:
    at = reading.at
    after = replace(trial, read_at=at)
    if reading.speed is None:
        return after if trial.stage is Stage.AGREE else _failed(after, "it does not tell its speed any more")
    if reading.speed != trial.speed:
        after = replace(after, speed=reading.speed, speed_since=at)
    if reading.incline is None:  # some do not know it while the deck moves
        after = replace(after, incline_since=at)
    elif reading.incline == trial.incline:
        after = replace(after, incline_at=at)
    else:
        after = replace(after, incline=reading.incline, incline_since=at, incline_at=at)
        if trial.stage is Stage.PRESS and trial.incline is not None:
            after = replace(after, key_at=at)
    if trial.stage not in (Stage.AGREE, Stage.BELT) and reading.speed == 0:
        return _failed(after, "the belt stopped")
    if reading.speed > FAST and trial.stage is not Stage.AGREE:
        return _failed(after, f"the belt runs faster than {FAST / 100:g} km/h")
    return after


def _moved(trial: Trial, event: Event) -> tuple[Trial, int | None]:
    at = event.at
    if trial.stage is not Stage.AGREE and trial.read_at is not None and at - trial.read_at > FRESH_MS:
        return _failed(trial, "the machine fell silent"), None
    if trial.stage is not Stage.AGREE and at - trial.since > PATIENCE_MS:
        return _failed(trial, "nothing happened for three minutes"), None
    match trial.stage:
        case Stage.AGREE:
            return (_agreed(trial, at) if isinstance(event, Agreed) else trial), None
        case Stage.BELT:
            steady = trial.speed is not None and trial.speed >= SLOW and at - trial.speed_since >= REST_MS
            return (_to(trial, Stage.PRESS, at) if steady else trial), None
        case Stage.PRESS:
            return _pressed(trial, at)
        case Stage.ARRIVE:
            return _arrived(trial, at), None
        case Stage.UP:
            up = trial.incline is not None and trial.target is not None and trial.incline > trial.target
            return (_to(trial, Stage.DOWN, at) if up else trial), None
        case _:
            down = trial.incline is not None and trial.first is not None and trial.incline <= trial.first
            return (_to(trial, Stage.PROVED, at) if down else trial), None


def _agreed(trial: Trial, at: int) -> Trial:
    if trial.range is None or trial.read_at is None or at - trial.read_at > FRESH_MS:
        return _failed(trial, "the machine is not connected, or says nothing")
    if trial.speed != 0 or trial.incline is None or at - trial.incline_at > FRESH_MS:
        return _failed(trial, "the belt does not stand, or its incline is not told: stop it by its own key first")
    return replace(_to(trial, Stage.BELT, at), first=trial.incline)


def _pressed(trial: Trial, at: int) -> tuple[Trial, int | None]:
    """Ask for the next step once a key was seen and the deck is at rest."""
    if trial.key_at is None or trial.incline is None or trial.range is None or trial.target is not None:
        return trial, None
    if at - trial.key_at > KEY_MS:
        return _failed(trial, "the deck was not at rest within a minute of the key"), None
    if at - max(trial.incline_since, trial.key_at, trial.speed_since) < REST_MS or at - trial.incline_at > FRESH_MS:
        return trial, None
    target = _next(trial.range, trial.incline)
    if target is None:
        return _failed(trial, f"from {trial.incline / 10:g} % there is no step of 1 % at most, up to 3 %"), None
    return replace(_to(trial, Stage.ARRIVE, at), target=target), target


def _next(grid: InclineRange, incline: int) -> int | None:
    target = max(grid.least, grid.least + ((incline - grid.least) // grid.step + 1) * grid.step)
    return target if target <= min(grid.most, HIGHEST) and target - incline <= WIDEST else None


def _arrived(trial: Trial, at: int) -> Trial:
    if trial.incline is None or trial.target is None or trial.incline > trial.target:
        return _failed(trial, "the deck went further than it was asked to")
    if (
        trial.answered
        and trial.incline == trial.target
        and at - trial.incline_at <= FRESH_MS
        and at - trial.incline_since >= REST_MS
    ):
        return _to(trial, Stage.UP, at)
    if at - trial.since > ARRIVE_MS + REST_MS:
        return _failed(trial, "the deck did not arrive, or the machine did not answer")
    return trial


def _to(trial: Trial, stage: Stage, at: int) -> Trial:
    return replace(trial, stage=stage, since=at)


def _failed(trial: Trial, why: str) -> Trial:
    return replace(trial, stage=Stage.FAILED, why=why)
