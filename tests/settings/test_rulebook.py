"""The rules in force: what the network may change, what it may not, and that it is kept."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.messages import SettingsWanted
from daemon.overlay import LOCAL, NUMBERS
from daemon.policy.events import Event, Happened, RulesSet
from daemon.policy.rules import Mode, Rules
from daemon.rulebook import Refusal, Rulebook, StaleRevision
from daemon.settings.units import KEYS
from tests.store.world import HandClock

FILE = Rules(mode=Mode.ASSIST, min_incline=8)


class Desk:
    """What a rulebook is given, and what it did with it."""

    def __init__(self, file: Rules = FILE, saved: object = None) -> None:
        self.submitted: list[Event] = []
        self.saved: list[Any] = []
        self.told: list[Happened] = []
        given = (self.submitted.append, self.saved.append, self.told.append, HandClock(at=77))
        self.book = Rulebook(file, saved, *given, frozenset({"min_incline"}))

    def change(self, mode: Any = None, if_match: int | None = None, **values: int | str) -> int:
        return self.book.change(SettingsWanted(mode=mode, values=values), "ops", if_match).rev


def test_it_begins_with_the_file() -> None:
    current = Desk().book.current()
    assert (current.rev, current.mode, current.pending) == (1, "assist", False)
    assert current.values["min_incline"] == 8
    assert (current.sources["mode"], current.sources["min_incline"]) == ("file", "file")
    assert current.sources["warm_up_ms"] == "default"
    assert current.sources.keys() == {"mode", *current.values}


def test_a_change_is_kept_told_and_sent_to_the_core() -> None:
    desk = Desk()
    assert desk.change("nudge", 1, min_incline=5) == 2
    current = desk.book.current()
    assert (current.mode, current.values["min_incline"], current.pending) == ("nudge", 5, True)
    assert current.sources["min_incline"] == current.sources["mode"] == "machine"
    assert desk.submitted == [RulesSet(77, Rules(mode=Mode.NUDGE, min_incline=5))]
    assert desk.saved == [{"rev": 2, "mode": "nudge", "values": {"min_incline": 5}, "demoted": None}]
    changes = (("min_incline", 5), ("mode", "nudge"), ("min_incline_was", 8), ("mode_was", "assist"))
    assert desk.told == [Happened(77, "audit", (("what", "settings"), ("rev", 2), ("by", "ops"), *changes))]
    desk.book.taken()
    assert not desk.book.current().pending


def test_only_what_is_named_is_changed() -> None:
    desk = Desk()
    desk.change("nudge")
    assert desk.change(warm_up_ms=0) == 3
    assert desk.book.rules == Rules(mode=Mode.NUDGE, min_incline=8, warm_up_ms=0)
    assert desk.saved[-1] == {"rev": 3, "mode": "nudge", "values": {"warm_up_ms": 0}, "demoted": None}


def test_a_change_that_changes_nothing_is_none() -> None:
    desk = Desk()
    assert desk.change("assist", min_incline=8) == 1
    assert desk.submitted == desk.saved == desk.told == []


def test_the_mode_may_be_narrowed_and_given_back_but_never_go_beyond_the_file() -> None:
    desk = Desk()
    assert desk.change("observe") == 2
    assert desk.change("assist") == 3
    with pytest.raises(Refusal, match="mode: enforce goes beyond assist, which only the machine's own file can change"):
        desk.change("enforce")
    assert desk.book.rules.mode is Mode.ASSIST


def test_all_reasons_are_named_and_nothing_is_changed() -> None:
    desk = Desk()
    with pytest.raises(Refusal) as refusal:
        desk.change("enforce", countdown_ms=30_000, min_incline=16, colour=1, warm_up_ms=0)
    assert refusal.value.reasons[0].startswith("mode: enforce")
    assert refusal.value.reasons[1:3] == [
        "countdown_ms: is set at the machine only",
        "min_incline: 16 is out of bounds; it may be 0 to 15 0.1 %",
    ]
    assert refusal.value.reasons[3].startswith("colour: is unknown; it may be decline_hold_ms, ")
    assert desk.book.rules == FILE
    assert desk.submitted == desk.saved == []


def test_a_stale_revision_is_refused() -> None:
    desk = Desk()
    desk.change(min_incline=5, if_match=1)
    with pytest.raises(StaleRevision, match="at revision 2, not 1"):
        desk.change(min_incline=6, if_match=1)
    assert desk.book.rules.min_incline == 5


def test_it_goes_on_where_the_last_run_ended() -> None:
    first = Desk()
    first.change("nudge", min_incline=5)
    again = Desk(saved=first.saved[-1])
    assert again.book.rules == first.book.rules
    assert again.book.current().rev == 2
    assert again.change(min_incline=6) == 3


def test_a_file_made_narrower_since_wins_over_what_was_saved() -> None:
    desk = Desk(Rules(mode=Mode.OBSERVE), {"rev": 4, "mode": "assist", "values": {}})
    assert desk.book.rules.mode is Mode.OBSERVE
    assert desk.book.current().sources["mode"] == "file"


@pytest.mark.parametrize("saved", ["x", 5, [], {"rev": "x"}, {"mode": "auto"}, {"values": {"min_incline": "y"}}])
def test_saved_settings_that_cannot_be_read_leave_the_file_in_force(saved: object) -> None:
    assert Desk(saved=saved).book.rules == FILE


def test_saved_values_that_are_not_allowed_are_left_out() -> None:
    saved = {"rev": 9, "values": {"min_incline": 99, "countdown_ms": 60_000, "gone": 1, "warm_up_ms": 0}}
    desk = Desk(saved=saved)
    assert desk.book.rules == Rules(mode=Mode.ASSIST, min_incline=8, warm_up_ms=0)
    assert desk.book.current().rev == 9


wishes = st.tuples(
    st.none() | st.sampled_from(["observe", "nudge", "assist", "enforce"]),
    st.dictionaries(st.sampled_from([*NUMBERS, "x"]), st.integers(-10, 700_000), max_size=3),
    st.none() | st.integers(1, 5),
)


@given(st.lists(wishes, max_size=8), st.sampled_from(list(Mode)))
def test_no_wish_goes_beyond_the_file_or_its_bounds(trace: list[Any], mode: Mode) -> None:
    desk = Desk(Rules(mode=mode))
    for wanted, values, if_match in trace:
        rev, rules = desk.book.current().rev, desk.book.rules
        try:
            desk.change(wanted, if_match, **values)
        except Refusal:
            assert desk.book.rules == rules
        assert desk.book.current().rev == rev + (desk.book.rules != rules)
        assert desk.book.rules.mode <= mode
        assert all(getattr(desk.book.rules, name) == getattr(Rules(), name) for name in LOCAL)
    again = Desk(Rules(mode=mode), desk.saved[-1] if desk.saved else None)
    assert again.book.rules == desk.book.rules


def test_local_keys_are_settings() -> None:
    assert {key.field for key in KEYS.values()} >= LOCAL


def test_a_demoted_machine_stays_at_nudge_until_it_is_rearmed() -> None:
    desk = Desk()
    desk.book.demote("the belt stopped")
    assert desk.book.rules.mode is Mode.NUDGE
    assert desk.change("assist") >= 2
    assert desk.book.rules.mode is Mode.NUDGE
    again = Desk(saved=desk.saved[-1])
    assert again.book.demoted == "the belt stopped"
    assert again.book.current().mode == "nudge"
    assert again.book.rearm("Kim")
    assert again.book.current().mode == "assist"
    assert not again.book.rearm("Kim")
    assert [dict(told.data)["by"] for told in again.told] == ["Kim"]


def test_settings_in_words_are_changed_like_numbers() -> None:
    desk = Desk()
    desk.change(limit_when="always", peak="Sat 10:00-12:00", items_off="mod.swim", limit_ms=0)
    current = desk.book.current()
    assert (current.values["limit_when"], current.values["peak"]) == ("always", "Sat 10:00-12:00")
    assert desk.book.rules.items_off == {"mod.swim"}
    assert desk.book.rules.limit_ms == 0
    assert dict(desk.told[0].data)["peak"] == "Sat 10:00-12:00"
    assert Desk(saved=desk.saved[-1]).book.rules == desk.book.rules


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("limit_when", "never", "none of its values"),
        ("peak", "Mon 22:00-02:00", "midnight"),
        ("peak", "Mon 06:00-09:00, Mon 08:00-10:00", "overlaps"),
        ("items_off", "mod.nothing", "no such item"),
        ("limit_ms", 60_000, "0 or 600000"),
        ("limit_ms", "long", "no number"),
        ("limit_action", "stop", "unknown"),
        ("proved_stop", 1, "unknown"),
    ],
)
def test_words_that_make_no_sense_are_refused(name: str, value: int | str, word: str) -> None:
    desk = Desk()
    with pytest.raises(Refusal, match=word):
        desk.book.change(SettingsWanted(values={name: value}), "ops")
    assert desk.submitted == []
