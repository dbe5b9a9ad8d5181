"""A trace holds exactly what happened: every event and effect there is, every state, torn files, wrong ones."""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.policy.events import Effect, Event, MachineEffect
from daemon.policy.rules import Mode, Rules
from daemon.policy.state import State
from daemon.trace.codec import EFFECTS, EVENTS, dumped, line, loaded, read
from daemon.trace.file import Trace, TraceError, begins_with, lines_of, parse, written
from drivers.contract import InclineRange, Machine, Notice, Reading
from tests.policy.plays import Play, limited, plays
from tests.replay.traces import evening, trace_of

RULE_SETS = st.builds(
    Rules,
    mode=st.sampled_from(Mode),
    min_incline=st.integers(0, 15),
    peak=st.sampled_from(["Mon-Fri 06:00-09:00", "Sat 22:00-24:00"]),
    items_off=st.frozensets(st.sampled_from(["mod.swim", "mod.stair"])),
)
RANGES = st.builds(InclineRange, st.integers(-300, 0), st.integers(1, 400), st.integers(1, 50))
st.register_type_strategy(Rules, RULE_SETS)
st.register_type_strategy(InclineRange, RANGES)


@pytest.mark.parametrize("kind", [*EVENTS.values(), *EFFECTS.values()], ids=lambda kind: kind.__name__)
def test_every_event_and_effect_is_read_as_it_was_written(kind: type) -> None:
    @settings(max_examples=40)
    @given(value=st.from_type(kind))
    def holds(value: Any) -> None:
        text = line(value)
        assert "\n" not in text
        again = read(text)
        assert again == ((value, None) if kind in EVENTS.values() else (None, value))

    holds()


def test_nothing_that_the_core_hears_or_wants_is_left_out() -> None:
    heard = {kind.__name__ for kind in get_args(Event.__value__)}
    wanted = {kind.__name__ for kind in get_args(Effect.__value__) if isinstance(kind, type)}
    assert set(EVENTS) == heard >= {"Tick", "Restored", Machine.__name__, Reading.__name__, Notice.__name__}
    assert set(EFFECTS) == wanted | {kind.__name__ for kind in get_args(MachineEffect.__value__)}


@settings(max_examples=10)
@given(play=st.one_of(plays(), limited()))
def test_every_state_of_an_evening_is_read_as_it_was_written(play: Play) -> None:
    for one in play.steps[::40]:
        assert loaded(State, json.loads(dumped(one.after))) == one.after


@settings(max_examples=10)
@given(play=st.one_of(plays(), limited()))
def test_a_trace_is_read_as_it_was_written(play: Play) -> None:
    trace = replace(trace_of(play), when=datetime(2026, 6, 1, 18, 30, tzinfo=UTC))
    again = parse(lines_of("".join(written(trace))))
    same = [(step.event, step.effects) for step in again.steps] == [(step.event, step.effects) for step in trace.steps]
    assert same  # and not all of both in words
    assert replace(again, steps=()) == replace(trace, steps=())


SMALL = "".join(written(evening(Mode.NUDGE, [], 15)))


@given(cut=st.integers(1, len(SMALL)))
def test_a_file_cut_off_anywhere_after_its_first_line_is_the_beginning_of_itself(cut: int) -> None:
    whole = parse(lines_of(SMALL))
    begun = SMALL[: max(cut, SMALL.index("\n") + 1)]
    cut_off = parse(lines_of(begun))
    kept = len(cut_off.steps)
    complete = cut_off.steps[: kept - 1]
    assert complete == whole.steps[: len(complete)]
    assert [step.event for step in cut_off.steps] == [step.event for step in whole.steps[:kept]]
    if cut_off.torn:
        assert not begun.endswith("\n")
        assert cut_off.steps == whole.steps[:kept]


BAD = {
    "{": "Expecting",
    "[]": "neither",
    '{"in": "Tick"}': "neither",
    '{"in": "Tick", "out": "Spent", "is": {}}': "neither",
    '{"in": "Sing", "is": {}}': "knows no 'Sing'",
    '{"out": "Tick", "is": {"at": 1}}': "knows no 'Tick'",
    '{"in": "Tick", "is": {"at": "now"}}': "Tick at",
    '{"in": "Tick", "is": {}}': "Tick at",
    '{"in": "Tick", "is": {"at": 1, "member": "Kim"}}': "Tick has no member",
    "[" * 100_000: "recursion",
}


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad[:30])
def test_a_corrupt_line_is_named_by_its_number(bad: str) -> None:
    lines = lines_of(SMALL)
    lines[3] = bad + "\n"
    with pytest.raises(TraceError, match=r"^line 4 of the trace cannot be read") as told:
        parse(lines)
    assert BAD[bad] in str(told.value)
    assert len(str(told.value)) < 400


def test_a_corrupt_last_line_that_was_written_whole_is_not_torn() -> None:
    with pytest.raises(TraceError, match="line 3 of the trace"):
        parse([*lines_of(SMALL)[:2], "{\n"])


def test_an_effect_before_any_event_is_refused() -> None:
    header = lines_of(SMALL)[0]
    with pytest.raises(TraceError, match=r"line 2 .*before the first event"):
        parse([header, '{"out":"TakeLink","is":{}}\n'])


def test_another_version_of_the_format_says_so() -> None:
    with pytest.raises(TraceError, match="format 2; this version of inclined reads format 1"):
        parse([SMALL.splitlines()[0].replace('"inclined_trace":1', '"inclined_trace":2') + "\n"])


@pytest.mark.parametrize("lines", [[], ["{}\n"], ["x\n"], ['{"inclined_trace":1,"state":{}}\n']])
def test_what_is_no_trace_is_refused(lines: list[str]) -> None:
    with pytest.raises(TraceError):
        parse(lines)


def test_a_state_of_a_later_version_is_refused_by_its_field() -> None:
    header = SMALL.splitlines()[0].replace('"trainer":false', '"trainer":false,"mood":1')
    with pytest.raises(TraceError, match="State has no mood"):
        parse([header + "\n"])


def test_a_trace_is_told_from_a_recording() -> None:
    assert begins_with(SMALL.splitlines()[0], "inclined_trace")
    assert not begins_with('{"inclined": 1, "spec": ""}', "inclined_trace")
    assert not begins_with("[1]", "inclined_trace")
    assert not begins_with("no", "inclined_trace")


PERSONAL = frozenset(
    {"name", "member", "user", "person", "people", "card_id", "tag", "heart", "heart_rate", "pulse", "weight", "height"}
    | {"age", "born", "birthday", "sex", "gender", "mail", "email", "phone", "address", "pain", "energy", "calories"}
)


def names(kind: object, seen: set[object]) -> set[str]:
    """Return the names of all fields below a type."""
    if kind in seen:
        return set()
    seen.add(kind)
    found: set[str] = set()
    if isinstance(kind, type) and is_dataclass(kind):
        found |= {field.name for field in fields(kind)}
        for below in get_type_hints(kind).values():
            found |= names(below, seen)
    for part in get_args(getattr(kind, "__value__", kind)):
        found |= names(part, seen)
    return found


def test_no_field_of_a_trace_is_about_a_person() -> None:
    seen: set[object] = set()
    found = names(State, seen) | names(Event, seen) | names(Effect, seen) | {field.name for field in fields(Trace)}
    assert {"asked_by_member", "speed", "screen", "reason"} <= found
    assert found & PERSONAL == set()


def test_a_field_about_a_person_would_be_seen() -> None:
    from tests.replay.persons import Known

    assert "heart_rate" in names(Known, set())
