"""The Treadmill Data codec against real captures, every cut of them, and arbitrary bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import InclineRange, ProtocolError
from drivers.ftms.codec import (
    LAYOUT,
    Field,
    Joiner,
    Packet,
    decode_data,
    decode_feature,
    decode_range,
    plausible,
)
from tests.drivers.captures import CAPTURES, Capture

PACKETS = [(f"{c.name}-{n}", bytes.fromhex(p)) for c in CAPTURES for n, p in enumerate(c.packets)]
PLAIN = [f for f in LAYOUT if not f.name.endswith("pace")]


def joined(packets: tuple[str, ...]) -> dict[str, int | None]:
    joiner = Joiner()
    records = [joiner.join(decode_data(bytes.fromhex(packet)), at) for at, packet in enumerate(packets)]
    assert all(record is None for record in records[:-1])
    last = records[-1]
    assert last is not None
    return dict(last)


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda c: c.name)
def test_real_captures_say_what_their_screens_said(capture: Capture) -> None:
    record = joined(capture.packets)
    assert {name: record[name] for name in capture.record} == capture.record


def test_fitshow_feature_says_speed_and_incline_targets() -> None:
    feature = decode_feature(bytes.fromhex("5c 16 00 00 03 00 00 00"))
    assert feature is not None
    assert (feature.features, feature.targets) == (0x165C, 0x03)


def test_incline_that_is_not_reported_is_absent_and_not_zero() -> None:
    assert "incline" not in joined(("84 04 00 00 00 00 00 00 00 00 00 00 00 00",))


def test_all_zero_packets_are_records() -> None:
    assert joined(("84 04" + " 00" * 12,)) == {
        "speed": 0,
        "distance": 0,
        "energy": 0,
        "energy_an_hour": 0,
        "energy_a_minute": 0,
        "elapsed": 0,
    }


@pytest.mark.parametrize(("name", "data"), PACKETS)
def test_every_cut_keeps_the_fields_before_it(name: str, data: bytes) -> None:
    whole = decode_data(data)
    for length in range(2, len(data)):
        cut = decode_data(data[:length])
        assert cut.odd == "cut", (name, length)
        assert cut.more == whole.more
        assert list(cut.fields.items()) == list(whole.fields.items())[: len(cut.fields)]
        assert sum(f.size for f in LAYOUT if f.name in cut.fields) <= length - 2


@pytest.mark.parametrize("data", [b"", b"\x84"])
def test_a_packet_without_flags_makes_no_sense(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_data(data)


@pytest.mark.parametrize(("name", "data"), [p for p in PACKETS if p[0] != "matrix-cut-0"])
@pytest.mark.parametrize("tail", ["00", "ff ff", "01 02 03 04 05"])
def test_trailing_bytes_change_nothing(name: str, data: bytes, tail: str) -> None:
    whole, longer = decode_data(data), decode_data(data + bytes.fromhex(tail))
    assert longer.fields == whole.fields, name
    assert longer.odd == "trailing"


@pytest.mark.parametrize(("name", "data"), [p for p in PACKETS if p[0] != "matrix-cut-0"])
def test_reserved_flags_change_nothing(name: str, data: bytes) -> None:
    for flag in (0x40, 0x80, 0xC0):
        reserved = bytes([data[0], data[1] | flag]) + data[2:]
        assert decode_data(reserved).fields == decode_data(data).fields, name


@pytest.mark.parametrize(("name", "data"), PACKETS)
def test_one_flipped_byte_spoils_no_other_field(name: str, data: bytes) -> None:
    whole = decode_data(data).fields
    for position in range(2, len(data)):
        flipped = bytearray(data)
        flipped[position] ^= 0xFF
        changed = decode_data(bytes(flipped)).fields
        assert changed.keys() == whole.keys()
        assert sum(changed[key] != whole[key] for key in whole) <= 1, (name, position)


@given(st.binary(max_size=64))
def test_arbitrary_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        packet = decode_data(data)
    except ProtocolError:
        assert len(data) < 2
    else:
        assert packet.fields.keys() <= {f.name for f in LAYOUT}


def encoded(values: dict[str, int | None], *, more: bool) -> bytes:
    """Encode a packet from the table of the specification, the other way round."""
    flags, body = int(more), b""
    for each in LAYOUT:
        if each.name in values:
            value = values[each.name]
            flags |= 1 << each.bit if each.bit else 0
            raw = each.absent[0] if value is None else value
            body += (raw & (1 << 8 * each.size) - 1).to_bytes(each.size, "little")
    return flags.to_bytes(2, "little") + body


def values_of(each: Field) -> st.SearchStrategy[int | None]:
    bits = 8 * each.size
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if each.signed else (0, (1 << bits) - 1)
    return st.integers(low, high).map(lambda value: None if value in each.absent else value)


@given(st.sets(st.sampled_from(sorted({f.bit for f in PLAIN})), max_size=12), st.data())
def test_what_was_encoded_is_decoded(bits: set[int], data: st.DataObject) -> None:
    values = {f.name: data.draw(values_of(f)) for f in PLAIN if f.bit in bits}
    packet = decode_data(encoded(values, more=0 not in bits))
    assert packet == Packet(values, more=0 not in bits)


def test_the_length_tells_the_width_of_pace() -> None:
    narrow = decode_data(bytes.fromhex("20 04 f4 01 2a 3c 00"))
    wide = decode_data(bytes.fromhex("20 04 f4 01 2a 01 3c 00"))
    assert narrow.fields == {"speed": 500, "pace": 0x2A, "elapsed": 60}
    assert wide.fields == {"speed": 500, "pace": 0x012A, "elapsed": 60}


def test_where_no_width_of_pace_fits_nothing_behind_it_is_believed() -> None:
    packet = decode_data(bytes.fromhex("28 04 f4 01 0a 00 ff 7f 2a 01 3c 00 77"))
    assert packet.fields == {"speed": 500, "incline": 10, "ramp_angle": None}
    assert packet.odd == "pace width"


def test_speed_ffff_is_not_a_speed() -> None:
    assert decode_data(bytes.fromhex("00 00 ff ff")).fields == {"speed": None}


def test_negative_inclines_are_signed() -> None:
    assert decode_data(bytes.fromhex("08 00 2c 01 e2 ff ff 7f")).fields["incline"] == -30


PART_A, PART_B = (decode_data(bytes.fromhex(p)) for p in CAPTURES[4].packets)


def test_a_part_older_than_two_seconds_is_dropped() -> None:
    joiner = Joiner()
    assert joiner.join(PART_A, 0) is None
    record = joiner.join(PART_B, 2_001)
    assert record is not None
    assert "incline" not in record
    assert joiner.dropped == 1


def test_a_part_of_two_seconds_is_not_dropped() -> None:
    joiner = Joiner()
    joiner.join(PART_A, 0)
    assert "incline" in (joiner.join(PART_B, 2_000) or {})


def test_a_part_whose_end_was_lost_does_not_leak_into_the_next_record() -> None:
    joiner = Joiner()
    joiner.join(Packet({"incline": 20, "energy": 7}, more=True), 0)
    joiner.join(Packet({"incline": 10}, more=True), 1_000)
    assert joiner.join(Packet({"speed": 500}), 1_001) == {"incline": 10, "speed": 500}
    assert joiner.dropped == 1


def test_records_of_three_parts_are_joined_and_nothing_is_kept() -> None:
    joiner = Joiner()
    assert joiner.join(Packet({"incline": 20}, more=True), 0) is None
    assert joiner.join(Packet({"distance": 5}, more=True), 5) is None
    assert joiner.join(Packet({"speed": 500}), 9) == {"incline": 20, "distance": 5, "speed": 500}
    assert joiner.join(Packet({"speed": 501}), 10) == {"speed": 501}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("e2 ff 96 00 05 00", InclineRange(-30, 150, 5)),
        ("00 00 96 00 0a 00", InclineRange(0, 150, 10)),
        ("00 00 00 00 00 00", None),
        ("00 00 96 00 00 00", None),
        ("96 00 00 00 05 00", None),
        ("96 00 96 00 05 00", None),
        ("00 00 96 00", None),
        ("00 00 96 00 05 00 00", None),
        ("", None),
    ],
)
def test_ranges_that_make_no_sense_are_none(data: str, expected: InclineRange | None) -> None:
    assert decode_range(bytes.fromhex(data), signed=True) == expected


@pytest.mark.parametrize("data", ["", "5c 16 00 00", "5c 16 00 00 03 00 00"])
def test_a_short_feature_is_none(data: str) -> None:
    assert decode_feature(bytes.fromhex(data)) is None


def test_reserved_feature_bits_and_more_bytes_are_ignored() -> None:
    feature = decode_feature(bytes.fromhex("5c 16 fe ff 03 00 fe ff 99"))
    assert feature is not None
    assert feature.targets & 0xFFFF == 3


@pytest.mark.parametrize(
    ("incline", "within", "expected"),
    [
        (None, None, True),
        (60, None, True),
        (820, None, False),
        (-101, None, False),
        (400, None, True),
        (82, InclineRange(0, 150, 5), True),
        (151, InclineRange(0, 150, 5), False),
        (-1, InclineRange(0, 150, 5), False),
        (-30, InclineRange(-30, 150, 5), True),
    ],
)
def test_an_incline_that_the_machine_cannot_have(
    incline: int | None, within: InclineRange | None, *, expected: bool
) -> None:
    assert plausible(incline, within) is expected
