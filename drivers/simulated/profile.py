"""What real treadmills do differently, as data: one frozen row of switches for each kind of machine.

The rows are kinds of behaviour seen in public bug reports (QZ: cagnulein/qdomyos-zwift, HF: dudanov/hassio-ftms,
TMIW: TrackMyIndoorWorkout), not models of single machines.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from drivers.simulated.build import Build


class Shape(Enum):
    """How a record goes over the air."""

    WHOLE = "whole"
    SPLIT = "split"  # two packets, More Data in the first (FTMS 4.19)
    CUT = "cut"  # all fields promised, illegally cut at 20 bytes


class Range(Enum):
    """What the machine says of its incline range."""

    TOLD = "told"
    ZERO = "zero"
    MISSING = "missing"


class Status(Enum):
    """What the machine says of its training status."""

    TOLD = "told"
    ODD = "odd"  # one byte until the first start
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of treadmill; the default is one that keeps to the specification."""

    about: str
    build: Build = Build()
    period_ms: int = 250
    shape: Shape = Shape.WHOLE
    incline_range: Range = Range.TOLD
    training: Status = Status.TOLD
    zero_when_idle: bool = False
    incline_every: int = 1  # records from one incline to the next; 0: never reported
    zero_speed_every: int = 0  # every n-th record says speed 0; 0: none
    rfu: bool = False  # reserved flag bits and trailing bytes
    silent: bool = False  # no record is ever sent
    grants_control: bool = True
    key_takes_control: bool = False  # any key of the member ends remote control
    lift_obeys: bool = True  # False: success, yet the deck stays
    answer_ms: int | None = 30  # until the indication; None: never
    echoes: bool = False  # tells our own changes as Machine Status
    start_toggles: bool = False  # Start stops a moving belt
    drops_after_ms: int | None = None
    wraps_elapsed: bool = True  # the console counts to 99:59


PROFILES: Final[dict[str, Profile]] = {
    "normal": Profile("keeps to the specification"),
    "zero-idle": Profile("all-zero records without incline while idle (QZ issue 175)", zero_when_idle=True),
    "vanishing-incline": Profile("incline in every fourth record only (TMIW issue 320)", incline_every=4),
    "no-incline": Profile("incline is never reported", incline_every=0),
    "matrix": Profile("promises all fields and cuts the record at 20 bytes (TMIW captures)", shape=Shape.CUT),
    "split": Profile("splits each record in two packets (FTMS 4.19)", shape=Shape.SPLIT),
    "no-range": Profile("no supported inclination range (HF issue 16)", incline_range=Range.MISSING),
    "zero-range": Profile("a range that is all zero (QZ issue 2523)", incline_range=Range.ZERO),
    "coarse": Profile("inclines in steps of 1 %", build=Build(incline_step=10)),
    "downhill": Profile("inclines from -3 %", build=Build(incline_least=-30)),
    "control-refused": Profile("answers each wish for control with 05", grants_control=False),
    "control-lost": Profile("any key of the member ends remote control, 2ADA FF", key_takes_control=True),
    "stuck-lift": Profile("accepts an incline, yet the deck does not move (HF issue 26)", lift_obeys=False),
    "late-answer": Profile("answers the control point after 12 s", answer_ms=12_000),
    "no-answer": Profile("never answers the control point", answer_ms=None),
    "odd-training": Profile("a training status of one byte until the first start (HF issue 36)", training=Status.ODD),
    "no-training": Profile("no training status", training=Status.MISSING),
    "rfu": Profile("sets reserved flags and sends trailing bytes (FTMP 4.4.2)", rfu=True),
    "lift-needs-belt": Profile("the deck moves only with the belt (QZ issue 429)", build=Build(lift_needs_belt=True)),
    "echo": Profile("tells the client its own changes", echoes=True),
    "drops": Profile("ends the link after 30 s (HF issue 11)", drops_after_ms=30_000),
    "speed-glitch": Profile("every tenth record says speed 0", zero_speed_every=10),
    "start-toggles": Profile("Start stops a moving belt (QZ issue 5100)", start_toggles=True),
    "silent": Profile("connects and never sends a record (TMIW issue 462)", silent=True),
    "slow": Profile("one record a second, as FTMS 4.4.1 says is typical", period_ms=1_000),
}
NORMAL: Final = PROFILES["normal"]
