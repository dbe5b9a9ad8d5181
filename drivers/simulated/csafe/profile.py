"""The kinds of CSAFE console that can be played: how each departs from the standard, with what is known of it.

`matrix` follows the firmware of a real console (menggaoling/Cyclops, Modules/Csafe_Lib), `lifefitness` the captures in
qdomyos-zwift's issue 1045 as far as they go; its units and `permissive` are invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction
from typing import Final


class State(IntEnum):
    """A console's state, as its status byte has it."""

    ERROR = 0
    READY = 1
    IDLE = 2
    HAVE_ID = 3
    IN_USE = 5
    PAUSED = 6
    FINISHED = 7
    MANUAL = 8
    OFF_LINE = 9


STANDING: Final = frozenset({State.READY, State.IDLE, State.HAVE_ID})
SETS: Final = (0x20, 0x21, 0x23, 0x24, 0x25, 0x28, 0x29, 0x2B, 0x2C, 0x2D, 0x30, 0x33)
QUIET_SETS: Final = frozenset({0x20, 0x21, 0x23, 0x24, 0x2B, 0x2D, 0x30})
LIVE: Final = frozenset({0xA0, 0xA1, 0xA3, 0xA5, 0xA8})
SPEED_COUNT: Final = {0x11: Fraction("16.09344"), 0x31: Fraction(10), 0x52: Fraction(10)}
"""0.01 km/h; 52 is revolutions a minute, for a machine that answers in the wrong dimension."""
METRES: Final = {0x03: Fraction("16.09344"), 0x24: Fraction(1), 0x22: Fraction(100)}
GRADE_COUNT: Final = {0x4A: Fraction(10), 0x4B: Fraction(1, 10), 0x4C: Fraction(1)}


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of console."""

    about: str
    silent: bool = False
    at_power_on: State = State.IDLE
    started: Mapping[State, State] = field(
        default_factory=lambda: {State.READY: State.OFF_LINE, State.IDLE: State.MANUAL, State.HAVE_ID: State.IN_USE}
    )
    """Where the member's start key leads."""
    legal: Mapping[int, frozenset[State]] = field(default_factory=lambda: dict.fromkeys(SETS, STANDING))
    withholds: frozenset[State] = frozenset()
    """States in which live values are answered with the status alone."""
    rejects_silently: bool = False
    quiet_sets: frozenset[int] = frozenset()
    """Commands that are obeyed without an answer."""
    reparses: bool = False
    """A refused long command's payload runs as commands."""
    toggles: bool = True
    volunteers: bool = True
    """A change of state is told by an unasked frame."""
    room: int = 120
    flips_ms: int | None = None
    """InUse without a workout turns into Paused and back, this often."""
    speed_unit: int = 0x31
    distance_unit: int = 0x24
    grade_unit: int = 0x4C
    grade_count: Fraction | None = None
    """0.1 % that one count truly is, where the unit lies."""
    counts_down: bool = False
    version: tuple[int, ...] = (99, 2, 1, 1, 0)
    serial: tuple[int, ...] = tuple(b"000000001")


MATRIX: Final = Profile(
    about="as a Matrix firmware: rejects by silence, withholds values after a quick start, its grade's unit lies",
    at_power_on=State.READY,
    withholds=frozenset({State.MANUAL, State.OFF_LINE}),
    rejects_silently=True,
    quiet_sets=QUIET_SETS,
    reparses=True,
    room=50,
    flips_ms=60_000,
    grade_unit=0x4A,
    grade_count=Fraction(5),
    version=(14, 2, 1, 6, 20),
)
LIFE_FITNESS: Final = Profile(
    about="as a Life Fitness: values also off-line, a toggle that never turns, no control of the grade",
    at_power_on=State.READY,
    legal={0x20: STANDING, 0x23: STANDING},
    toggles=False,
    speed_unit=0x11,
    distance_unit=0x03,
    version=(9, 2, 6, 9, 11),
    serial=(0,) * 9,
)
PERMISSIVE: Final = Profile(
    about="what nobody has seen yet: in use at once, and a grade is taken in use",
    started=dict.fromkeys(STANDING, State.IN_USE),
    legal={**dict.fromkeys(SETS, STANDING), 0x28: STANDING | {State.IN_USE}},
)
SILENT: Final = Profile(about="a port that is there and says nothing, as most are delivered", silent=True)

PROFILES: Final[Mapping[str, Profile]] = {
    "matrix": MATRIX,
    "lifefitness": LIFE_FITNESS,
    "permissive": PERMISSIVE,
    "silent": SILENT,
}
