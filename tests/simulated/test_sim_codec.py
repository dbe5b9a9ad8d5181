"""The simulated machine's bytes, against an independent reader, real captures and pyftms where it is right."""

import struct
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyftms.models import TreadmillData
from pyftms.serializer import get_serializer

from drivers.simulated import codec
from drivers.simulated.codec import Op, Record, Request, Result

LAYOUT = {  # bit -> struct format of its group, FTMS 4.9.1
    1: "H",
    2: "3s",
    3: "hh",
    4: "HH",
    7: "HHB",
    8: "B",
    9: "B",
    10: "H",
    11: "H",
    12: "hh",
}
NAMES = [field.name for field in fields(Record)]


def read_back(packet: bytes) -> dict[int, tuple[int, ...]]:
    """Read a packet with nothing but struct: group -> raw numbers; group 0 is the speed."""
    (flags,) = struct.unpack_from("<H", packet)
    at, groups = 2, {} if flags & 1 else {0: struct.unpack_from("<H", packet, 2)}
    at += 0 if flags & 1 else 2
    for bit, layout in LAYOUT.items():
        if flags >> bit & 1:
            raw = struct.unpack_from("<" + layout, packet, at)
            groups[bit] = tuple(int.from_bytes(n, "little") if isinstance(n, bytes) else n for n in raw)
            at += struct.calcsize("<" + layout)
    assert at == len(packet)
    return groups


def u(bits: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(0, (1 << bits) - 1)


def s16() -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(-(1 << 15), (1 << 15) - 1)


RECORDS = st.builds(
    Record, u(16), u(16), u(24), s16(), s16(), u(16), u(16), u(16), u(16), u(8), u(8), u(8), u(16), u(16), s16(), s16()
)


@settings(deadline=None)  # other work shares the cores
@given(RECORDS)
def test_every_record_reads_back(record: Record) -> None:
    groups = read_back(codec.encode_record(record))
    told = dict(zip(NAMES, (getattr(record, name) for name in NAMES), strict=True))
    for bit, wires in codec.GROUPS:
        values = [told.pop(wire.name) for wire in wires]
        if all(value is None for value in values):
            assert bit not in groups
        else:
            expected = [wire.absent if v is None else v for wire, v in zip(wires, values, strict=True)]
            assert list(groups[bit]) == expected
    assert groups.get(0) == (None if told["speed"] is None else (told["speed"],))


@pytest.mark.parametrize(
    ("record", "capture"),
    [
        (
            Record(627, 563, 37, 60, None, 0, 0x7FFF, 2, None, None, elapsed=31),
            "9e04 7302 3302 250000 3c00 ff7f 0000 ff7f 0200 ffff ff 1f00",
        ),
        (Record(0, distance=0, energy=0, energy_hour=0, energy_minute=0, elapsed=0), "8404" + "00" * 12),
        (Record(590, energy=2, metabolic=55, elapsed=39), "8006 4e02 0200 ffff ff 37 2700"),
    ],
    ids=["life fitness", "horizon idle", "technogym"],
)
def test_real_captures_are_written_byte_for_byte(record: Record, capture: str) -> None:
    assert codec.encode_record(record) == bytes.fromhex(capture)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("00", Request(Op.REQUEST_CONTROL)),
        ("01", Request(Op.RESET)),
        ("026603", Request(Op.TARGET_SPEED, 870)),
        ("030f00", Request(Op.TARGET_INCLINE, 15)),
        ("03e2ff", Request(Op.TARGET_INCLINE, -30)),
        ("07", Request(Op.START_OR_RESUME)),
        ("0801", Request(Op.STOP_OR_PAUSE, 1)),
        ("0802", Request(Op.STOP_OR_PAUSE, 2)),
        ("0d5802", Request(Op.TRAINING_TIME, 600)),
        ("", Result.NOT_SUPPORTED),
        ("04ff", Result.NOT_SUPPORTED),
        ("80", Result.NOT_SUPPORTED),
        ("03", Result.INVALID_PARAMETER),
        ("0300", Result.INVALID_PARAMETER),
        ("030f0000", Result.INVALID_PARAMETER),
        ("0001", Result.INVALID_PARAMETER),
        ("0803", Result.INVALID_PARAMETER),
    ],
)
def test_control_point_writes(written: str, meant: Request | Result) -> None:
    assert codec.parse_control(bytes.fromhex(written)) == meant


@settings(deadline=None)  # other work shares the cores
@given(st.binary(max_size=20))
def test_no_write_is_too_odd(data: bytes) -> None:
    assert isinstance(codec.parse_control(data), Request | Result)


def test_the_small_packets() -> None:
    assert codec.encode_answer(3, Result.NOT_PERMITTED) == bytes.fromhex("800305")
    assert codec.encode_range(-30, 150, 5, signed=True) == bytes.fromhex("e2ff 9600 0500")
    assert codec.encode_incline_status(-5) == bytes.fromhex("06fbff")
    assert codec.encode_speed_status(870) == bytes.fromhex("056603")
    assert codec.encode_time_status(600) == bytes.fromhex("0e5802")
    assert codec.encode_training(codec.Training.COOL_DOWN) == bytes.fromhex("000b")
    features = codec.Feature.TOTAL_DISTANCE | codec.Feature.INCLINATION
    assert codec.encode_feature(features, codec.Target.INCLINATION) == bytes.fromhex("0c000000 02000000")


@settings(deadline=None)  # other work shares the cores
@given(
    st.integers(1, 2_000),
    st.integers(1, 0xFFFFFE),  # pyftms takes all ones for no value
    st.integers(-100, 400),
    st.integers(1, 6_000),
)
def test_pyftms_reads_the_same(speed: int, distance: int, incline: int, elapsed: int) -> None:
    record = Record(speed, distance=distance, incline=incline, elapsed=elapsed)
    read = get_serializer(TreadmillData).deserialize(codec.encode_record(record))
    assert round(read.speed_instant * 100) == speed
    assert read.distance_total == distance
    assert round((read.inclination.inclination or 0) * 10) == incline
    assert read.inclination.ramp_angle is None
    assert read.time_elapsed == elapsed
