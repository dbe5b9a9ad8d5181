"""The allow-list at the wire, over all that could be sent, in every state, for each machine of the family."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.contract import Unsupported
from drivers.trackmaster.gate import FRESH_MS, Seen, gate
from drivers.trackmaster.variants import VARIANTS

QUESTIONS = {"trackmaster": (0xC0, 0xC1, 0xC2, 0xC3, 0xC4), "woodway": (0xC0, 0xC1, 0xC2, 0xC3)}
NAMES = st.sampled_from(sorted(VARIANTS))
STATES = st.sampled_from([None, 0x31, 0x32, 0x33, 0x34, 0x00])
SHAPES = st.builds(
    lambda code, digits: bytes([code]) + digits,
    st.sampled_from([*range(0xA0, 0xAD), *range(0xC0, 0xCE)]),
    st.lists(st.sampled_from(b"0123456789:/ "), max_size=5).map(bytes),
)


def sent(
    data: bytes, name: str, state: int | None, *, raises: bool = True, age: int = 0, watched: bool = False
) -> bool:
    clock = [1_000]
    seen = Seen(lambda: clock[0])
    seen.saw(state)
    seen.watched = watched
    clock[0] += age
    try:
        gate(VARIANTS[name], seen, raises=raises)(data)
    except Unsupported:
        return False
    return True


def may(data: bytes, name: str, state: int | None, *, raises: bool) -> bool:
    """Say what may leave, in words of our own."""
    if len(data) == 1:
        return data[0] in QUESTIONS[name]
    whole = len(data) == 5 and data[0] == 0xA4 and data[1:].isdigit() and data[1:].isascii()
    runs = state == 0x33 if name == "trackmaster" else state is not None
    return raises and runs and whole and data[4] in b"05" and int(data[1:]) <= 300


@given(data=st.binary(max_size=7) | SHAPES, name=NAMES, state=STATES, raises=st.booleans())
@example(data=b"\xa40010", name="trackmaster", state=0x33, raises=True)
@example(data=b"\xa40010", name="woodway", state=0x31, raises=True)
@example(data=b"\xa40305", name="trackmaster", state=0x33, raises=True)
@example(data=b"\xc0\xc1", name="trackmaster", state=0x33, raises=True)
def test_what_passes_is_what_the_words_say_and_nothing_else(
    data: bytes, name: str, state: int | None, raises: bool
) -> None:
    assert sent(data, name, state, raises=raises) == may(data, name, state, raises=raises)


@pytest.mark.parametrize("name", sorted(VARIANTS))
@pytest.mark.parametrize("code", [code for code in range(256) if code != 0xA4])
def test_no_other_first_byte_passes_with_whatever_digits(name: str, code: int) -> None:
    for state in (None, 0x31, 0x33):
        for digits in (b"0010", b"0000", b"10", b"\xc0"):
            assert not sent(bytes([code]) + digits, name, state)
        assert sent(bytes([code]), name, state) == (code in QUESTIONS[name])


@pytest.mark.parametrize("name", sorted(VARIANTS))
@pytest.mark.parametrize("start", [0xA0, 0xA1, 0xA2, 0xA3, 0xA9, 0xAA])
def test_a_start_a_stop_and_a_speed_pass_never(name: str, start: int) -> None:
    assert not sent(bytes([start]), name, 0x33)
    assert not sent(bytes([start]) + b"0010", name, 0x33)


def test_a_state_that_is_old_or_another_decides_nothing() -> None:
    assert sent(b"\xa40010", "trackmaster", 0x33, age=FRESH_MS)
    assert not sent(b"\xa40010", "trackmaster", 0x33, age=FRESH_MS + 1)
    assert not sent(b"\xa40010", "trackmaster", 0x33, raises=False)


@given(st.binary(max_size=7) | SHAPES, NAMES)
@example(b"\xc0", "trackmaster")
def test_a_watched_belt_is_sent_nothing_at_all(data: bytes, name: str) -> None:
    assert not sent(data, name, 0x33, watched=True)
