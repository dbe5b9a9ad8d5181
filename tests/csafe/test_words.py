"""Commands, answers, units and what they mean: tables, captures, and the traps of real consoles by their number."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import Key, Reading, Training, Unsupported
from drivers.csafe.answers import Fit, conclusive, fit
from drivers.csafe.capability import Capability, capability_of, options_of
from drivers.csafe.meaning import machine_of, notice_of, odd_values, reading_of
from drivers.csafe.units import GRADE, counts, scaled
from drivers.csafe.words import (
    STEERING,
    Get,
    Previous,
    Reply,
    State,
    Status,
    decode_reply,
    decode_status,
    encode_gets,
    encode_grade,
    encode_workout_time,
    long_command,
)
from drivers.simulated.build import Key as Pressed
from drivers.simulated.csafe.console import Console
from drivers.simulated.csafe.profile import MATRIX
from drivers.simulated.csafe.profile import State as Theirs
from tests.csafe.worked import contents

BYTES = st.integers(0, 255)


def reply(name_or_hex: str) -> Reply:
    try:
        said = decode_reply(contents(name_or_hex))
    except KeyError:
        said = decode_reply(bytes.fromhex(name_or_hex))
    assert said is not None
    return said


def read(text: str, capability: Capability | None = None) -> Reading:
    return reading_of(reply(text), capability or Capability(), 7)


@pytest.mark.parametrize(
    ("byte", "status"),
    [
        (0x01, Status(toggle=False, previous=Previous.OK, state=State.READY)),
        (0x95, Status(toggle=True, previous=Previous.REJECT, state=State.IN_USE)),
        (0x25, Status(toggle=False, previous=Previous.BAD, state=State.IN_USE)),
        (0x35, Status(toggle=False, previous=Previous.NOT_READY, state=State.IN_USE)),
        (0x88, Status(toggle=True, previous=Previous.OK, state=State.MANUAL)),
        (0xC9, Status(toggle=True, previous=Previous.OK, state=State.OFF_LINE)),
        (0x04, Status(toggle=False, previous=Previous.OK, state=None)),
        (0x0F, Status(toggle=False, previous=Previous.OK, state=None)),
    ],
)
def test_a_status_byte(byte: int, status: Status) -> None:
    assert decode_status(byte) == status


@pytest.mark.parametrize(
    ("text", "values", "odd"),
    [
        ("05", {}, None),
        ("05 a5 03 50 00 31 a8 03 0a 00 4c", {0xA5: "500031", 0xA8: "0a004c"}, None),
        ("05 d0 02 01 02 a5 03 50 00 31", {0xD0: "0102", 0xA5: "500031"}, None),
        ("05 a5 00", {0xA5: ""}, None),
        ("05 a5", {}, "a value is cut"),
        ("05 a5 03 50 00", {}, "a value is cut"),
        ("05 a5 03 50 00 31 a8 ff 0a", {0xA5: "500031"}, "a value is cut"),
        ("05 a5 01 01 a5 01 02", {0xA5: "01"}, "a value stands twice"),
    ],
)
def test_an_answer(text: str, values: dict[int, str], odd: str | None) -> None:
    said = reply(text)
    assert {code: value.hex() for code, value in said.values.items()} == values
    assert said.odd == odd
    assert decode_reply(b"") is None


@given(st.binary(min_size=1, max_size=120))
def test_any_contents_are_an_answer_and_make_a_reading_within_bounds(data: bytes) -> None:
    said = decode_reply(data)
    assert said is not None
    reading = reading_of(said, Capability(), 0)
    assert reading.speed is None or 0 <= reading.speed <= 3_000
    assert reading.incline is None or 0 <= reading.incline <= 300
    assert reading.distance is None or reading.distance >= 0
    list(odd_values(said, reading, Capability()))


def test_the_captures_of_a_life_fitness() -> None:
    assert read("Life Fitness: time").elapsed == 183
    assert read("Life Fitness: time").training is Training.OTHER
    version = reply("Life Fitness: version").values[Get.VERSION]
    machine = machine_of(version, 0, frozenset(), None)
    assert (machine.maker, machine.model, machine.firmware) == ("Life Fitness", "model 2.6", "9.11")
    assert not machine.tells_training


def test_a_speed_in_turns_a_minute_is_no_speed() -> None:
    reading = read("Life Fitness: speed in turns a minute")
    assert reading.speed is None
    said = list(odd_values(reply("Life Fitness: speed in turns a minute"), reading, Capability()))
    assert said == [("speed: another dimension, length or size than a treadmill's", bytes.fromhex("390052"))]


@pytest.mark.parametrize(
    ("value", "reading"),
    [
        ("a5 03 50 00 31", {"speed": 800}),
        ("a5 03 32 00 11", {"speed": 805}),
        ("a5 03 05 00 10", {"speed": 805}),
        ("a5 03 20 03 32", {"speed": 800}),
        ("a5 03 85 00 33", {"speed": 798}),
        ("a5 03 2c 01 30", {}),  # 300 km/h
        ("a5 02 50 00", {}),
        ("a5 04 50 00 31 00", {}),
        ("a8 03 01 00 4a", {"incline": 10}),
        ("a8 03 64 00 4b", {"incline": 10}),
        ("a8 03 0a 00 4c", {"incline": 10}),
        ("a8 03 00 00 4a", {"incline": 0}),
        ("a8 03 f6 ff 4c", {}),  # -1.0 %, or 6552.6 %
        ("a8 03 8f 19 4c", {}),
        ("a8 03 01 00 31", {}),
        ("a1 03 64 00 24", {"distance": 100}),
        ("a1 03 0a 00 03", {"distance": 161}),
        ("a1 03 0a 00 4a", {}),
        ("a0 03 01 02 03", {"elapsed": 3723}),
        ("a0 03 00 3c 00", {}),
        ("a0 02 01 02", {}),
        ("", {}),
    ],
)
def test_a_value_in_our_units_or_none(value: str, reading: dict[str, int]) -> None:
    assert read(f"05 {value}") == Reading(at=7, training=Training.OTHER, **reading)


def test_a_unit_that_lies_is_set_right_by_the_capability_and_its_dimension_still_counts() -> None:
    half = capability_of({"inclinecount": "0.5", "speedcount": "0.1"})
    assert read("05 a8 03 02 00 4a a5 03 50 00 30", half) == Reading(7, 800, 10, training=Training.OTHER)
    assert read("05 a8 03 02 00 31 a5 03 50 00 52", half) == Reading(7, training=Training.OTHER)


def test_a_clock_that_counts_down_is_what_is_left() -> None:
    reading = read("05 a0 03 00 03 03", Capability(counts_down=True))
    assert (reading.elapsed, reading.remaining) == (None, 183)


@given(st.sampled_from(sorted(GRADE)), st.integers(0, 300))
def test_a_grade_is_sent_exactly_or_not_at_all(unit: int, target: int) -> None:
    count = counts(target, unit)
    if count is None:
        assert unit == 0x4A
        assert target % 10
    else:
        assert scaled(count.to_bytes(2, "little") + bytes([unit]), GRADE) == target
    assert counts(5, 0x4A, Fraction(5)) == 1
    assert counts(7, 0x4A, Fraction(5)) is None


@given(BYTES, st.binary(max_size=6))
def test_trap_2_no_byte_of_a_long_command_could_be_obeyed_by_itself(code: int, data: bytes) -> None:
    risky = any(byte >= 0x80 or byte in STEERING for byte in (len(data), *data))
    if risky:
        with pytest.raises(Unsupported, match="obey by itself"):
            long_command(code, data)
    else:
        assert long_command(code, data) == bytes([code, len(data)]) + data


def test_trap_2_is_real_at_the_simulated_console() -> None:
    """The frames that the firmware's source says end a workout do so here; ours never hold them."""
    for frame in ("28 03 86 00 4c", "25 03 86 00 31"):
        console = Console(MATRIX)
        console.state = Theirs.IN_USE
        assert console.heard(bytes.fromhex(frame)) is None
        assert console.state is Theirs.FINISHED
    with pytest.raises(Unsupported, match="86"):
        encode_grade(134, 0x4C)
    with pytest.raises(Unsupported, match="81"):
        encode_grade(129, 0x4C)
    with pytest.raises(Unsupported, match="no CSAFE grade"):
        encode_grade(-1, 0x4C)


def test_trap_5_a_long_command_has_its_count() -> None:
    assert encode_grade(10, 0x4C) == contents("grade 1.0 %")
    assert encode_grade(1, 0x4A) == contents("grade 1 %")
    assert encode_workout_time(1800) == contents("workout time 0:30:00")
    assert encode_gets([Get.TIME, Get.DISTANCE, Get.SPEED, Get.INCLINE]).hex() == "a0a1a5a8"


@given(st.integers(-10, 119 * 60))
def test_a_workout_time_is_never_shorter_and_at_most_six_minutes_longer(seconds: int) -> None:
    if seconds <= 0:
        with pytest.raises(Unsupported, match="1 to 119 minutes"):
            encode_workout_time(seconds)
        return
    sent = encode_workout_time(seconds)
    told = sent[2] * 3600 + sent[3] * 60 + sent[4]
    assert seconds <= told < seconds + 7 * 60
    assert told <= 119 * 60


@pytest.mark.parametrize("seconds", [119 * 60 + 1, 7_200, 10**6])
def test_a_workout_time_that_a_console_would_cut_is_refused(seconds: int) -> None:
    with pytest.raises(Unsupported, match="1 to 119 minutes"):
        encode_workout_time(seconds)


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        (State.IDLE, State.MANUAL, Key.STARTED),
        (State.READY, State.OFF_LINE, Key.STARTED),
        (State.HAVE_ID, State.IN_USE, Key.STARTED),
        (State.PAUSED, State.IN_USE, Key.STARTED),
        (State.IN_USE, State.PAUSED, Key.PAUSED),
        (State.PAUSED, State.FINISHED, Key.STOPPED),
        (State.MANUAL, State.IDLE, Key.STOPPED),
        (State.OFF_LINE, State.READY, Key.STOPPED),
        (State.IDLE, State.HAVE_ID, Key.OTHER),
        (State.MANUAL, State.IN_USE, Key.OTHER),
        (State.IN_USE, None, Key.OTHER),
        (State.IN_USE, State.ERROR, Key.OTHER),
        (State.IN_USE, State.IN_USE, None),
    ],
)
def test_a_change_of_state_is_a_key(before: State, after: State | None, key: Key | None) -> None:
    notice = notice_of(before, after, 3)
    assert (None if notice is None else notice.key) is key


POLL = bytes.fromhex("a0a1a5a8")
BEFORE = decode_status(0x05)


@pytest.mark.parametrize(
    ("asked", "said", "fits"),
    [
        ("", "05", Fit.YES),
        ("", "85 a5 03 50 00 31", Fit.NO),  # late
        ("a0a1a5a8", "85 a5 03 50 00 31", Fit.YES),
        ("a0a1a5a8", "05 a5 03 50 00 31", Fit.MAYBE),  # doubled, or a toggle that never turns
        ("a0a1a5a8", "85 91 01 01", Fit.NO),
        ("a0a1a5a8", "85", Fit.YES),
        ("a0a1a5a8", "05", Fit.MAYBE),  # of its own accord
        ("a0a1a5a8", "15", Fit.YES),
        ("28030a004c", "85", Fit.YES),
        ("28030a004c", "05", Fit.MAYBE),
    ],
)
def test_what_answers_a_request(asked: str, said: str, fits: Fit) -> None:
    assert fit(bytes.fromhex(asked), reply(said), BEFORE) is fits


@pytest.mark.parametrize(
    ("said", "tells"), [(0x85, True), (0x05, False), (0x15, True), (0x25, True), (0x35, False), (0xB5, False)]
)
def test_what_tells_how_a_command_ended(said: int, tells: bool) -> None:
    assert conclusive(decode_status(said), BEFORE) is tells


@given(
    st.builds(
        Capability,
        asks=st.sampled_from([(Get.SPEED,), (Get.TIME, Get.INCLINE), Capability().asks]),
        counts_down=st.booleans(),
        speed_count=st.sampled_from([None, Fraction(10), Fraction(1)]),
        incline_count=st.sampled_from([None, Fraction(5), Fraction(1, 10)]),
    )
)
def test_a_capability_is_written_as_options_and_read_again(capability: Capability) -> None:
    assert capability_of(options_of(capability)) == capability


@pytest.mark.parametrize(
    "options",
    [
        {"asks": ""},
        {"asks": "speed,speed"},
        {"asks": "id"},
        {"clock": "left"},
        {"raise": "yes"},
        {"raise": "proved", "asks": "speed"},
        {"inclinecount": "0"},
        {"inclinecount": "-1"},
        {"inclinecount": "1e3"},
        {"inclinecount": "."},
        {"speedcount": "1.1.1"},
        {"colour": "red"},
    ],
)
def test_a_capability_that_makes_no_sense_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        capability_of(options)


def test_a_key_of_the_simulated_console_leads_where_the_firmware_leads() -> None:
    console = Console(MATRIX)
    console.press(Pressed.START)
    assert console.state is Theirs.OFF_LINE
    assert console.heard(b"\xa5") == b"\x89"  # accepted, and no value
