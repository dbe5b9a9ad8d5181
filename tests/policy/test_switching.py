"""Suggestions: which rule speaks when, what it may say, and how the member answers."""

import pytest

from daemon.policy.catalogue import OFF_BELT, PLACEMENT
from daemon.policy.events import FloorTold, Happened
from daemon.policy.rules import Mode, Rules
from daemon.policy.session import Session, Totals
from daemon.policy.state import Kind, Prompt
from drivers.contract import Key, Notice
from tests.policy.plays import SHORT, Play, act_out

MIN = 60_000


def after(minutes: int, flat: int = 0, **more: object) -> Play:
    """Return an evening in which a session has lasted so long; flat minutes are part of it."""
    used = minutes * MIN
    totals = Totals(belt=used, eligible=used, flat=flat * MIN)
    session = Session("old-1", 0, used, 10, opened=True, totals=totals, elapsed=0, used=used, **more)  # type: ignore[arg-type]  # its fields
    rules = Rules(mode=Mode.NUDGE, **SHORT)
    return Play(rules, speed=500, incline=20, target=20, at=used, begun=session, elapsed_from=used // 1000)


def offered(play: Play) -> list[tuple[str, str]]:
    """Return rule and item of each suggestion."""
    every = [
        dict(e.data) for one in play.steps for e in one.effects if isinstance(e, Happened) and e.kind == "suggestion"
    ]
    return [(str(d["rule"]), str(d["item"])) for d in every if d["step"] == "offered"]


def outcomes(play: Play) -> list[str]:
    """Return how each suggestion ended."""
    every = [
        dict(e.data) for one in play.steps for e in one.effects if isinstance(e, Happened) and e.kind == "suggestion"
    ]
    return [str(d["outcome"]) for d in every if d["step"] == "ended"]


def suggestion(play: Play) -> Prompt:
    """Return the suggestion, as it stood on the screen."""
    return next(p for one in play.steps if (p := one.after.prompt) is not None and p.kind is Kind.SUGGESTION)


def test_r4_comes_after_twenty_minutes_and_says_why() -> None:
    play = act_out(after(20), [], 60)
    assert offered(play) == [("R4", "mod.mix")]
    assert suggestion(play).why == "why_R4_walk"
    assert outcomes(play) == ["expired"]


@pytest.mark.parametrize(("speed", "why"), [(600, "why_R4_walk"), (700, "why_R4"), (800, "why_R4_run")])
def test_a_runner_hears_of_variety_only(speed: int, why: str) -> None:
    play = after(20)
    play.speed = speed
    assert suggestion(act_out(play, [], 60)).why == why


def test_r2_sends_to_a_free_machine_and_says_so() -> None:
    play = after(21)
    act_out(play, [(28, "queue")], 50)
    assert offered(play) == [("R2", "mod.row")]
    assert suggestion(play).free


def test_r2_does_not_say_free_when_nobody_knows() -> None:
    play = act_out(after(21), [(20, "waiting")], 50)
    assert offered(play) == [("R2", "mod.elliptical")]
    assert not suggestion(play).free


def test_r2_is_silent_when_no_other_machine_is_free() -> None:
    play = after(21, suggested=("R4",))
    for _ in range(40):
        play.tell(FloorTold(play.at, 2, (("elliptical", 0), ("rower", 0), ("stairs", 0))))
        play.second()
    assert offered(play) == []


def test_r3_takes_the_place_of_a_third_nudge() -> None:
    play = after(12, flat=11, passed=2, nudges=2)
    play.incline = play.target = 0
    act_out(play, [], 200)
    assert offered(play) == [("R3", "mod.mix")]
    nudges = [e for one in play.steps for e in one.effects if isinstance(e, Happened) and e.kind == "nudge"]
    assert not nudges


def test_r5_after_a_quarter_of_an_hour_at_one_speed() -> None:
    play = after(16, suggested=("R4",))
    play.screens = False
    act_out(play, [], 960)
    assert ("R5", "mod.intervals") in offered(play)


def test_r6_on_a_machine_without_a_lift() -> None:
    from tests.policy.plays import RANGES

    play = after(3)
    play.range = RANGES[3]
    play.connect()
    assert offered(act_out(play, [], 60))[:1] == [("R6", "mod.hill")]


def test_not_today_is_for_the_session() -> None:
    play = act_out(after(20), [(35, "not today"), (60, "waiting")], 500)
    assert len(offered(play)) == 1
    assert outcomes(play) == ["not_today"]


def test_not_now_is_for_ten_minutes() -> None:
    play = after(20)
    play.screens = False
    act_out(play, [(35, "decline"), (560, "waiting"), (640, "waiting")], 700)
    at = [
        one.at for one in play.steps for e in one.effects if isinstance(e, Happened) and ("step", "offered") in e.data
    ]
    assert len(at) == 2
    assert at[1] - at[0] >= 600_000


def test_i_will_is_thanked() -> None:
    play = act_out(after(20), [(35, "take")], 38)
    assert outcomes(play) == ["taken"]
    assert play.state.prompt is not None
    assert play.state.prompt.kind is Kind.TAKEN


def test_a_suggestion_goes_with_the_members_own_key() -> None:
    play = after(20)
    act_out(play, [], 34)
    assert play.state.prompt is not None
    play.tell(Notice(play.at, Key.SPEED, 700))
    assert play.state.prompt is None
    assert outcomes(play) == ["withdrawn"]


@pytest.mark.parametrize("acts", [["screen gone"], ["help"], ["trainer"], ["too fast"], ["programme"]])
def test_when_there_is_none(acts: list[str]) -> None:
    play = act_out(after(20), [(1, name) for name in acts], 120)
    assert offered(play) == []


def test_items_that_a_club_switched_off_do_not_come() -> None:
    play = after(20)
    play = Play(
        Rules(mode=Mode.NUDGE, items_off=frozenset({"mod.mix"}), **SHORT),
        speed=500,
        incline=20,
        target=20,
        at=play.at,
        begun=play.begun,
        elapsed_from=play.elapsed_from,
    )
    assert offered(act_out(play, [], 60)) == [("R4", "mod.elliptical")]


def cards(play: Play) -> list[tuple[str, str]]:
    """Return rule and item of each card, in order."""
    order: list[tuple[int, str, str]] = []
    for one in play.steps:
        if (card := one.after.card) is not None and (not order or order[-1][0] != card.since):
            order.append((card.since, card.rule, card.item))
    return [(rule, item) for _, rule, item in order]


def test_r1_warm_ups_on_an_idle_screen() -> None:
    play = act_out(Play(Rules(mode=Mode.NUDGE), speed=0, screens=False), [], 200)
    seen = cards(play)
    assert {rule for rule, _ in seen} == {"R1"}
    assert len({item for _, item in seen}) >= 5
    assert all(PLACEMENT[item] == OFF_BELT or item == "long.view" for _, item in seen)


def test_r8_hips_and_core_after_a_session_then_warm_ups_again() -> None:
    play = after(5)
    play.screens = False
    act_out(play, [(20, "stop")], 900)
    assert next(rule for rule, _ in cards(play)) == "R8"
    assert {item.split(".")[0] for rule, item in cards(play) if rule == "R8"} == {"hip", "core"}
    assert cards(play)[-1][0] == "R1"


def test_r9_after_a_call_for_help() -> None:
    play = after(5)
    play.screens = False
    act_out(play, [(15, "help"), (20, "stop")], 300)
    assert set(cards(play)) == {("R9", "pro.talk")}


def test_a_belt_that_moves_has_no_card() -> None:
    play = act_out(Play(Rules(mode=Mode.NUDGE), speed=0, screens=False), [(50, "walks")], 52)
    assert play.state.card is None


def test_observe_has_no_cards() -> None:
    assert cards(act_out(Play(Rules(mode=Mode.OBSERVE), speed=0, screens=False), [], 60)) == []
