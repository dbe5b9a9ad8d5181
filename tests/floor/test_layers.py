"""Settings of site, zone and machine: who decides, what is taken back, what is refused; pure, by properties."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.floor.foresight import Known, Wish, foreseen, layers_of, mistakes, refusal
from daemon.floor.layers import (
    DEFAULTS,
    MODES,
    NOTHING,
    SCOPES,
    Document,
    Layer,
    Scope,
    document,
    resolved,
    stands,
    widest_of,
)
from daemon.messages import Settings
from daemon.overlay import LOCAL, NUMBERS, read_saved, reasons
from daemon.policy.rules import Mode, Rules

NAMES = sorted(NUMBERS.keys() - LOCAL)
VALUES = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 5000), max_size=6)
LAYERS = st.builds(Layer, st.none() | st.sampled_from(MODES), VALUES)
STACKS = st.dictionaries(st.sampled_from(SCOPES), LAYERS)
GOOD = st.fixed_dictionaries(
    {}, optional={n: st.integers(a["least"], a["most"]) for n, a in NUMBERS.items() if n in NAMES}
)


def told(mode: Any = "nudge", source: Any = "file", *, pending: bool = False, **values: int | str) -> Settings:
    return Settings(rev=1, mode=mode, values={**DEFAULTS, **values}, sources={"mode": source}, pending=pending)


@given(STACKS)
def test_the_narrowest_layer_that_names_a_setting_decides_it(stack: dict[Scope, Layer]) -> None:
    found = resolved(stack)
    for name in NAMES:
        named = [scope for scope in SCOPES if name in stack.get(scope, Layer()).values]
        assert found.sources.get(name) == (named[-1] if named else None)
        assert found.values.get(name) == (stack[named[-1]].values[name] if named else None)
    modes = [stack[scope].mode for scope in SCOPES if scope in stack and stack[scope].mode]
    assert found.mode == (modes[-1] if modes else None)


@given(STACKS)
def test_what_is_local_is_never_told(stack: dict[Scope, Layer]) -> None:
    forged = {
        scope: Layer(layer.mode, {**layer.values, **dict.fromkeys(LOCAL, 20_000)}) for scope, layer in stack.items()
    }
    assert not LOCAL & resolved(forged).values.keys()
    assert resolved(forged).values == resolved(stack).values


@given(STACKS, STACKS, st.none() | st.sampled_from(MODES))
def test_a_document_does_not_depend_on_how_it_came(one: Any, other: Any, widest: Any) -> None:
    """After any change the layers alone decide, but for what must be taken back; and a second look changes nothing."""
    first = document(one, NOTHING, widest)
    then = document(other, first, widest)
    assert document(other, then, widest).same(then)
    for name, value in then.values.items():
        assert value == resolved(other).values.get(name, DEFAULTS[name])
    assert first.values.keys() | resolved(other).values.keys() == then.values.keys()


@given(STACKS, st.sampled_from(MODES))
def test_no_mode_goes_beyond_the_machines_own_file(stack: Any, widest: Any) -> None:
    mode = document(stack, NOTHING, widest).mode
    assert mode is None or MODES.index(mode) <= MODES.index(widest)


def test_a_mode_that_no_layer_wants_any_more_is_the_files_again() -> None:
    narrowed = document({"zone": Layer("observe")}, NOTHING, "assist")
    assert narrowed.mode == "observe"
    assert document({}, narrowed, "assist").mode == "assist"
    assert document({}, narrowed, None).mode == "observe"  # nobody knows how far it may go: it stays


@given(st.dictionaries(st.sampled_from(SCOPES), st.builds(Layer, st.none(), GOOD)), st.sampled_from(list(Mode)))
def test_what_is_foreseen_is_what_the_machine_says(stack: Any, mode: Mode) -> None:
    """The floor refuses exactly what the machine itself would."""
    file = Rules(mode=mode)
    one = Known("t07", "hall", told=told(mode.name.lower()))
    wish = Wish("machine", "t07", dict(resolved(stack).values))
    seen = list(foreseen(wish, {}, [one]))
    would = reasons(document(layers_of({("machine", "t07"): wish.put(Layer())}, one)).wanted(), file, read_saved(None))
    assert [why for each in seen for why in each.refused] == would


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("countdown_ms", 20_000, "is set at the machine only"),
        ("limit_action", "stop", "is set at the machine only"),
        ("driver", "csafe:x", "a person must stand there"),
        ("proved_stop", 1, "is set at the machine only"),
        ("min_incline", 16, "out of bounds"),
        ("min_incline", "1", "no number"),
        ("incline", 1, "is unknown"),
        ("peak", "always", "may be windows"),
    ],
)
def test_what_the_floor_refuses(name: str, value: int | str, words: str) -> None:
    assert words in (refusal(name, value) or "")


def test_a_wish_for_nobody_is_refused() -> None:
    one = Known("t07", "hall")
    for scope, name in (("machine", "t08"), ("zone", "halll"), ("site", "gym")):
        assert mistakes(Wish(scope, name, {"min_incline": 5}), {}, [one])  # type: ignore[arg-type]  # from a table
    assert not mistakes(Wish("zone", "hall", {"min_incline": 5}), {}, [one])
    assert not mistakes(Wish("zone", "gone", {"min_incline": None}), {("zone", "gone"): Layer()}, [one])


def test_a_preview_names_what_changes_where() -> None:
    known = [Known("t07", "hall", told=told()), Known("t08", "wall", told=told(min_incline=5)), Known("t09", "hall")]
    seen = {
        one.machine: one for one in foreseen(Wish("site", "", {"min_incline": 5}, "observe", turn_mode=True), {}, known)
    }
    assert {name: [(c.name, c.before, c.after) for c in one.changes] for name, one in seen.items()} == {
        "t07": [("min_incline", 10, 5), ("mode", "nudge", "observe")],
        "t08": [("mode", "nudge", "observe")],
        "t09": [("min_incline", "?", 5), ("mode", "?", "observe")],
    }
    narrow = Wish("zone", "hall", {"speed_most": 600, "speed_least": 600})
    assert {one.machine for one in foreseen(narrow, {}, known) if one.refused} == {"t07", "t09"}


def test_how_far_a_file_goes_is_learnt_from_what_a_machine_says() -> None:
    assert widest_of(told("assist"), None, None) == "assist"
    assert widest_of(told("observe", "machine"), "observe", "assist") == "assist"
    assert widest_of(told("nudge", "machine"), "nudge", "nudge") is None  # the file was widened at the machine


def test_what_became_of_a_document() -> None:
    wanted = Document("nudge", {"min_incline": 5})
    assert stands(NOTHING, told(), None) == "none"
    assert stands(wanted, None, None) == "waiting"
    assert stands(wanted, told(), None) == "waiting"
    assert stands(wanted, told(), "mode: no") == "refused"
    assert stands(wanted, told(min_incline=5), None) == "in force"
    assert stands(wanted, told("observe", "machine", min_incline=5), None) == "in force"  # it narrowed itself
    assert stands(wanted, told("assist", min_incline=5), None) == "waiting"
    assert stands(wanted, told(min_incline=5, pending=True), None) == "pending"
    assert stands(replace(wanted, mode=None), told("assist", min_incline=5), None) == "in force"
