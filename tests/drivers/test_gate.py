"""The allow-list, over all that could be written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import Ability, Unsupported
from drivers.ftms.gate import gate
from drivers.ftms.words import CONTROL_POINT

UNARMED, ARMED = gate(), gate({Ability.WORKOUT_TIME, Ability.STOP})


def passes(allow: object, data: bytes, channel: int = CONTROL_POINT) -> bool:
    assert callable(allow)
    try:
        allow(channel, data)
    except Unsupported:
        return False
    return True


@pytest.mark.parametrize("data", ["00", "03 0a 00", "03 e2 ff"])
def test_request_control_and_incline_pass(data: str) -> None:
    assert passes(UNARMED, bytes.fromhex(data))


@pytest.mark.parametrize("data", ["0d 58 02", "08 01"])
def test_time_and_stop_pass_only_where_they_are_armed(data: str) -> None:
    assert not passes(UNARMED, bytes.fromhex(data))
    assert passes(ARMED, bytes.fromhex(data))


def test_each_is_armed_alone() -> None:
    assert not passes(gate({Ability.STOP}), bytes.fromhex("0d 58 02"))
    assert not passes(gate({Ability.WORKOUT_TIME}), bytes.fromhex("08 01"))


@pytest.mark.parametrize(
    "data", ["", "01", "02 66 03", "07", "08 02", "08 00", "08", "08 01 00", "00 00", "03 0a", "80"]
)
def test_nothing_else_passes_even_where_all_is_armed(data: str) -> None:
    assert not passes(ARMED, bytes.fromhex(data))


@given(st.binary(max_size=5))
def test_what_passes_has_one_of_four_shapes(data: bytes) -> None:
    shaped = data == b"\x00" or data == b"\x08\x01" or (len(data) == 3 and data[0] in (0x03, 0x0D))
    assert passes(ARMED, data) == shaped


@given(st.integers(0, 0xFFFF).filter(lambda channel: channel != CONTROL_POINT))
def test_nothing_passes_on_any_other_characteristic(channel: int) -> None:
    assert not passes(ARMED, b"\x00", channel)
