"""The second run: with nothing changed it is the first one; with something changed only that differs."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.policy.events import Happened, RulesSet, Spent
from daemon.policy.rules import Action, Mode, Rules, When
from daemon.replay.changes import Changes
from daemon.replay.compare import Comparison, of_trace
from daemon.replay.run import Run, Screen, Second
from daemon.trace.file import Trace
from tests.policy.plays import Play, act_out, late, limited, plays, timed
from tests.replay.traces import evening, trace_of


def replayed(trace: Trace, screen: Screen = Screen.RECORDED, **values: Any) -> Comparison:
    return of_trace(trace, Changes(values), screen)


def labels(comparison: Comparison, column: int) -> list[tuple[int, str]]:
    """Return what a run did, with the second at which it did."""
    marks = comparison.marks(comparison.columns[column])
    return [(mark.at // 1000, mark.label) for mark in marks if mark.kind not in ("link", "session")]


@settings(max_examples=15)
@given(play=st.one_of(plays(), limited()))
def test_a_trace_does_again_what_it_did(play: Play) -> None:
    comparison = replayed(trace_of(play))
    assert comparison.difference is None
    assert comparison.columns[0].story.spent == joined([e for one in play.steps for e in one.effects])


def joined(effects: list[Any]) -> list[Spent]:
    story = Run(trace_of(Play(Rules())).state).story
    for effect in effects:
        if isinstance(effect, Spent):
            story._spend(effect)
    return story.spent


@settings(max_examples=15)
@given(play=st.one_of(plays(), limited()))
def test_with_nothing_changed_the_second_run_is_the_first(play: Play) -> None:
    """Every answer finds its question again, or this could not hold."""
    trace = trace_of(play)
    first, second = Run(trace.state), Second(trace.state, Changes({}), Screen.RECORDED)
    for one in trace.steps:
        before = first.state
        second.follow(one.event, before, first.tell(one.event))
        assert second.state == first.state
    assert second.story == first.story
    assert second.parted is None


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from(Mode),
        "min_incline": st.integers(0, 15),
        "nudge_after_ms": st.integers(60_000, 240_000),
        "limit_ms": st.sampled_from([0, 600_000, 900_000]),
        "limit_when": st.sampled_from(When),
        "decline_hold_ms": st.integers(300_000, 400_000),
    },
)


@settings(max_examples=30)
@given(play=st.one_of(plays(), limited()), values=CHANGES, screen=st.sampled_from(Screen))
def test_any_change_can_be_tried(play: Play, values: dict[str, Any], screen: Screen) -> None:
    """And the belt itself is the same: what the runs count is the same time, whatever they make of it."""
    comparison = replayed(trace_of(play), screen, **values)
    assert comparison.difference is None
    if len(comparison.columns) == 2:
        was, would = (sum(one.end - one.start for one in c.story.spent if one.belt) for c in comparison.columns)
        assert abs(was - would) <= 10_000 or comparison.parted is not None
        sent = [
            mark.at
            for mark in comparison.columns[1].story.marks
            if mark.label == "raises sent" and (comparison.parted is None or mark.at < comparison.parted)
        ]
        recorded = [mark.at for mark in comparison.columns[0].story.marks if mark.label == "raises sent"]
        assert set(sent) <= set(recorded)


def test_a_shorter_wait_asks_sooner() -> None:
    comparison = replayed(evening(Mode.NUDGE, []), nudge_after_ms=60_000)
    assert labels(comparison, 0)[0] == (122, "nudge: offered")
    assert labels(comparison, 1)[0] == (62, "nudge: offered")
    assert comparison.parted is None


def test_a_touch_finds_its_question_where_that_is_on_the_screen() -> None:
    trace = evening(Mode.NUDGE, [(130, "decline")])
    assert (130, "nudge: ended, declined") in labels(replayed(trace, nudge_shown_ms=30_000), 1)
    early = labels(replayed(trace, nudge_after_ms=60_000), 1)
    assert "nudge: ended, declined" not in [label for _, label in early]
    assert early[1] == (122, "nudge: ended, expired")


def test_a_raise_that_never_was_parts_the_belts_and_no_raise_is_judged_after_it() -> None:
    comparison = replayed(evening(Mode.NUDGE, [], 900), mode=Mode.ENFORCE)
    countdown = 122 + 20
    assert comparison.parted is not None
    assert countdown <= comparison.parted // 1000 <= countdown + 1
    judged = labels(comparison, 1)
    assert [at for at, label in judged if label == "raises sent"] == [comparison.parted // 1000]
    late = [label for at, label in judged if at > comparison.parted // 1000]
    assert late
    assert all(label.startswith("nudge") for label in late)


def test_a_raise_that_would_not_have_been_parts_them_too() -> None:
    trace = evening(Mode.ENFORCE, [])
    comparison = replayed(trace, mode=Mode.NUDGE)
    sent = [mark.at for mark in comparison.columns[0].story.marks if mark.label == "raises sent"]
    assert comparison.parted == sent[0]
    assert (sent[-1] // 1000, "raises sent") in labels(comparison, 0)  # it happened: it stays


def test_a_raise_of_both_at_the_same_moment_parts_nothing() -> None:
    comparison = replayed(evening(Mode.ENFORCE, []), decline_hold_ms=700_000)
    assert comparison.parted is None
    assert labels(comparison, 0) == labels(comparison, 1)
    assert [label for _, label in labels(comparison, 1)].count("raises sent") == 2


@pytest.mark.parametrize(
    ("screen", "outcome"),
    [
        (Screen.IGNORE, (182, "nudge: ended, expired")),
        (Screen.DECLINE, (127, "nudge: ended, declined")),
        (Screen.ACCEPT, (127, "nudge: ended, accepted key")),
        (Screen.NONE, (182, "nudge: ended, undelivered")),
    ],
)
def test_who_is_at_the_screen(screen: Screen, outcome: tuple[int, str]) -> None:
    comparison = replayed(evening(Mode.NUDGE, [(125, "decline")], 250), screen)
    assert labels(comparison, 1)[:2] == [(122, "nudge: offered"), outcome]
    assert labels(comparison, 0)[1] == (125, "nudge: ended, declined")


def test_a_scripted_no_cancels_a_countdown() -> None:
    comparison = replayed(evening(Mode.NUDGE, []), Screen.DECLINE, mode=Mode.ENFORCE)
    assert comparison.parted is None
    assert (127, "command: raise, cancelled") in labels(comparison, 1)


def test_without_a_screen_nothing_is_raised() -> None:
    comparison = replayed(evening(Mode.ENFORCE, []), Screen.NONE)
    assert "raises sent" not in [label for _, label in labels(comparison, 1)]


def test_a_lower_minimum_makes_less_of_the_belt_flat() -> None:
    trace = evening(Mode.NUDGE, [(20, "incline key up")], 100)
    comparison = replayed(trace, min_incline=5)
    was, would = (sum(end - start for start, end in column.story.flat()) for column in comparison.columns)
    assert (was // 1000, would // 1000) == (99, 20)


def test_a_session_that_is_under_way_takes_the_new_minimum() -> None:
    whole = evening(Mode.NUDGE, [(20, "incline key up")], 100)
    run = Run(whole.state)
    for one in whole.steps[:200]:
        run.tell(one.event)
    rest = Trace("", "", run.state, whole.steps[200:])
    assert run.state.session is not None
    would = replayed(rest, min_incline=5).columns[1].story
    assert would.flat() == []


def test_settings_that_came_meanwhile_are_changed_too() -> None:
    trace = evening(Mode.NUDGE, [])
    calm = trace.steps[0].event.at
    new = Rules(mode=Mode.NUDGE, min_incline=5)
    state, told = Second(trace.state, Changes({"min_incline": 12}), Screen.RECORDED), RulesSet(calm, new)
    state.follow(told, trace.state)
    assert (state.state.rules_next or state.state.rules).min_incline == 12


def test_a_limit_that_is_under_way_moves_with_its_setting() -> None:
    play = act_out(late(timed(Action.ANNOUNCE)), [], 60)
    comparison = replayed(trace_of(play), limit_ms=play.rules.limit_ms + 600_000)
    assert "limit: reached" in [label for _, label in labels(comparison, 0)]
    assert "limit: reached" not in [label for _, label in labels(comparison, 1)]
    off = replayed(trace_of(play), limit_ms=0)
    assert not [label for _, label in labels(off, 1) if label.startswith("limit")]


def test_another_version_of_the_policy_is_found_at_the_line_where_it_parts() -> None:
    trace = evening(Mode.NUDGE, [])
    at = next(
        n for n, one in enumerate(trace.steps) if any(isinstance(e, Happened) for e in one.effects[-1:]) and n > 9
    )
    steps = [*trace.steps[:at], replace(trace.steps[at], effects=(), line=77), *trace.steps[at + 1 :]]
    found = replayed(replace(trace, steps=tuple(steps))).difference
    assert found is not None
    assert (found.line, found.event, found.recorded) == (77, trace.steps[at].event, ())
    assert found.now == trace.steps[at].effects
