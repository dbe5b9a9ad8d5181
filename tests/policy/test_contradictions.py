"""Settings that undo one another are refused wherever they come from."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.messages import SettingsWanted
from daemon.overlay import NUMBERS
from daemon.policy.contradictions import contradictions
from daemon.policy.rules import Action, Mode, Rules, When
from daemon.rulebook import Refusal
from daemon.settings import SettingsError, parse
from tests.settings.test_rulebook import Desk

MACHINE = Rules(mode=Mode.NUDGE, limit_action=Action.MACHINE, limit_when=When.ALWAYS, proved_time=True)


def test_the_defaults_agree_in_every_mode() -> None:
    assert [contradictions(Rules(mode=mode)) for mode in Mode] == [[]] * 4
    assert contradictions(MACHINE) == []


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (replace(MACHINE, limit_when=When.WAITING), "limit_when"),
        (Rules(speed_least=600, speed_most=699), "speed_most"),
        (
            Rules(mode=Mode.NUDGE, limit_when=When.ALWAYS, limit_ms=600_000, warm_up_ms=480_000),
            "nudge_after_ms",
        ),
    ],
)
def test_each_names_the_setting_to_look_at(rules: Rules, field: str) -> None:
    assert [name for name, _ in contradictions(rules)] == [field]


@pytest.mark.parametrize(
    "rules",
    [
        Rules(speed_least=600, speed_most=700),
        Rules(mode=Mode.NUDGE, limit_when=When.ALWAYS, limit_ms=600_000, warm_up_ms=479_000),
        Rules(mode=Mode.OBSERVE, limit_when=When.ALWAYS, limit_ms=600_000, warm_up_ms=480_000),
        Rules(mode=Mode.NUDGE, limit_when=When.ALWAYS, limit_ms=0, warm_up_ms=900_000),
        Rules(mode=Mode.NUDGE, limit_when=When.WAITING, limit_ms=600_000, warm_up_ms=900_000),
    ],
)
def test_what_only_looks_odd_is_the_clubs_own_affair(rules: Rules) -> None:
    assert contradictions(rules) == []


def test_the_file_names_its_key() -> None:
    machine = {"site": "a", "machine": "b", "name": "c", "zone": "d", "driver": "simulated:", "mode": "nudge"}
    table = {"machine": {**machine, "units": "km/h"}, "policy": {"speed_least": 6, "speed_most": Decimal("6.5")}}
    with pytest.raises(SettingsError, match=r"f: \[policy\] speed_most: is less than 1 km/h above speed_least"):
        parse(table, "f")


def test_a_wish_that_contradicts_what_stands_is_refused_whole() -> None:
    desk = Desk(MACHINE)
    with pytest.raises(Refusal, match="limit_when: must be always"):
        desk.change(limit_when="waiting", warm_up_ms=0)
    assert desk.submitted == desk.saved == []


def test_what_was_saved_before_the_file_changed_gives_way() -> None:
    desk = Desk(MACHINE, {"rev": 5, "values": {"limit_when": "waiting", "warm_up_ms": 0}})
    assert desk.book.rules == MACHINE
    assert desk.book.current().rev == 5


wishes = st.dictionaries(
    st.sampled_from([*NUMBERS, "limit_when", "peak", "colour"]),
    st.integers(-1, 15_000_000) | st.sampled_from(["waiting", "always", "", "Mon 10:00-09:00"]),
    max_size=4,
)


@given(wishes, st.none() | st.sampled_from(["observe", "nudge", "assist", "enforce"]))
def test_a_preview_says_what_the_change_then_does(values: dict[str, int | str], mode: str | None) -> None:
    """Before and after: same refusals, same differences, and a preview alone changes nothing."""
    desk = Desk(Rules(mode=Mode.ASSIST))
    wanted = SettingsWanted.model_validate({"mode": mode, "values": values})
    before = desk.book.current()
    said = desk.book.preview(wanted)
    assert desk.book.current() == before
    assert desk.submitted == desk.saved == desk.told == []
    if said.refused:
        with pytest.raises(Refusal) as refusal:
            desk.book.change(wanted, "ops")
        assert (said.refused, said.changes) == (refusal.value.reasons, [])
        return
    after = desk.book.change(wanted, "ops")
    old, new = before.values | {"mode": before.mode}, after.values | {"mode": after.mode}
    assert {c.name: (c.before, c.after) for c in said.changes} == {
        name: (old[name], new[name]) for name in new if new[name] != old[name]
    }
