"""Cutting and sharing lose nothing, whatever the lengths and offsets."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.policy.events import Spent
from daemon.policy.session import Totals
from daemon.store.slices import MINUTE, Slice, cut, plus, totals_of, values
from daemon.store.usage import QUARTER, by_hour, local_hour, quarters

times = st.integers(0, 10**9)
offsets = st.integers(1_500_000_000_000, 2_500_000_000_000)
lengths = st.integers(1, 10 * 60_000)
sums = st.builds(Totals, *[st.integers(0, 10**7)] * 7)


def total(parts: list[Totals]) -> Totals:
    return reduce(plus, parts, Totals())


@given(times, lengths, st.integers(0, 10_000), st.lists(st.booleans(), min_size=2, max_size=2), offsets)
def test_cut_keeps_every_ms_and_metre_and_crosses_no_minute(
    start: int, length: int, distance: int, kinds: list[bool], offset: int
) -> None:
    spent = Spent("s", start, start + length, belt=kinds[0], unknown=kinds[1], distance=distance)
    pieces = list(cut(spent, offset))
    assert total([piece.totals for _, piece in pieces]) == totals_of(spent)
    assert [piece.start for _, piece in pieces] == [start, *(piece.stop for _, piece in pieces[:-1])]
    for minute, piece in pieces:
        assert (minute + offset) % MINUTE == 0
        assert minute <= piece.start < piece.stop <= minute + MINUTE


@given(offsets, lengths, sums)
def test_quarters_share_without_loss(start: int, length: int, totals: Totals) -> None:
    parts = list(quarters(Slice(start, start + length, totals)))
    assert total([part for _, part in parts]) == totals
    assert all(min(values(part)) >= 0 for _, part in parts)
    assert [quarter for quarter, _ in parts] == list(range(start // QUARTER, (start + length - 1) // QUARTER + 1))


@given(
    st.lists(st.tuples(st.integers(1_900_000, 2_000_000), sums), max_size=40),
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "UTC"]),
)
def test_hours_sum_to_what_went_in(parts: list[tuple[int, Totals]], name: str) -> None:
    hours = by_hour(parts, ZoneInfo(name))
    assert total(list(hours.values())) == total([totals for _, totals in parts])
    assert list(hours) == sorted(hours)
    assert all(hour.minute == 0 for hour in hours)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", datetime(2026, 6, 1, tzinfo=UTC), 24),
        ("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC), 23),
        ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC), 25),
        ("America/St_Johns", datetime(2026, 3, 8, tzinfo=UTC), 23),
        ("Australia/Lord_Howe", datetime(2026, 4, 5, tzinfo=UTC), 25),  # half an hour comes twice: a row of its own
    ],
)
def test_a_day_has_the_hours_that_its_clocks_showed(zone: str, day: datetime, hours: int) -> None:
    local = day.replace(tzinfo=ZoneInfo(zone))
    first = round(local.timestamp() * 1000) // QUARTER
    after = round((local + timedelta(days=1)).timestamp() * 1000) // QUARTER
    found = by_hour(((quarter, Totals(belt=1)) for quarter in range(first, after)), ZoneInfo(zone))
    assert len(found) == hours
    assert {hour.date() for hour in found} == {day.date()}


def test_the_hour_that_comes_twice_keeps_both_offsets() -> None:
    second = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    first = second - timedelta(hours=1)
    zone = ZoneInfo("Europe/Berlin")
    names = [local_hour(round(moment.timestamp() * 1000) // QUARTER, zone).isoformat() for moment in (first, second)]
    assert names == ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]
