"""What a treadmill of some profile says: its readable characteristics and the packets of one record."""

from dataclasses import replace

from drivers.simulated import codec
from drivers.simulated.build import Belt, Phase
from drivers.simulated.codec import Feature, Record, Target, Training
from drivers.simulated.profile import Profile, Range, Shape, Status
from drivers.simulated.treadmill import Treadmill

CUT_AT = 20
"""Payload of a notification at the smallest MTU, 23."""
WRAP_S = 6_000
RFU_FLAGS = 1 << 14 | 1 << 15

TRAINING = {
    Phase.IDLE: Training.IDLE,
    Phase.PRE: Training.PRE_WORKOUT,
    Phase.MANUAL: Training.MANUAL,
    Phase.LOW: Training.LOW_INTERVAL,
    Phase.HIGH: Training.HIGH_INTERVAL,
    Phase.COOL_DOWN: Training.COOL_DOWN,
    Phase.POST: Training.POST_WORKOUT,
}

STRINGS = {0x2A29: b"Inclined", 0x2A24: b"Simulated 1", 0x2A26: b"1.0"}
"""Device Information: manufacturer, model, firmware."""


def record(mill: Treadmill, profile: Profile, number: int) -> Record:
    """Return what the machine says in its record of this number, 1 being the first."""
    elapsed, remaining = mill.elapsed_ms // 1_000, mill.remaining_ms
    told = Record(
        speed=0 if every(profile.zero_speed_every, number) else mill.speed,
        distance=mill.distance,
        incline=mill.incline if every(profile.incline_every, number) else None,
        elapsed=elapsed % WRAP_S if profile.wraps_elapsed else min(elapsed, 0xFFFF),
        remaining=None if remaining is None else min(-(-remaining // 1_000), 0xFFFF),
    )
    if profile.zero_when_idle and mill.belt is Belt.IDLE:
        return Record(speed=0, distance=0, energy=0, energy_hour=0, energy_minute=0, elapsed=0)
    return told


def every(period: int, number: int) -> bool:
    """Tell whether this record is one of every `period`; 0 is never."""
    return period > 0 and number % period == 0


def packets(mill: Treadmill, profile: Profile, number: int) -> list[bytes]:
    """Return the Treadmill Data packets of one record, in order."""
    told = record(mill, profile, number)
    match profile.shape:
        case Shape.SPLIT:
            first = replace(told, speed=None, elapsed=None, remaining=None)
            return [codec.encode_record(first), codec.encode_record(Record(told.speed, elapsed=told.elapsed))]
        case Shape.CUT:
            return [codec.encode_record(in_full(told))[:CUT_AT]]
        case Shape.WHOLE if profile.rfu:
            return [codec.encode_record(told, RFU_FLAGS) + b"\xa5\x5a"]
        case Shape.WHOLE:
            return [codec.encode_record(told)]


def in_full(told: Record) -> Record:
    """Return the record with every group that FTMS knows, flags 1F9E or more."""
    return replace(
        told,
        average_speed=told.speed,
        climbed=0,
        energy=0,
        heart_rate=0,
        metabolic=0,
        remaining=told.remaining or 0,
        force=0,
    )


def training(mill: Treadmill, profile: Profile) -> bytes:
    """Return Training Status."""
    if profile.training is Status.ODD and mill.elapsed_ms == 0:
        return b"\x00"
    return codec.encode_training(TRAINING[mill.phase])


def readable(mill: Treadmill, profile: Profile) -> dict[int, bytes]:
    """Return what can be read now, by characteristic."""
    b = mill.build
    values = {
        codec.FEATURE: codec.encode_feature(
            features(profile), Target.SPEED | Target.INCLINATION | Target.TRAINING_TIME
        ),
        codec.SPEED_RANGE: codec.encode_range(b.speed_least, b.speed_most, b.speed_step),
        codec.INCLINE_RANGE: codec.encode_range(b.incline_least, b.incline_most, b.incline_step, signed=True),
        codec.TRAINING_STATUS: training(mill, profile),
        **STRINGS,
    }
    if profile.incline_range is Range.ZERO:
        values[codec.INCLINE_RANGE] = bytes(6)
    if profile.incline_range is Range.MISSING:
        del values[codec.INCLINE_RANGE]
    if profile.training is Status.MISSING:
        del values[codec.TRAINING_STATUS]
    return values


def features(profile: Profile) -> Feature:
    """Return the features that the machine claims."""
    plain = Feature.TOTAL_DISTANCE | Feature.ELAPSED | Feature.REMAINING
    if profile.shape is Shape.CUT:
        plain |= (
            Feature.AVERAGE_SPEED | Feature.ELEVATION_GAIN | Feature.ENERGY | Feature.HEART_RATE | Feature.METABOLIC
        )
    return plain | Feature.INCLINATION if profile.incline_every else plain
