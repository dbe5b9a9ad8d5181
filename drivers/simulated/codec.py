"""FTMS as a treadmill's side writes and reads it: bytes from values and values from bytes, after the specification.

All fields are little-endian (FTMS 3.2). Speed 0.01 km/h, incline 0.1 %, distance m, time s.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final, NamedTuple

FEATURE: Final = 0x2ACC
TREADMILL_DATA: Final = 0x2ACD
TRAINING_STATUS: Final = 0x2AD3
SPEED_RANGE: Final = 0x2AD4
INCLINE_RANGE: Final = 0x2AD5
CONTROL_POINT: Final = 0x2AD9
MACHINE_STATUS: Final = 0x2ADA


class Feature(IntFlag):
    """Fitness Machine Features (FTMS 4.3.1.1), those of a treadmill."""

    AVERAGE_SPEED = 1 << 0
    TOTAL_DISTANCE = 1 << 2
    INCLINATION = 1 << 3
    ELEVATION_GAIN = 1 << 4
    ENERGY = 1 << 9
    HEART_RATE = 1 << 10
    METABOLIC = 1 << 11
    ELAPSED = 1 << 12
    REMAINING = 1 << 13
    FORCE_AND_POWER = 1 << 15


class Target(IntFlag):
    """Target Setting Features (FTMS 4.3.1.2), those of a treadmill."""

    SPEED = 1 << 0
    INCLINATION = 1 << 1
    TRAINING_TIME = 1 << 9


class Op(IntEnum):
    """Control Point op codes (FTMS 4.16.1) that this machine knows."""

    REQUEST_CONTROL = 0x00
    RESET = 0x01
    TARGET_SPEED = 0x02
    TARGET_INCLINE = 0x03
    START_OR_RESUME = 0x07
    STOP_OR_PAUSE = 0x08
    TRAINING_TIME = 0x0D


class Result(IntEnum):
    """Control Point results (FTMS 4.16.2.22)."""

    SUCCESS = 0x01
    NOT_SUPPORTED = 0x02
    INVALID_PARAMETER = 0x03
    FAILED = 0x04
    NOT_PERMITTED = 0x05


class Training(IntEnum):
    """Training Status codes (FTMS 4.10.1.2)."""

    IDLE = 0x01
    WARM_UP = 0x02
    LOW_INTERVAL = 0x03
    HIGH_INTERVAL = 0x04
    COOL_DOWN = 0x0B
    MANUAL = 0x0D
    PRE_WORKOUT = 0x0E
    POST_WORKOUT = 0x0F


STOP: Final = 0x01
PAUSE: Final = 0x02
RESPONSE: Final = 0x80

# Machine Status (FTMS 4.17, table 4.26)
RESET_STATUS: Final = b"\x01"
STOPPED: Final = b"\x02\x01"
PAUSED: Final = b"\x02\x02"
SAFETY_KEY: Final = b"\x03"
STARTED: Final = b"\x04"
CONTROL_LOST: Final = b"\xff"


class Wire(NamedTuple):
    """One number on the wire: its name in a Record, its bytes, its sign, what stands for "not available"."""

    name: str
    size: int
    signed: bool = False
    absent: int = 0


GROUPS: Final = (
    # flag bit, fields that it brings, in the order of FTMS 4.9.1; bit 0 is inverted and stands first
    (1, (Wire("average_speed", 2),)),
    (2, (Wire("distance", 3),)),
    (3, (Wire("incline", 2, signed=True, absent=0x7FFF), Wire("ramp", 2, signed=True, absent=0x7FFF))),
    (4, (Wire("climbed", 2), Wire("descended", 2))),
    (
        7,
        (
            Wire("energy", 2, absent=0xFFFF),
            Wire("energy_hour", 2, absent=0xFFFF),
            Wire("energy_minute", 1, absent=0xFF),
        ),
    ),
    (8, (Wire("heart_rate", 1),)),
    (9, (Wire("metabolic", 1),)),
    (10, (Wire("elapsed", 2),)),
    (11, (Wire("remaining", 2),)),
    (12, (Wire("force", 2, signed=True, absent=0x7FFF), Wire("power", 2, signed=True, absent=0x7FFF))),
)


@dataclass(frozen=True, slots=True)
class Record:
    """Treadmill Data; a group all of whose fields are None is left out, without speed it is a part (More Data)."""

    speed: int | None = None
    average_speed: int | None = None
    distance: int | None = None
    incline: int | None = None
    ramp: int | None = None  # 0.1 degree
    climbed: int | None = None  # 0.1 m
    descended: int | None = None
    energy: int | None = None  # kcal
    energy_hour: int | None = None
    energy_minute: int | None = None
    heart_rate: int | None = None
    metabolic: int | None = None  # 0.1
    elapsed: int | None = None
    remaining: int | None = None
    force: int | None = None  # N
    power: int | None = None  # W


def encode_record(record: Record, extra_flags: int = 0) -> bytes:
    """Return one Treadmill Data packet (FTMS 4.9); OverflowError when a value does not fit its field."""
    flags = extra_flags | (record.speed is None)
    body = b"" if record.speed is None else record.speed.to_bytes(2, "little")
    for bit, wires in GROUPS:
        values = [getattr(record, wire.name) for wire in wires]
        if any(value is not None for value in values):
            flags |= 1 << bit
            body += b"".join(encode_wire(wire, value) for wire, value in zip(wires, values, strict=True))
    return flags.to_bytes(2, "little") + body


def encode_wire(wire: Wire, value: int | None) -> bytes:
    """Return one field, its "not available" for None."""
    return (wire.absent if value is None else value).to_bytes(wire.size, "little", signed=wire.signed)


def encode_feature(features: Feature, targets: Target) -> bytes:
    """Return Fitness Machine Feature (FTMS 4.3)."""
    return features.to_bytes(4, "little") + targets.to_bytes(4, "little")


def encode_range(least: int, most: int, step: int, *, signed: bool = False) -> bytes:
    """Return a Supported Range of 16-bit numbers (FTMS 4.11, 4.12); inclination is signed."""
    return b"".join(n.to_bytes(2, "little", signed=signed) for n in (least, most)) + step.to_bytes(2, "little")


def encode_training(training: Training) -> bytes:
    """Return Training Status without a string (FTMS 4.10)."""
    return bytes((0, training))


def encode_answer(op: int, result: Result) -> bytes:
    """Return the Control Point's indication (FTMS 4.16.2.22)."""
    return bytes((RESPONSE, op, result))


def encode_speed_status(target: int) -> bytes:
    """Return the Machine Status of a changed target speed."""
    return b"\x05" + target.to_bytes(2, "little")


def encode_incline_status(target: int) -> bytes:
    """Return the Machine Status of a changed target inclination."""
    return b"\x06" + target.to_bytes(2, "little", signed=True)


def encode_time_status(seconds: int) -> bytes:
    """Return the Machine Status of a changed training time."""
    return b"\x0e" + seconds.to_bytes(2, "little")


@dataclass(frozen=True, slots=True)
class Request:
    """A Control Point write that makes sense; value in the op code's own unit, None where it has none."""

    op: Op
    value: int | None = None


PARAMETERS: Final[dict[Op, Wire | None]] = {
    Op.REQUEST_CONTROL: None,
    Op.RESET: None,
    Op.TARGET_SPEED: Wire("speed", 2),
    Op.TARGET_INCLINE: Wire("incline", 2, signed=True),
    Op.START_OR_RESUME: None,
    Op.STOP_OR_PAUSE: Wire("how", 1),
    Op.TRAINING_TIME: Wire("seconds", 2),
}


def parse_control(data: bytes) -> Request | Result:
    """Return what a Control Point write asks for, or the result to answer it with (FTMS 4.16.1)."""
    if not data or data[0] not in PARAMETERS:
        return Result.NOT_SUPPORTED
    op, parameter = Op(data[0]), data[1:]
    wire = PARAMETERS[op]
    if len(parameter) != (wire.size if wire else 0):
        return Result.INVALID_PARAMETER
    if wire is None:
        return Request(op)
    value = int.from_bytes(parameter, "little", signed=wire.signed)
    if op is Op.STOP_OR_PAUSE and value not in (STOP, PAUSE):
        return Result.INVALID_PARAMETER
    return Request(op, value)
