"""CSAFE's values in the units of the contract; a unit of another dimension is no value, however it could be scaled.

The table is that of csafe-fitness and qdomyos-zwift, which agree. An elliptical of Life Fitness answers GetSpeed in
revolutions a minute (qdomyos-zwift, issue 1045): what is not of the right dimension is not taken.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

MILE, FOOT = Fraction("1609.344"), Fraction("0.3048")

DISTANCE: Final[Mapping[int, Fraction]] = {
    0x01: MILE, 0x02: MILE / 10, 0x03: MILE / 100, 0x04: MILE / 1000,
    0x05: FOOT, 0x06: FOOT / 12, 0x0A: FOOT * 10,
    0x21: Fraction(1000), 0x22: Fraction(100), 0x23: Fraction(10),
    0x24: Fraction(1), 0x25: Fraction(1, 10), 0x26: Fraction(1, 100),
}  # fmt: skip
"""One count of each unit in m."""
SPEED: Final[Mapping[int, Fraction]] = {
    0x10: MILE / 10, 0x11: MILE / 100, 0x12: MILE / 1000, 0x13: FOOT * 6,
    0x30: Fraction(100), 0x31: Fraction(10), 0x32: Fraction(1), 0x33: Fraction(6),
}  # fmt: skip
"""One count of each unit in 0.01 km/h."""
GRADE: Final[Mapping[int, Fraction]] = {0x4A: Fraction(10), 0x4B: Fraction(1, 10), 0x4C: Fraction(1)}
"""One count of each unit in 0.1 %."""

FASTEST: Final = 3_000
"""0.01 km/h; beyond it a console does not tell a speed."""
STEEPEST: Final = 300
"""0.1 %; counts are unsigned, so that a decline would look like several hundred percent."""


def scaled(value: bytes, table: Mapping[int, Fraction], count: Fraction | None = None) -> int | None:
    """Return a value of three bytes, u16 and unit, to the nearest whole; None when it is not of this dimension.

    `count` is what one count truly is on this machine, in place of what its unit says.
    """
    if len(value) != 3 or value[2] not in table:
        return None
    return round(int.from_bytes(value[:2], "little") * (count or table[value[2]]))


def counts(target: int, unit: int, count: Fraction | None = None) -> int | None:
    """Return how many counts of a grade's unit are target, in 0.1 %; None when that is no whole number."""
    exact = target / (count or GRADE[unit])
    return int(exact) if exact.denominator == 1 else None


def seconds(value: bytes) -> int | None:
    """Return a time of three bytes, hours, minutes, seconds; None when it is none."""
    if len(value) != 3 or value[1] > 59 or value[2] > 59:
        return None
    return value[0] * 3600 + value[1] * 60 + value[2]
