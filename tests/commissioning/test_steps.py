"""What every step sees of the machine, and how numbers may be typed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.commissioning.steps import NOISE, REST_MS, Watched, typed_number
from drivers.contract import Reading


@given(st.lists(st.tuples(st.none() | st.integers(0, 40), st.integers(1, 5_000)), min_size=1, max_size=30))
def test_the_speed_seen_is_the_last_and_steady_only_if_it_wavered_little(told: list[tuple[int | None, int]]) -> None:
    seen, at, history = Watched(), 0, []
    for speed, passed in told:
        at += passed
        seen = seen.after(Reading(at, speed))
        history.append((at, speed))
    assert seen.speed == told[-1][0]
    if seen.steady(at):
        lately = [speed for when, speed in history if when > at - REST_MS]
        assert None not in lately
        known = [speed for speed in lately if speed is not None]
        assert max(known) - min(known) <= 2 * NOISE
        assert (0 in known) == (set(known) == {0})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", "3"), ("3.5", "3.5"), (" 3,5 km/h ", "3.5"), ("-1 %", "-1"), ("2mph", "2"),
        ("", None), ("three", None), ("nan", None), ("inf", None), ("1e9", None), ("1000", None), ("3.5.1", None),
    ],
)  # fmt: skip
def test_a_number_may_be_typed_as_people_do(text: str, number: str | None) -> None:
    assert typed_number(text) == (None if number is None else Decimal(number))
