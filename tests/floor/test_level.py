"""The level of a machine, and how often somebody must be sent: pure."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.floor.board import DEPTH, MachineNow, Reader
from daemon.floor.faults import turned
from daemon.floor.level import ALONE_MS, AWAY_MS, Cause, Facts, Level, causes, level
from daemon.floor.presence import SILENT_MS
from daemon.floor.service import Condition, Intervals
from daemon.messages import Alert

NOW = 1_800_000_000_000
WELL = Facts(now=NOW, watched=NOW - 3_600_000, status="online", link="online", heard=NOW - 1000)
ALERT = Alert(code="x", text="see to it", ts=datetime.fromtimestamp(NOW / 1000 - 60, UTC))


@pytest.mark.parametrize(
    ("change", "wanted", "code"),
    [
        ({}, Level.OK, None),
        ({"out_at": 5, "out_why": "x"}, Level.WATCH, "out_of_order"),
        ({"alerts": {"disk": ALERT}}, Level.ACT, "alert_disk"),
        ({"refusal": "mode: no"}, Level.WATCH, "settings_refused"),
        ({"service": 0.89}, Level.OK, None),
        ({"service": 0.9}, Level.WATCH, "service_soon"),
        ({"service": 1.0}, Level.ACT, "service_due"),
        ({"unused": 1}, Level.OK, None),
        ({"unused": 2}, Level.WATCH, "unused"),
        ({"unused": 2, "out_at": 5}, Level.WATCH, "out_of_order"),
        ({"heard": NOW - SILENT_MS}, Level.OK, None),
        ({"heard": NOW - SILENT_MS - 1}, Level.UNKNOWN, "silent"),
        ({"heard": NOW - ALONE_MS - 1}, Level.ACT, "silent"),
        ({"heard": NOW - ALONE_MS - 1, "others": False}, Level.UNKNOWN, "silent"),
        ({"heard": 0, "watched": NOW}, Level.OK, None),
        ({"status": "offline"}, Level.UNKNOWN, "silent"),
        ({"status": "offline", "heard": 0, "watched": NOW - ALONE_MS - 1}, Level.ACT, "silent"),
        ({"link": "offline", "link_at": NOW - AWAY_MS}, Level.OK, None),
        ({"link": "offline", "link_at": NOW - AWAY_MS - 1}, Level.UNKNOWN, "treadmill_away"),
    ],
)
def test_what_makes_a_level(change: dict[str, Any], wanted: Level, code: str | None) -> None:
    found = causes(replace(WELL, **change))
    assert (level(found), found[0].code if found else None) == (wanted, code)


FACTS = st.builds(
    Facts,
    now=st.just(NOW),
    watched=st.integers(NOW - 10_000_000, NOW),
    status=st.sampled_from(["", "online", "offline", "other"]),
    link=st.sampled_from(["", "online", "stale", "offline"]),
    link_at=st.integers(NOW - 10_000_000, NOW),
    heard=st.just(0) | st.integers(NOW - 10_000_000, NOW),
    others=st.booleans(),
    out_at=st.just(0) | st.integers(1, NOW),
    alerts=st.dictionaries(st.sampled_from(["disk", "clock"]), st.just(ALERT)),
    refusal=st.none() | st.just("no"),
    service=st.floats(0, 3),
    unused=st.integers(0, 9),
)


@given(FACTS)
def test_the_first_cause_is_the_most_urgent_and_none_is_of_the_future(facts: Facts) -> None:
    found = causes(facts)
    assert [one.level for one in found] == sorted((one.level for one in found), reverse=True)
    assert level(found) == (found[0].level if found else Level.OK)
    assert len({one.code for one in found}) == len(found)
    assert all(one.began <= NOW and one.text for one in found)


@given(FACTS)
def test_a_silent_machine_is_never_well(facts: Facts) -> None:
    silent = NOW - max(facts.heard, facts.watched) > SILENT_MS
    if silent:
        assert level(causes(facts)) >= Level.UNKNOWN


def test_a_fault_begins_once_and_ends_once() -> None:
    one = Cause("silent", Level.ACT, "x", 5)
    first = turned(frozenset(), {("t07", "silent"): one, ("t07", "unused"): one, ("t07", "out_of_order"): one})
    assert (dict(first.new), first.over) == ({("t07", "silent"): one}, frozenset())
    assert turned(frozenset(first.new), {("t07", "silent"): one}).new == {}
    assert turned(frozenset(first.new), {}).over == {("t07", "silent")}


def test_the_service_interval_that_is_used_up_first_counts() -> None:
    one = Condition("t07", "T 7", "hall", "treadmill", belt=50 * 3_600_000, distance=400_000)
    assert Intervals().share(one) == 0
    assert Intervals(distance=1_600_000).share(one) == 0.25
    assert Intervals(distance=1_600_000, belt=100 * 3_600_000).share(one) == 0.5


def test_a_slow_reader_gets_no_more_and_no_memory() -> None:
    reader, row = Reader(), MachineNow.model_construct(machine="t07")
    for _ in range(DEPTH):
        reader.tell(row)
    assert not reader.cut.is_set()
    reader.tell(row)
    reader.tell(row)
    assert reader.cut.is_set()
    assert reader.lines.qsize() == DEPTH
