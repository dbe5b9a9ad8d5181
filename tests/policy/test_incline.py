"""Stories of one belt and one member, told with the small world."""

import pytest

from daemon.policy.events import (
    Answer,
    Confirmed,
    Happened,
    HelpAsked,
    LinkDown,
    Outcome,
    RaiseIncline,
    RequestControl,
    Result,
    ScreenGone,
)
from daemon.policy.rules import Mode
from daemon.policy.state import Kind, Stage
from drivers.contract import InclineRange, Key, Notice, Training
from tests.policy.world import World

DUE = 300_500
"""Ten seconds later than warm-up and flat time together nothing is missing any more."""


def flat_world(mode: Mode = Mode.ENFORCE, **more: object) -> World:
    world = World(mode=mode, **more)  # type: ignore[arg-type]  # the fields of World
    world.connect()
    world.pass_time(DUE)
    return world


def outcomes(world: World) -> list[object]:
    told = [dict(e.data) for _, e in world.of(Happened) if e.kind == "nudge"]
    return [data["outcome"] for data in told if data["step"] == "ended"]


def raises(world: World) -> list[object]:
    return [dict(e.data)["result"] for _, e in world.of(Happened) if e.kind == "command"]


def until(world: World, stage: Stage, limit: int = 60_000) -> None:
    for _ in world.run(limit):
        if world.state.raising is not None and world.state.raising.stage is stage:
            return
    raise AssertionError(f"never {stage}")


def test_enforce_raises_to_the_minimum_in_two_small_steps() -> None:
    world = flat_world()
    assert world.state.prompt is not None
    assert world.state.prompt.kind is Kind.COUNTDOWN
    world.pass_time(40_000)
    sent = [(at, e.target) for at, e in world.of(RaiseIncline)]
    assert [target for _, target in sent] == [5, 10]
    assert sent[1][0] - sent[0][0] >= 10_000
    assert len(world.of(RequestControl)) == 1
    assert world.incline == 10
    assert raises(world) == ["done"]
    assert outcomes(world) == ["raised"]


def test_the_countdown_takes_twenty_seconds_from_its_first_confirmation() -> None:
    world = flat_world()
    begun = next(at for at, e in world.of(Happened) if e.kind == "nudge")
    world.pass_time(30_000)
    assert world.of(RequestControl)[0][0] - begun >= 20_000


def test_after_one_sequence_it_only_asks() -> None:
    world = flat_world()
    world.pass_time(40_000)
    world.target = 0
    world.pass_time(900_000)
    assert len(world.of(RaiseIncline)) == 2
    assert raises(world) == ["done", "lowered_after"]


def test_nudge_mode_never_asks_for_control() -> None:
    world = flat_world(Mode.NUDGE)
    assert world.state.prompt is not None
    assert world.state.prompt.kind is Kind.NUDGE
    assert not world.state.prompt.can_raise
    world.answer(Answer.RAISE)
    world.pass_time(900_000)
    assert not world.of(RequestControl)
    assert outcomes(world)[0] == "accepted_key"


def test_observe_says_nothing() -> None:
    world = flat_world(Mode.OBSERVE)
    assert world.state.prompt is None


def test_assist_raises_three_seconds_after_the_press() -> None:
    world = flat_world(Mode.ASSIST)
    assert world.state.prompt is not None
    assert world.state.prompt.can_raise
    pressed = world.at
    world.answer(Answer.RAISE)
    world.pass_time(30_000)
    assert 3_000 <= world.of(RequestControl)[0][0] - pressed <= 4_000
    assert world.incline == 10


def test_a_decline_holds_and_two_leave_the_session_alone() -> None:
    world = flat_world(Mode.ASSIST)
    world.answer(Answer.DECLINE)
    first = world.at
    world.pass_time(599_000)
    assert world.state.prompt is None
    world.pass_time(2_000)
    assert world.at - first <= 602_000
    assert world.state.prompt is not None
    world.answer(Answer.DECLINE)
    world.pass_time(1_800_000)
    assert outcomes(world) == ["declined", "declined"]


def test_cancel_in_the_countdown_ends_it() -> None:
    world = flat_world()
    world.pass_time(10_000)
    world.answer(Answer.CANCEL)
    world.pass_time(60_000)
    assert not world.of(RequestControl)
    assert outcomes(world) == ["declined"]


@pytest.mark.parametrize("stage", list(Stage))
def test_the_members_key_wins_in_every_stage(stage: Stage) -> None:
    world = World()
    world.connect()
    held: list[int] = []
    world.pass_time(DUE - 2_000)
    tell = world._obey
    if stage in (Stage.ASKING, Stage.SENT):
        # the machine has not answered yet
        def silent(effect: object) -> None:
            if isinstance(effect, RaiseIncline if stage is Stage.SENT else RequestControl):
                held.append(1)
            else:
                tell(effect)  # type: ignore[arg-type]  # an Effect

        world._obey = silent  # type: ignore[method-assign]  # this machine keeps silent
    until(world, stage)
    sent = len(world.of(RaiseIncline))
    world.tell(Notice(world.at, Key.INCLINE, 30))
    world.pass_time(120_000)
    assert len(world.of(RaiseIncline)) == sent
    assert raises(world)[0] == "member"


def test_a_screen_that_stops_confirming_cancels() -> None:
    world = flat_world()
    world.pass_time(10_000)
    world.screen = False
    world.pass_time(30_000)
    assert not world.of(RequestControl)
    assert raises(world) == ["screen"]
    assert outcomes(world) == ["declined"]


def test_a_screen_that_closes_its_line_ends_the_countdown_at_once() -> None:
    world = flat_world()
    world.pass_time(5_000)
    world.screen = False
    world.tell(ScreenGone(world.at, "kiosk"))
    assert world.state.raising is None


def test_a_second_screen_confirms_nothing() -> None:
    world = flat_world()
    world.screen = False
    assert world.state.prompt is not None
    for _ in world.run(10_000):
        if world.state.prompt is not None:
            world.tell(Confirmed(world.at, "other", world.state.prompt.id, 20))
    assert not world.of(RequestControl)


def test_without_any_screen_it_asks_nobody_and_counts_nothing() -> None:
    world = World(screen=False)
    world.connect()
    world.pass_time(900_000)
    assert outcomes(world) == ["undelivered"]
    world.screen = True
    world.pass_time(2_000)
    assert world.state.prompt is not None
    assert world.state.prompt.kind is Kind.COUNTDOWN


def test_a_lost_link_drops_everything_and_holds() -> None:
    world = flat_world()
    world.pass_time(5_000)
    world.tell(LinkDown(world.at, "plug pulled"))
    assert world.state.raising is None
    assert world.state.prompt is None
    world.connect()
    world.pass_time(58_000)
    assert not world.of(RequestControl)


def test_control_refused_is_never_asked_again_in_the_session() -> None:
    world = flat_world(Mode.ASSIST)
    world._obey = lambda effect: None  # type: ignore[method-assign]  # answers below
    world.answer(Answer.RAISE)
    until(world, Stage.ASKING)
    world.tell(Outcome(world.at, world.of(RequestControl)[0][1].id, Result.REFUSED))
    world.pass_time(1_800_000)
    assert len(world.of(RequestControl)) == 1
    assert not world.of(RaiseIncline)


def test_a_deck_that_does_not_arrive_ends_it() -> None:
    world = flat_world(obeys=False)
    world.pass_time(60_000)
    assert len(world.of(RaiseIncline)) == 1
    assert raises(world) == ["not_reached"]


def test_an_unknown_outcome_ends_it() -> None:
    world = World()
    world.connect()
    world._obey = lambda effect: None  # type: ignore[method-assign]  # never answers
    world.pass_time(DUE + 80_000)
    assert raises(world) == ["unknown"]
    assert not world.of(RaiseIncline)


@pytest.mark.parametrize("training", [Training.COOL_DOWN, Training.PROGRAMME, Training.WARM_UP])
def test_no_nudge_in_the_consoles_own_phases(training: Training) -> None:
    assert flat_world(training=training).state.prompt is None


def test_downhill_is_the_members_choice() -> None:
    world = flat_world(incline=-10, target=-10, range=InclineRange(-30, 150, 5))
    assert world.state.prompt is None


def test_a_machine_with_whole_percents_takes_one_wide_step() -> None:
    world = flat_world(range=InclineRange(0, 150, 10))
    world.pass_time(40_000)
    assert [e.target for _, e in world.of(RaiseIncline)] == [10]


def test_a_fast_runner_gets_messages_only() -> None:
    world = flat_world(speed=1_200)
    assert world.state.prompt is not None
    assert world.state.prompt.kind is Kind.NUDGE
    assert not world.state.prompt.can_raise


def test_a_machine_that_cannot_reach_the_minimum_is_left_alone() -> None:
    assert flat_world(range=InclineRange(0, 5, 5)).state.prompt is None


def test_help_ends_all_nudging() -> None:
    world = flat_world()
    world.tell(HelpAsked(world.at))
    assert world.state.prompt is not None
    assert world.state.prompt.kind is Kind.HELP
    world.pass_time(1_800_000)
    assert not world.of(RequestControl)
    assert len(outcomes(world)) == 1


def test_the_member_takes_the_belt_off_the_flat_by_hand() -> None:
    world = flat_world(Mode.NUDGE)
    world.target = 20
    world.pass_time(20_000)
    assert outcomes(world) == ["accepted_self"]
    assert world.state.prompt is None
