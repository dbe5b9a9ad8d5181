"""Training status, machine status and the control point's bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import Key, Notice, Training
from drivers.ftms.words import (
    Answer,
    decode_answer,
    decode_notice,
    decode_training,
    echo_of,
    encode_incline,
    encode_request_control,
    encode_stop,
    encode_training_time,
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("01 01", Training.IDLE),  # FitShow FS-6041F1: string flag set, string empty
        ("00 00", Training.OTHER),
        ("00 02", Training.WARM_UP),
        *((f"00 {code}", Training.PROGRAMME) for code in ("03", "04", "05", "07", "08", "0c")),
        ("00 0b", Training.COOL_DOWN),
        ("00 0f", Training.COOL_DOWN),
        ("00 0d", Training.MANUAL),
        ("00 06", Training.OTHER),
        ("00 0e", Training.OTHER),
        ("00 10", Training.UNKNOWN),
        ("00 ff", Training.UNKNOWN),
        ("01 0d c3", Training.MANUAL),  # a string cut inside a letter
        ("04 01", Training.IDLE),
        ("01", Training.UNKNOWN),
        ("", Training.UNKNOWN),
    ],
)
def test_training_status(data: str, expected: Training) -> None:
    assert decode_training(bytes.fromhex(data)) is expected


@pytest.mark.parametrize(
    ("data", "key", "value"),
    [
        ("01", Key.RESET, None),
        ("02 01", Key.STOPPED, None),
        ("02 02", Key.PAUSED, None),
        ("02", Key.STOPPED, None),
        ("02 00", Key.STOPPED, None),
        ("03", Key.SAFETY, None),
        ("03 00", Key.SAFETY, None),
        ("04", Key.STARTED, None),
        ("05 66 03", Key.SPEED, 870),
        ("05 66", Key.SPEED, None),
        ("06 0f 00", Key.INCLINE, 15),
        ("06 e2 ff 99", Key.INCLINE, -30),
        ("0e 58 02", Key.OTHER, None),
        ("15 00 00", Key.OTHER, None),
        ("ff", Key.CONTROL_LOST, None),
    ],
)
def test_machine_status(data: str, key: Key, value: int | None) -> None:
    assert decode_notice(bytes.fromhex(data), 7) == Notice(7, key, value)


@pytest.mark.parametrize("data", ["", "00", "16", "16 01", "80", "fe"])
def test_reserved_machine_status_says_nothing(data: str) -> None:
    assert decode_notice(bytes.fromhex(data), 0) is None


@given(st.binary(max_size=32))
def test_no_bytes_can_raise(data: bytes) -> None:
    decode_training(data)
    decode_notice(data, 0)
    decode_answer(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("80 00 01", Answer(0, 1)),
        ("80 03 05", Answer(3, 5)),
        ("80 03 01 99", Answer(3, 1)),
        ("80 03", None),
        ("81 03 01", None),
        ("", None),
    ],
)
def test_answers(data: str, expected: Answer | None) -> None:
    assert decode_answer(bytes.fromhex(data)) == expected


def test_commands_are_the_bytes_of_the_specification() -> None:
    assert encode_request_control() == bytes.fromhex("00")
    assert encode_incline(15) == bytes.fromhex("03 0f 00")
    assert encode_incline(-30) == bytes.fromhex("03 e2 ff")
    assert encode_training_time(600) == bytes.fromhex("0d 58 02")
    assert encode_stop() == bytes.fromhex("08 01")


@given(st.integers(-100, 400))
def test_every_tenth_is_sent_exactly(target: int) -> None:
    """Where floats are cut to tenths, a third of all targets goes out a step too low."""
    assert int.from_bytes(encode_incline(target)[1:], "little", signed=True) == target


def test_echoes() -> None:
    assert echo_of(encode_incline(10)) == bytes.fromhex("06 0a 00")
    assert echo_of(encode_training_time(600)) == bytes.fromhex("0e 58 02")
    assert echo_of(encode_stop()) is None
