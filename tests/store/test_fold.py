"""Folding changes how finely the past is told, and nothing that is counted."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.outbox.bounds import Bounds, lightened, load_of
from daemon.outbox.fold import FOLDED, HOUR_MS, KEPT, SPANS, folded, ids, merged, prefix, renumbered, sums
from daemon.outbox.rows import Row, event_of

type Told = tuple[tuple[str, dict[str, object]], int]
type Runs = Sequence[Sequence[Told]]

MS = st.integers(0, 10**7)
END = st.fixed_dictionaries({"step": st.just("end"), "reason": st.just("stopped"), "belt": MS, "flat": MS, "gap": MS})
DATA = {
    "session": END | st.just({"step": "new", "min_incline": 10}),
    "nudge": st.sampled_from([{"step": "offered", "prompt": 2}, {"step": "ended", "outcome": "declined"}]),
    "link": st.sampled_from([{"state": "up"}, {"state": "down", "reason": "gone"}]),
    "trainer": st.just({}),
    "lent": st.sampled_from([{"step": "lent"}, {"step": "taken_back"}]),
    "command": st.just({"what": "raise", "result": "done"}),
    "audit": st.just({"by": "alex"}),
    "help": st.just({}),
}
TOLD = st.sampled_from(sorted(DATA)).flatmap(lambda kind: st.tuples(st.just(kind), DATA[kind]))
RUNS = st.lists(st.lists(st.tuples(TOLD, st.integers(1, HOUR_MS)), max_size=20), max_size=4)


def rows_of(runs: Runs, skip: int = 1) -> list[Row]:
    """Return the events of some runs of the daemon, each on a boot of its own; numbers may have gaps."""
    rows: list[Row] = []
    for run, events in enumerate(runs):
        at = 0
        for (kind, data), later in events:
            at += later
            seq = (rows[-1].seq if rows else 0) + 1 + (later % skip)
            rows.append(Row(seq, f"t-07-run{run}-{seq}", kind, f"boot-{run}", at, "a-1", json.dumps(data)))
    return rows


def undated(_: str, __: int) -> None:
    return None


def since_1970(_: str, at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000 + 1000, UTC)


def total(rows: Sequence[Row]) -> Counter[str]:
    """Return what a floor adds up from rows."""
    return sum((sums(row) for row in rows if folded(row)), Counter())


def stands_for(row: Row) -> set[tuple[str, int]]:
    first, last = ids(row)
    return {(prefix(row), n) for n in range(first, last + 1)}


@given(RUNS, st.sampled_from(SPANS), st.booleans())
def test_sums_are_the_same_before_and_after(runs: Runs, span: int, dates: bool) -> None:
    rows = rows_of(runs)
    after = list(merged(rows, span, since_1970 if dates else undated))
    assert total(after) == total(rows)
    assert [row for row in after if not folded(row)] == [row for row in rows if not folded(row)]
    assert [row.seq for row in after] == sorted({row.seq for row in after})
    assert len({row.id for row in after}) == len(after)
    kept = {(prefix(row), row.seq) for row in rows if not folded(row)}
    told = [one for row in after if folded(row) for one in stands_for(row) - kept]
    assert sorted(told) == sorted((prefix(row), row.seq) for row in rows if folded(row))  # each once
    for row in after:
        event_of(row, None)


@given(RUNS)
def test_every_number_is_accounted_for(runs: Runs) -> None:
    rows = rows_of(runs)
    seen: set[int] = set()
    for row in merged(rows, HOUR_MS, undated):
        seen |= set(range(json.loads(row.data).get("from", row.seq), row.seq + 1))
    assert seen == {row.seq for row in rows}


@given(RUNS, st.data())
def test_folding_what_was_folded_is_folding_once(runs: Runs, data: st.DataObject) -> None:
    rows = rows_of(runs, skip=3)
    cut = data.draw(st.integers(0, len(rows)))
    twice = list(merged([*merged(rows[:cut], HOUR_MS, undated), *rows[cut:]], None, undated))
    once = list(merged(rows, None, undated))
    assert [(row.seq, row.id, row.kind, json.loads(row.data)) for row in twice] == [
        (row.seq, row.id, row.kind, json.loads(row.data)) for row in once
    ]


@given(RUNS, st.integers(1, 12))
def test_bounds_are_kept_and_only_links_go_before_belt_time(runs: Runs, most: int) -> None:
    rows, bounds = rows_of(runs), Bounds(most)
    after = lightened(rows, bounds, undated)
    assert bounds.hold(load_of(after))
    assert [row for row in after if row.kind in KEPT] == [row for row in rows if row.kind in KEPT]
    runs_told = {row.boot for row in rows if folded(row)}
    if len(runs_told) <= most * 3 // 4:
        assert total(after) == total(rows)
    if total(after)["belt"] < total(rows)["belt"]:
        assert all("belt" in sums(row) for row in after if folded(row))


def test_an_hour_of_two_sessions() -> None:
    end = {"step": "end", "reason": "stopped", "belt": 600_000, "flat": 200_000, "distance": 900}
    told: list[tuple[str, dict[str, object]]] = [
        ("session", {"step": "new"}),
        ("nudge", {"step": "offered"}),
        ("command", {"what": "raise", "result": "done"}),
        ("nudge", {"step": "ended", "outcome": "declined"}),
        ("session", end),
        ("session", end | {"flat": 0}),
    ]
    folded_, command, hours = [None, *merged(rows_of([[(one, 60_000) for one in told]]), HOUR_MS, undated)]
    assert folded_ is None
    assert command is not None
    assert hours is not None
    assert command.kind == "command"
    assert (hours.seq, hours.id, hours.kind, hours.at, hours.session) == (6, "t-07-run0-1..6", FOLDED, 360_000, None)
    assert json.loads(hours.data) == {
        "first": 1,
        "last": 6,
        "from": 1,
        "since": 60_000,
        "events": 5,
        "session_new": 1,
        "nudge_offered": 1,
        "nudge_declined": 1,
        "session_end": 2,
        "belt": 1_200_000,
        "flat": 200_000,
        "distance": 1800,
    }


def test_hours_are_those_of_the_clock_once_it_is_right() -> None:
    rows = rows_of([[(("link", {"state": "up"}), 20 * 60_000)] * 6])

    def dated(_: str, at: int) -> datetime:
        return datetime.fromtimestamp((at + HOUR_MS // 2) / 1000, UTC)

    assert [json.loads(row.data).get("events", 1) for row in merged(rows, HOUR_MS, dated)] == [1, 3, 2]
    assert [json.loads(row.data).get("events", 1) for row in merged(rows, HOUR_MS, undated)] == [2, 3, 1]


@pytest.mark.parametrize("kind", ["hours", "link"])
def test_under_another_number_an_event_stands_for_that_one_only(kind: str) -> None:
    row = Row(40, "t07-a-3..40", kind, "boot", 7, None, json.dumps({"from": 3, "events": 5}))
    moved = renumbered(row, 201)
    assert replace(moved, data="") == replace(row, seq=201, data="")
    assert json.loads(moved.data)["from"] == (201 if kind == "hours" else 3)
