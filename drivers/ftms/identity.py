"""What is read once per link: who the machine says it is and what it can do; nothing here can fail a connect."""

from collections.abc import Callable

from drivers.contract import Ability, InclineRange, Link, Machine, Refused, Timeout, Unsupported
from drivers.ftms.codec import (
    FEATURE,
    INCLINE_RANGE,
    INCLINE_TARGET,
    SPEED_RANGE,
    TIME_TARGET,
    Feature,
    decode_feature,
    decode_range,
)
from drivers.ftms.words import CONTROL_POINT, TRAINING_STATUS
from drivers.odd import Odd

MAKER, MODEL, FIRMWARE = 0x2A29, 0x2A24, 0x2A26
"""Strings of the Device Information service; real machines fill them with zeros and each other's values."""


async def identify(link: Link, channels: frozenset[int], odd: Odd, now: Callable[[], int]) -> Machine:
    """Return what the machine says of itself (FTMS 4.3, 4.7); each missing or odd piece is None.

    LinkLost when the link ends meanwhile.
    """
    feature = await _read(link, channels, FEATURE, odd, decode_feature)
    await _read(link, channels, SPEED_RANGE, odd, lambda data: decode_range(data, signed=False))
    incline = await _read(link, channels, INCLINE_RANGE, odd, _incline_range)
    return Machine(
        at=now(),
        protocol="ftms",
        maker=await _read(link, channels, MAKER, odd, decode_string),
        model=await _read(link, channels, MODEL, odd, decode_string),
        firmware=await _read(link, channels, FIRMWARE, odd, decode_string),
        incline=incline,
        abilities=abilities(feature, channels),
        tells_training=TRAINING_STATUS in channels,
    )


def abilities(feature: Feature | None, channels: frozenset[int]) -> frozenset[Ability]:
    """Return what the machine claims that it can be asked: target bits (FTMS table 4.4) and a control point."""
    if feature is None or CONTROL_POINT not in channels:
        return frozenset()
    claims = {
        Ability.RAISE_INCLINE: feature.targets & INCLINE_TARGET,
        Ability.WORKOUT_TIME: feature.targets & TIME_TARGET,
        Ability.STOP: True,  # mandatory with a control point, FTMS table 4.15
    }
    return frozenset(ability for ability, claimed in claims.items() if claimed)


def decode_string(data: bytes) -> str | None:
    """Return a string of Device Information without its zeros and blanks, or None when it is no readable UTF-8."""
    try:
        text = data.split(b"\0")[0].decode().strip()
    except UnicodeDecodeError:
        return None
    return text if text and text.isprintable() else None


def _incline_range(data: bytes) -> InclineRange | None:
    return decode_range(data, signed=True)


async def _read[T](
    link: Link, channels: frozenset[int], channel: int, odd: Odd, decode: Callable[[bytes], T | None]
) -> T | None:
    """Return the decoded characteristic, or None when it is not there, not readable, or makes no sense."""
    if channel not in channels:
        return None
    try:
        data = await link.read(channel)
    except (Refused, Timeout, Unsupported) as error:
        odd.note(f"{channel:04x} cannot be read", b"", str(error))
        return None
    value = decode(data)
    if value is None:
        odd.note(f"{channel:04x} makes no sense", data)
    return value
