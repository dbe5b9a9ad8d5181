"""The allow-list at the wire, over all that could be sent, in every state."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.contract import Ability, Unsupported
from drivers.csafe.frames import encode
from drivers.csafe.gate import FRESH_MS, Seen, gate
from drivers.csafe.words import STEERING, Get, State

ARMED = frozenset({Ability.WORKOUT_TIME, Ability.RAISE_INCLINE})
READS = {0x91, 0xA0, 0xA1, 0xA5, 0xA8}
STATES = st.sampled_from([None, *State])
GRADE, TIME = bytes.fromhex("28 03 0a 00 4c"), bytes.fromhex("20 03 00 1e 00")


def passes(contents: bytes, state: State | None, armed: frozenset[Ability] = ARMED, age: int = 0) -> bool:
    return sent(encode(contents), state, armed, age)


def sent(frame: bytes, state: State | None, armed: frozenset[Ability] = ARMED, age: int = 0) -> bool:
    clock = [1_000]
    seen = Seen(lambda: clock[0])
    seen.saw(state)
    clock[0] += age
    try:
        gate(armed, seen)(frame)
    except Unsupported:
        return False
    return True


def may(contents: bytes, state: State | None) -> bool:
    """Say what may leave where all is armed, in words of our own."""
    if set(contents) <= READS:
        return True
    if len(contents) != 5 or contents[1] != 3 or any(b >= 0x80 or b in STEERING for b in contents[1:]):
        return False
    if contents[0] == 0x28:
        return state is State.IN_USE and contents[4] in (0x4A, 0x4B, 0x4C)
    right = contents[2] * 60 + contents[3] in range(1, 120) and contents[3] < 60 and contents[4] == 0
    return contents[0] == 0x20 and state in (State.IDLE, State.HAVE_ID) and right


SHAPES = st.builds(
    lambda code, count, data: bytes([code, count, *data]),
    st.sampled_from([0x20, 0x25, 0x28, 0x01, 0x24]),
    st.sampled_from([3, 2, 4]),
    st.lists(st.integers(0, 255) | st.sampled_from([0, 1, 30, 0x4A, 0x4C]), min_size=3, max_size=4),
)


@given(st.binary(max_size=8) | SHAPES | st.lists(st.sampled_from(sorted(READS)), max_size=6).map(bytes), STATES)
@example(GRADE, State.IN_USE)
@example(TIME, State.IDLE)
@example(b"", None)
def test_what_passes_is_what_the_words_say_and_nothing_else(contents: bytes, state: State | None) -> None:
    assert passes(contents, state) == may(contents, state)


@given(st.binary(max_size=12), STATES)
def test_what_is_not_one_whole_frame_never_passes(line: bytes, state: State | None) -> None:
    frames = [encode(line[1:-2])] if len(line) > 2 else [encode(b"")]
    assert not sent(line, state) or line in frames
    for frame in frames:
        assert not sent(frame + frame, state)
        assert not sent(frame[:-1], state)
        assert not sent(b"\x00" + frame, state)


@pytest.mark.parametrize("code", [0x25, *range(0x81, 0x89), 0x92, 0x9C, 0x9D, 0xB0, 0x80, 0x01, 0x70, 0x21])
@pytest.mark.parametrize("state", State)
def test_a_start_a_go_a_reset_a_speed_an_error_code_and_a_persons_id_pass_never(code: int, state: State) -> None:
    assert not passes(bytes([code]), state)
    assert not passes(bytes([0xA5, code]), state)
    assert not passes(bytes([code, 3, 10, 0, 0x4C]), state)
    assert not passes(bytes([code, 0]), state)


@pytest.mark.parametrize("state", [None, *State])
def test_each_command_is_armed_alone_and_passes_only_in_its_own_state(state: State | None) -> None:
    assert passes(GRADE, state, frozenset({Ability.RAISE_INCLINE})) == (state is State.IN_USE)
    assert passes(TIME, state, frozenset({Ability.WORKOUT_TIME})) == (state in (State.IDLE, State.HAVE_ID))
    assert not passes(GRADE, state, frozenset({Ability.WORKOUT_TIME, Ability.STOP}))
    assert not passes(TIME, state, frozenset({Ability.RAISE_INCLINE}))
    assert not passes(GRADE, state, frozenset())
    assert not passes(TIME, state, frozenset())


def test_a_state_that_is_older_than_two_seconds_decides_nothing() -> None:
    assert passes(GRADE, State.IN_USE, age=FRESH_MS)
    assert not passes(GRADE, State.IN_USE, age=FRESH_MS + 1)
    assert passes(bytes(Get), State.IN_USE, age=10**9)
