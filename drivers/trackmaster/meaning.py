"""What a machine's digits say of the treadmill, in the contract's words; pure."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from drivers.contract import Key, Notice, Training
from drivers.trackmaster.codec import number
from drivers.trackmaster.variants import Ask, Variant

UNITS: Final[Mapping[str, Fraction]] = {"kmh": Fraction(10), "mph": Fraction("16.09344")}
"""One count of a speed, 0.1 of the unit, in 0.01 km/h."""
FORWARD: Final = b"0"
FASTEST: Final = 3_000
STEEPEST: Final = 300
"""Beyond these no treadmill of this family goes: 0.01 km/h, 0.1 %."""
SPEED_LEAP: Final = 200
INCLINE_LEAP: Final = 10
"""More than belt and deck do between two polls: 0.01 km/h, 0.1 %."""


class Twice:
    """Lets a value pass that is near the one before it; one that leaps must come twice.

    There is no checksum: a single flipped bit makes 1.0 % of 9.0 %, and both are made of digits.
    """

    def __init__(self, leap: int) -> None:
        self._leap = leap
        self._before: int | None = None

    def take(self, value: int | None) -> int | None:
        """Return the value, None when it is alone; an unknown one forgets what was before."""
        before, self._before = self._before, value
        near = value is not None and before is not None and abs(value - before) <= self._leap
        return value if near else None


def speed_of(value: bytes, variant: Variant, unit: str) -> int | None:
    """Return the speed in 0.01 km/h; None for a belt that runs backwards, or faster than treadmills do."""
    if variant.reverses:
        if value[:1] != FORWARD:
            return None
        value = value[1:]
    speed = round(number(value) * UNITS[unit])
    return speed if speed <= FASTEST else None


def incline_of(value: bytes) -> int | None:
    """Return the incline in 0.1 %; None when no treadmill has it."""
    incline = number(value)
    return incline if incline <= STEEPEST else None


def training_of(state: int | None, variant: Variant) -> Training | None:
    """Return what the belt's state says of the workout: that there is none, or one of some kind."""
    if variant.started is None:
        return None
    return {variant.stopped: Training.IDLE, variant.started: Training.OTHER}.get(state, Training.UNKNOWN)


def state_notice(before: int | None, after: int | None, variant: Variant, at: int) -> Notice | None:
    """Return what a change of the belt's state tells, where its states are known."""
    if variant.started is None or before == after or before is None:
        return None
    key = {variant.started: Key.STARTED, variant.stopped: Key.STOPPED}.get(after, Key.OTHER)
    return Notice(at, key)


def set_notice(ask: Ask, before: int | None, after: int | None, at: int) -> Notice | None:
    """Return what a change of a set value tells: somebody pressed a key, if it was not us."""
    if before is None or after is None or before == after:
        return None
    return Notice(at, Key.INCLINE, after) if ask is Ask.SET_INCLINE else Notice(at, Key.SPEED)
