"""The floor's store takes each event once, in whatever way it comes, and its figures are what the events say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import batched
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemon.floor.record import Record
from daemon.floor.sift import Unfit
from daemon.floor.store import FloorStore
from daemon.outbox.fold import KEPT
from daemon.outbox.rows import Row
from tests.floor.lives import (
    ARRIVALS,
    HAPPENINGS,
    NOW,
    Life,
    arrive,
    emptied,
    figures,
    happen,
    hear,
    safety,
    settle,
    sheets,
)

EXAMPLES = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_an_event_is_stored_once(store: FloorStore) -> None:
    life = Life()
    life.session(1200, 60)
    for _ in range(3):
        assert hear(store, life, life.rows) == 2
    assert (
        figures(store)
        == life.sums()
        == {"belt": 1_200_000, "eligible": 600_000, "flat": 60_000, "distance": 2400} | {"sessions": 1}
    )


@EXAMPLES
@given(story=st.lists(ARRIVALS, max_size=25))
def test_figures_are_those_of_all_that_was(store: FloorStore, story: list[tuple[str, Any]]) -> None:
    life = Life()
    sent: list[Row] = []
    emptied(store)
    for what in story:
        arrive(store, life, what, sent)
        assert store.differences() == []
    now = settle(store, life)
    assert figures(store) == life.sums()
    assert safety(store) == sum(row.kind in KEPT for row in life.all)
    before = sheets(store)
    hear(store, life, sent, now)
    assert sheets(store) == before
    assert store.quarantined() == []


@settings(EXAMPLES, max_examples=20)
@given(what=st.lists(HAPPENINGS, min_size=1, max_size=12), chance=st.randoms(use_true_random=False))
def test_no_order_changes_a_figure(stores: Callable[..., FloorStore], what: list[Any], chance: Any) -> None:
    life = Life()
    for one in what:
        happen(life, one)
    both = [emptied(store) for store in PAIR.setdefault(id(stores), [stores(), stores()])]
    hear(both[0], life, life.rows)
    shuffled = chance.sample([*life.rows, *life.rows], 2 * len(life.rows))
    for some in batched(shuffled, 6):
        hear(both[1], life, some)
    assert sheets(both[0]) == sheets(both[1])
    assert both[0].marks() == both[1].marks()


PAIR: dict[int, list[FloorStore]] = {}


def test_a_gap_is_waited_for(store: FloorStore) -> None:
    life = Life()
    for _ in range(5):
        life.tell("nudge", step="offered")
    first, _, *rest = life.rows
    assert hear(store, life, [first]) == 1
    for minute in range(2):
        assert hear(store, life, rest, NOW + timedelta(minutes=minute)) == 1
    assert hear(store, life, life.rows, NOW + timedelta(minutes=2)) == 5


def test_a_gap_for_ever_is_passed_over(store: FloorStore) -> None:
    life = Life()
    life.number = 5000  # it lived long before this floor
    life.tell("nudge", step="offered")
    now = settle(store, life)
    assert now >= NOW + timedelta(seconds=150)
    assert store.marks() == {"t07": 5001}


def test_a_known_id_with_other_content_is_set_aside(store: FloorStore) -> None:
    life, liar = Life(), Life()
    life.tell("nudge", step="ended", outcome="declined")
    liar.tell("nudge", step="ended", outcome="accepted_key")
    hear(store, life, life.rows)
    for _ in range(2):
        assert hear(store, liar, liar.rows) == 1
    assert figures(store) == {"nudges_declined": 1}
    (aside,) = store.quarantined()
    assert "another event with this id" in aside["reason"]


def test_what_makes_no_sense_holds_up_nothing(store: FloorStore) -> None:
    life = Life()
    life.session(60)
    garbage = Unfit("t07", "inclined/v1/north/t07/event/nudge", b'{"seq": 3}', "kind: Field required", 3)
    life.number += 1
    life.tell("nudge", step="offered")
    heard = [life.said(row) for row in life.rows[:2]] + [garbage] + [life.said(life.rows[2])]
    assert store.take(heard, NOW).stored == {"t07": 4}
    assert [one["reason"] for one in store.quarantined()] == ["kind: Field required"]


def test_what_the_database_refuses_is_set_aside(store: FloorStore) -> None:
    life = Life()
    life.session(60)
    record = life.said(life.tell("nudge", step="offered"))
    assert isinstance(record, Record)
    bad = replace(record, at=1 << 80)  # beyond what a database holds
    store.take([life.said(life.rows[0]), bad, life.said(life.rows[1])], NOW)
    assert figures(store) == {"belt": 60_000, "eligible": 30_000, "distance": 120, "sessions": 1}


def test_an_event_without_a_date_counts_once_its_boot_has_one(store: FloorStore) -> None:
    life = Life(knows_the_date=False)
    life.session(600)
    hear(store, life, life.rows)
    assert [row[0] for row in sheets(store)[0]] == [0]  # the day of what has none
    life.knows_the_date = True
    life.tell("link", state="up")
    hear(store, life, life.rows[-1:])
    assert [row[0] for row in sheets(store)[0]] == [life.began.date().toordinal()]
    assert figures(store) == life.sums()
    assert store.differences() == []


def test_hours_take_the_place_of_what_was_stored_of_them(store: FloorStore) -> None:
    life = Life()
    for _ in range(3):
        life.session(300, 10)
    hear(store, life, life.rows[1:3])  # the machine does not hear of it
    life.fold(6)
    (hours,) = life.rows
    assert hours.kind == "hours"
    for _ in range(2):
        assert hear(store, life, life.rows) == 6
    assert figures(store) == life.sums()
    hear(store, life, life.all)  # late, out of some queue
    assert figures(store) == life.sums()
    assert store.differences() == []


def test_hours_of_hours_take_their_place(store: FloorStore) -> None:
    life = Life()
    for _ in range(6):
        life.session(200)
    whole = list(life.rows)
    life.fold(4)
    hear(store, life, life.rows[:1])
    first = life.rows[:1]
    life.rows = whole
    life.fold(12)
    hear(store, life, life.rows)
    hear(store, life, first)
    assert figures(store) == life.sums()


def test_narrower_hours_say_nothing_new(store: FloorStore) -> None:
    life = Life()
    life.tell("audit", what="settings")  # lost on the way, so that nothing is stored up to any number
    for _ in range(6):
        life.session(200)
    whole = list(life.rows)
    life.fold(5)
    narrow = life.rows[1]
    life.rows = whole
    life.fold(13)
    hear(store, life, life.rows[1:])
    assert hear(store, life, [narrow]) == 0
    assert figures(store) == life.sums()


def test_details_are_better_than_their_sums(store: FloorStore) -> None:
    life = Life()
    for _ in range(3):
        life.session(300)
    hear(store, life, life.rows)
    before = sheets(store)
    life.fold(6)
    assert hear(store, life, life.rows) == 6
    assert sheets(store) == before


def test_hours_say_nothing_of_safety_among_them(store: FloorStore) -> None:
    life = Life()
    life.session(100)
    life.tell("audit", what="settings")
    life.session(100)
    life.fold(5)
    audit, hours = life.rows
    assert hear(store, life, [hours]) == 0  # the audit was lost on the way
    assert hear(store, life, [audit, hours]) == 5
    assert safety(store) == 1


def test_two_floors_at_one_database(stores: Callable[..., FloorStore], address: Callable[[], str]) -> None:
    place = address()
    one, other = stores(place), stores(place)
    life = Life()
    for _ in range(10):
        life.session(600, 100)
    for start in range(0, 20, 4):
        hear(one, life, life.rows[start : start + 3])
        hear(other, life, life.rows[start : start + 4])
        hear(one, life, life.rows[start + 3 : start + 4])
    assert figures(one) == life.sums()
    assert other.marks() == {"t07": 20}
