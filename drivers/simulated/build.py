"""What a treadmill is made of, and the words for its keys, its belt and its console. Numbers as in treadmill.py."""

from dataclasses import dataclass
from enum import Enum


class Belt(Enum):
    """What the belt does."""

    IDLE = "idle"
    STARTING = "starting"  # the console counts 3, 2, 1
    MOVING = "moving"
    PAUSED = "paused"  # slowing or standing; start resumes
    STOPPING = "stopping"  # slowing to idle
    SAFETY_OUT = "safety_out"  # safety key pulled: slowing hard or standing, no key works


class Phase(Enum):
    """What the console calls this part of the workout."""

    IDLE = "idle"
    PRE = "pre"
    MANUAL = "manual"
    LOW = "low"
    HIGH = "high"
    COOL_DOWN = "cool_down"
    POST = "post"


class Key(Enum):
    """The member's keys on the machine."""

    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"
    SPEED_UP = "speed_up"
    SPEED_DOWN = "speed_down"
    INCLINE_UP = "incline_up"
    INCLINE_DOWN = "incline_down"
    SAFETY_OUT = "safety_out"
    SAFETY_IN = "safety_in"
    PROGRAMME = "programme"  # starts the console's interval programme
    COOL_DOWN = "cool_down"


@dataclass(frozen=True, slots=True)
class Build:
    """How a treadmill is made. Ramps are per second; least <= value <= most in steps from least."""

    speed_least: int = 80
    speed_most: int = 2_000
    speed_step: int = 10
    incline_least: int = 0
    incline_most: int = 150
    incline_step: int = 5
    start_speed: int = 80
    belt_ramp: int = 100
    stop_ramp: int = 150
    safety_ramp: int = 800
    lift_ramp: int = 3
    countdown_ms: int = 3_000
    lift_needs_belt: bool = False  # the lift motor runs only while the belt moves


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a console programme."""

    ms: int
    speed: int
    incline: int
    phase: Phase


INTERVALS = (Segment(60_000, 600, 10, Phase.LOW), Segment(60_000, 900, 30, Phase.HIGH))


def on_grid(value: int, least: int, most: int, step: int) -> bool:
    """Tell whether value can be set on a machine of this range."""
    return least <= value <= most and (value - least) % step == 0


def next_on_grid(value: int, least: int, step: int, *, up: bool) -> int:
    """Return the next value that a key reaches, also from between two steps."""
    steps, beyond = divmod(value - least, step)
    return least + (steps + (1 if up else (0 if beyond else -1))) * step
