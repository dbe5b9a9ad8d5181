"""Time limits, told as stories: what the member sees and when, and what staff can do about it."""

import pytest

from daemon.policy import permits, step
from daemon.policy.events import (
    Extended,
    FloorTold,
    Happened,
    HourTold,
    Lifted,
    Outcome,
    Result,
    RulesSet,
    SetWorkoutTime,
    StopOnce,
    Tick,
)
from daemon.policy.hours import in_peak, mistakes, windows
from daemon.policy.limits import others
from daemon.policy.rules import Action, Mode, Rules, When
from daemon.policy.state import Kind
from drivers.contract import Key, Notice
from tests.policy.plays import SHORT, Play, act_out, late, timed


def told(play: Play, kind: str = "limit") -> list[str]:
    """Return the steps that were told."""
    every = [dict(e.data) for one in play.steps for e in one.effects if isinstance(e, Happened) and e.kind == kind]
    return [f"{d['step']} {d['minutes']}" if d.get("step") == "warned" else str(d.get("step")) for d in every]


def results(play: Play, what: str) -> list[str]:
    """Return what became of each command."""
    every = [dict(e.data) for one in play.steps for e in one.effects if isinstance(e, Happened) and e.kind == "command"]
    return [str(data["result"]) for data in every if data["what"] == what]


def shown(play: Play) -> list[Kind]:
    """Return the kinds of prompts in their order."""
    order: list[tuple[int, Kind]] = []
    for one in play.steps:
        if (prompt := one.after.prompt) is not None and (not order or order[-1][0] != prompt.id):
            order.append((prompt.id, prompt.kind))
    return [kind for _, kind in order]


def long(**more: object) -> Play:
    """Return a walk on a hill, under a limit of ten minutes that always counts."""
    rules = timed(Action.ANNOUNCE, limit_ms=600_000, **more)
    return Play(rules, speed=500, incline=20, target=20, screens=False)


def test_the_ladder_from_ten_minutes_to_the_notice_for_staff() -> None:
    play = act_out(long(), [], 760)
    assert told(play) == ["announced", "warned 10", "warned 5", "warned 1", "reached", "over"]
    assert [kind for kind in shown(play) if kind is not Kind.SUGGESTION] == [Kind.TIME] * 3 + [Kind.LIMIT, Kind.OVER]


def test_who_stops_within_the_grace_is_not_told_of() -> None:
    play = act_out(long(), [(650, "stop")], 800)
    assert told(play)[-1] == "reached"


def test_a_limit_counts_only_while_somebody_waits() -> None:
    play = long(limit_when=When.WAITING)
    act_out(play, [(20, "waiting"), (40, "peak")], 60)
    assert told(play) == ["waiting", "announced", "warned 10"]


@pytest.mark.parametrize(
    "acts", [["peak"], ["waiting"], ["waiting", "no clock"], ["waiting", "no peak"], ["peak", "old word"]]
)
def test_in_doubt_no_limit_counts(acts: list[str]) -> None:
    play = act_out(long(limit_when=When.WAITING), [(20 + n, name) for n, name in enumerate(acts)], 60)
    assert "announced" not in told(play)


def test_a_limit_that_begins_late_leaves_ten_minutes() -> None:
    play = act_out(long(limit_when=When.WAITING), [(700, "waiting"), (700, "peak"), (1000, "waiting")], 1_320)
    at = [
        one.at for one in play.steps for e in one.effects if isinstance(e, Happened) and ("step", "reached") in e.data
    ]
    assert at
    assert at[0] - 700_000 >= 600_000


def test_a_queue_that_goes_takes_the_limit_off() -> None:
    play = act_out(long(limit_when=When.WAITING), [(20, "peak"), (20, "waiting"), (60, "nobody waits")], 400)
    assert told(play)[-1] == "taken_off"
    assert shown(play)[-1] is Kind.LIMIT_OFF


def test_an_extension_says_only_what_is_still_to_come() -> None:
    play = act_out(long(), [(560, "extended")], 960)
    assert told(play) == [
        "announced",
        "warned 10",
        "warned 5",
        "warned 1",
        "extended",
        "warned 5",
        "warned 1",
        "reached",
    ]


def test_an_extension_ends_the_grace() -> None:
    play = act_out(long(), [(640, "extended")], 700)
    assert play.state.session is not None
    assert play.state.session.grace_since is None
    assert shown(play)[-1] in (Kind.EXTENDED, Kind.TIME)


def test_a_lifted_limit_stays_off() -> None:
    play = act_out(long(), [(560, "lifted")], 900)
    assert told(play)[-1] == "lifted"


@pytest.mark.parametrize("event", [Extended(1, "gone", 300_000), Lifted(1, "gone"), Extended(1, "run-1", 7)])
def test_a_session_that_is_gone_or_a_number_that_is_none_changes_nothing(event: Extended | Lifted) -> None:
    play = act_out(long(), [], 120)
    state, effects = step(play.state, event)
    assert effects == ()
    assert state.session == play.state.session


def test_a_lying_floor_is_not_believed() -> None:
    play = act_out(long(limit_when=When.WAITING), [], 30)
    state, _ = step(play.state, FloorTold(play.at, -1, (("treadmill", 0),)))
    assert not others(state, play.at)
    state, _ = step(play.state, FloorTold(play.at, 0, (("treadmill", 0),)))
    assert others(state, play.at)
    assert not others(state, play.at + 61_000)


def test_observe_says_nothing() -> None:
    rules = Rules(mode=Mode.OBSERVE, limit_when=When.ALWAYS, limit_ms=600_000)
    assert told(act_out(Play(rules, screens=False), [], 700)) == []


def test_a_long_stay_gets_one_gentle_note() -> None:
    rules = Rules(mode=Mode.NUDGE, long_stay_ms=300_000, **SHORT)
    play = act_out(Play(rules, incline=20, target=20, screens=False), [], 700)
    assert shown(play).count(Kind.LONG_STAY) == 1


def test_a_stop_comes_once_after_its_countdown() -> None:
    play = act_out(late(timed(Action.STOP)), [], 260)
    assert results(play, "stop") == ["offered", "done"]
    assert sum(isinstance(e, StopOnce) for one in play.steps for e in one.effects) == 1
    assert play.speed == 0


@pytest.mark.parametrize(
    "act",
    [
        "cancel", "raise", "decline", "help", "trainer", "lend", "extended", "lifted", "key notice", "stop notice",
        "a little faster", "faster", "stop", "screen gone", "wrong digit", "silent", "asleep 8 s", "safety",
        "control lost", "link lost", "incline key up",
    ],
)  # fmt: skip
def test_anything_cancels_a_stop_for_the_session(act: str) -> None:
    play = act_out(late(timed(Action.STOP)), [(185, act)], 420)
    assert results(play, "stop")[:1] == ["offered"]
    assert len(results(play, "stop")) == 2
    assert not any(isinstance(e, StopOnce) for one in play.steps for e in one.effects)


@pytest.mark.parametrize("rules", [timed(Action.STOP, proved_stop=False), timed(Action.ANNOUNCE)])
def test_a_stop_that_is_not_proven_is_announced_only(rules: Rules) -> None:
    play = act_out(late(rules), [], 260)
    assert told(play)[-1] == "over"
    assert results(play, "stop") == []


def test_a_belt_that_slows_before_the_answer_comes_is_no_key_of_the_members() -> None:
    play = late(timed(Action.STOP))
    play.outcome = None
    act_out(play, [(205, "answers late")], 206)
    assert any(isinstance(e, StopOnce) for one in play.steps for e in one.effects)
    act_out(play, [(0, "walks"), (1, "stands"), (2, "answers late")], 5)
    assert results(play, "stop") == ["offered", "done"]


def test_a_key_before_the_stop_has_left_takes_its_permit_away() -> None:
    play = late(timed(Action.STOP))
    play.outcome = None
    act_out(play, [(205, "answers late")], 206)
    effect = play.owed[-1]
    assert permits(play.state, effect, play.at)
    play.tell(Notice(play.at, Key.SPEED, 900))
    assert not permits(play.state, effect, play.at)
    play.tell(Outcome(play.at, effect, Result.WITHDRAWN))
    assert results(play, "stop") == ["offered", "withdrawn"]


def test_a_runner_is_not_stopped() -> None:
    play = late(timed(Action.STOP))
    play.speed = 900
    assert results(act_out(play, [], 300), "stop") == []


def test_the_consoles_time_is_set_on_an_idle_belt_once() -> None:
    play = act_out(_idle(), [], 200)
    sent = [e.seconds for one in play.steps for e in one.effects if isinstance(e, SetWorkoutTime)]
    assert sent == [1_800 + 120]
    assert results(play, "workout_time") == ["done"]


def test_it_is_set_again_for_the_next_member() -> None:
    play = act_out(_idle(), [(100, "walks"), (140, "stands")], 420)
    assert sum(isinstance(e, SetWorkoutTime) for one in play.steps for e in one.effects) == 2


def test_a_console_that_refuses_is_not_asked_again() -> None:
    play = _idle()
    play.outcome = Result.REFUSED
    act_out(play, [], 400)
    assert results(play, "workout_time") == ["refused"]


def test_a_key_at_the_console_ends_it() -> None:
    play = _idle()
    play.outcome = None
    act_out(play, [(37, "key notice")], 45)
    assert results(play, "workout_time") == ["withdrawn"]


def _idle() -> Play:
    everything = late(timed(Action.MACHINE)).abilities
    return Play(timed(Action.MACHINE), speed=0, abilities=everything, screens=False)


def test_new_rules_wait_for_an_idle_belt() -> None:
    play = act_out(long(), [], 60)
    play.tell(RulesSet(play.at, Rules(mode=Mode.NUDGE, limit_ms=0)))
    play.second()
    assert play.state.rules.limit_ms == 600_000


def test_peak_windows_are_read() -> None:
    week = windows("Mon-Fri 06:00-09:00, Sat-Sun 10:00-24:00, Wed 09:00-09:30")
    assert in_peak(week, 0, 360)
    assert not in_peak(week, 0, 540)
    assert in_peak(week, 2, 569)
    assert in_peak(week, 6, 1439)
    assert windows("") == ()
    assert in_peak(windows("Sat-Mon 01:00-02:00"), 0, 60)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Mon 22:00-02:00", "midnight"), ("Mon 06:00-09:00, Mon-Tue 08:00-10:00", "overlaps"),
        ("Mo 06:00-09:00", "no window"),
        ("Mon 06:00-06:00", "empty"), ("Mon 25:00-26:00", "no time"), ("Foo 06:00-09:00", "none of"),
        ("x" * 2_000, "characters"),
    ],
)  # fmt: skip
def test_windows_that_make_no_sense_are_refused(text: str, word: str) -> None:
    assert any(word in wrong for wrong in mistakes(text))
    with pytest.raises(ValueError, match="peak"):
        Rules(peak=text)


def test_a_limit_shorter_than_its_warnings_is_refused() -> None:
    with pytest.raises(ValueError, match="limit_ms"):
        Rules(limit_ms=60_000)


def test_the_hour_alone_moves_nothing() -> None:
    play = act_out(long(limit_when=When.WAITING), [], 60)
    for peak in (True, False, None):
        _, effects = step(play.state, HourTold(play.at, peak))
        assert effects == ()
    assert step(play.state, Tick(play.at))[1] == ()
