"""When the screen is dark, and when it stands still: time is data."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.heartbeat import AGAIN_MS, FIRST_MS, SILENT_MS, begun, judged, shown
from daemon.night import LIT_MS, Hours, dark, hours

NIGHT = Hours(22 * 60 + 30, 5 * 60 + 30)
MINUTES = st.integers(0, 24 * 60 - 1)


def clock(minute: int) -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute)


def test_hours_are_read_exactly() -> None:
    assert hours("22:30-05:30") == NIGHT
    assert hours("00:00-23:59") == Hours(0, 1439)
    assert hours("") is None


@pytest.mark.parametrize(
    "text", ["22:30", "24:00-05:00", "22:30-5:30", "22:60-05:00", "22:30-22:30", " 22:30-05:30", "٢2:30-05:30"]
)
def test_what_is_no_night_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not written like 22:30-05:30|begins and ends at once"):
        hours(text)


@given(MINUTES, MINUTES, MINUTES)
def test_a_night_and_the_day_after_it_hold_each_minute_once(start: int, end: int, minute: int) -> None:
    if start != end:
        assert Hours(start, end).holds(minute) != Hours(end, start).holds(minute)


@given(MINUTES, st.integers(0, 10**9), st.none() | st.integers(0, 10**9))
def test_it_is_dark_at_night_only_and_while_nobody_runs(minute: int, at: int, stirred: int | None) -> None:
    is_dark = dark(NIGHT, clock(minute), at, stirred)
    assert is_dark == (NIGHT.holds(minute) and (stirred is None or at - stirred >= LIT_MS))
    assert not dark(None, clock(minute), at, stirred)
    assert not dark(NIGHT, None, at, stirred), "a clock that may be wrong darkens nothing"


def test_a_screen_that_shows_is_left_alone() -> None:
    heart = begun(0)
    for at in range(0, 10 * SILENT_MS, 350):
        heart, stands = judged(shown(heart, at), at)
        assert not stands


def test_a_screen_that_stands_still_is_started_anew_and_seldom() -> None:
    heart, calls = shown(begun(0), FIRST_MS), []
    for at in range(FIRST_MS, FIRST_MS + SILENT_MS + 3 * AGAIN_MS + 1, 1000):
        heart, stands = judged(heart, at)
        calls += [at - FIRST_MS] * stands
    assert calls == [SILENT_MS + again * AGAIN_MS for again in range(4)]
    assert heart.silent


@given(st.lists(st.tuples(st.integers(1, 200_000), st.booleans())))
def test_two_calls_are_two_minutes_apart_unless_it_showed_between(steps: list[tuple[int, bool]]) -> None:
    heart, at, last, since = begun(0), 0, None, False
    for wait, shows in steps:
        at += wait
        if shows:
            heart, since = shown(heart, at), True
        heart, stands = judged(heart, at)
        if stands:
            assert at >= FIRST_MS
            assert last is None or since or at - last >= AGAIN_MS
            last, since = at, False
