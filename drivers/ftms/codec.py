"""FTMS bytes into values: treadmill data, features and ranges (Fitness Machine Service 1.0; "FTMS" below).

Lenient, as FTMP 4.4.2 asks of a collector and as real machines need: a cut packet keeps the fields before the cut,
bytes behind the last field and reserved flags are ignored. Numbers stay the wire's own integers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from drivers.contract import InclineRange, ProtocolError

TREADMILL_DATA = 0x2ACD
FEATURE = 0x2ACC
SPEED_RANGE = 0x2AD4
INCLINE_RANGE = 0x2AD5

MORE_DATA = 1 << 0
"""Set: a part of a split record, without speed; clear: the record is complete (FTMS 4.4.1.1, inverted)."""
INCLINE_TARGET = 1 << 1
TIME_TARGET = 1 << 9
PARTIAL_MS = 2_000
"""A part older than this belongs to a record that never came."""
STEEPEST = (-100, 400)
"""Inclines outside of this are no treadmill's, 0.1 %."""


class Field(NamedTuple):
    """One field of Treadmill Data: present when flag `bit` is set; a value in `absent` means not available."""

    name: str
    bit: int
    size: int
    absent: tuple[int, ...] = ()
    signed: bool = False


LAYOUT = (
    Field("speed", 0, 2, (0xFFFF,)),  # 0.01 km/h; present when bit 0 is clear
    Field("average_speed", 1, 2, (0xFFFF,)),
    Field("distance", 2, 3, (0xFFFFFF,)),  # m
    Field("incline", 3, 2, (0x7FFF,), signed=True),  # 0.1 %
    Field("ramp_angle", 3, 2, (0x7FFF,), signed=True),  # 0.1 degree, the setting
    Field("climbed", 4, 2, (0xFFFF, 0x7FFF)),  # 0.1 m
    Field("descended", 4, 2, (0xFFFF, 0x7FFF)),  # 0.1 m; Life Fitness and Matrix send both sentinels
    Field("pace", 5, 1),
    Field("average_pace", 6, 1),
    Field("energy", 7, 2, (0xFFFF,)),  # kcal
    Field("energy_an_hour", 7, 2, (0xFFFF,)),
    Field("energy_a_minute", 7, 1, (0xFF,)),
    Field("heart_rate", 8, 1, (0xFF,)),  # decoded for its length; no reading carries it
    Field("metabolic", 9, 1, (0xFF,)),
    Field("elapsed", 10, 2, (0xFFFF,)),  # s
    Field("remaining", 11, 2, (0xFFFF,)),  # s
    Field("force", 12, 2, (0x7FFF,), signed=True),  # N
    Field("power", 12, 2, (0x7FFF,), signed=True),  # W
    Field("steps", 13, 3, (0xFFFFFF,)),  # not in FTMS 1.0; what FitShow, Urevo and KingSmith send
)
"""Table 4.9 of FTMS in the order of the bytes; pace is 8 bits there and 16 in later supplements."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One Treadmill Data value: its fields, None where the machine says not available."""

    fields: Mapping[str, int | None] = field(default_factory=dict)
    more: bool = False
    odd: str | None = None
    """What was wrong with it, where something was: `cut` or `trailing`."""


def fields_of(flags: int, length: int) -> tuple[tuple[Field, ...], bool]:
    """Return the fields that a packet carries, and whether the width of pace is certain.

    The length decides between 8 and 16 bits of pace; where it fits neither, nothing behind pace can be told.
    """
    present = tuple(f for f in LAYOUT if (flags ^ MORE_DATA) >> f.bit & 1)
    paces = [f for f in present if f.name.endswith("pace")]
    narrow = 2 + sum(f.size for f in present)
    if not paces or length == narrow:
        return present, True
    if length == narrow + len(paces):
        return tuple(f._replace(size=2) if f in paces else f for f in present), True
    return present[: present.index(paces[0])], False


def decode_data(data: bytes) -> Packet:
    """Return the fields of one Treadmill Data value (FTMS 4.4); ProtocolError when not even the flags are there."""
    if len(data) < 2:
        raise ProtocolError(f"treadmill data without flags: {data.hex(' ') or 'empty'}")
    flags = int.from_bytes(data[:2], "little")
    expected, certain = fields_of(flags, len(data))
    fields: dict[str, int | None] = {}
    start = 2
    for each in expected:
        raw = data[start : start + each.size]
        if len(raw) < each.size:
            return Packet(fields, more=bool(flags & MORE_DATA), odd="cut")
        start += each.size
        fields[each.name] = _value(each, raw)
    odd = "pace width" if not certain else "trailing" if start < len(data) else None
    return Packet(fields, more=bool(flags & MORE_DATA), odd=odd)


def _value(each: Field, raw: bytes) -> int | None:
    if int.from_bytes(raw, "little") in each.absent:
        return None
    return int.from_bytes(raw, "little", signed=each.signed)


class Joiner:
    """Joins split records (FTMS 4.19): parts with More Data set are held until the one that completes them.

    A part older than 2 s, or followed by another that says the same field, is dropped; make a new one per link.
    """

    def __init__(self) -> None:
        self._held: dict[str, int | None] = {}
        self._since = 0
        self.dropped = 0
        """Parts whose record never came."""

    def join(self, packet: Packet, at: int) -> Mapping[str, int | None] | None:
        """Take the packet that arrived at `at` (ms); return the record that it completes, or None."""
        aged = at - self._since > PARTIAL_MS
        if self._held and (aged or (packet.more and self._held.keys() & packet.fields.keys())):
            self._held = {}
            self.dropped += 1
        if not self._held:
            self._since = at
        record = {**self._held, **packet.fields}
        self._held = record if packet.more else {}
        return None if packet.more else record


class Feature(NamedTuple):
    """What the machine says of itself (FTMS 4.3): two sets of bits, reserved ones included."""

    features: int
    targets: int


def decode_feature(data: bytes) -> Feature | None:
    """Return the two words of Fitness Machine Feature, or None when they are not there; more bytes are ignored."""
    if len(data) < 8:
        return None
    return Feature(int.from_bytes(data[:4], "little"), int.from_bytes(data[4:8], "little"))


def decode_range(data: bytes, *, signed: bool) -> InclineRange | None:
    """Return a supported range (FTMS 4.6, 4.7) as least, most and step, or None when it makes no sense."""
    if len(data) != 6:
        return None
    least = int.from_bytes(data[:2], "little", signed=signed)
    most = int.from_bytes(data[2:4], "little", signed=signed)
    step = int.from_bytes(data[4:], "little")
    return InclineRange(least, most, step) if step and least < most else None


def plausible(incline: int | None, within: InclineRange | None) -> bool:
    """Say whether this can be an incline of this machine, in 0.1 %: its own range, else -10..40 %."""
    least, most = (within.least, within.most) if within else STEEPEST
    return incline is None or least <= incline <= most
