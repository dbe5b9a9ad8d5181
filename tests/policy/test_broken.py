"""Each invariant has been seen to fail: on a core broken for it, its oracle speaks; on the whole core it does not."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from daemon.policy import core, fresh_state, guard, incline, limits, prompts, rules, step, stopping, switching
from daemon.policy.events import Event, Outcome, RaiseIncline, Restored, Result, StopOnce
from daemon.policy.rules import Action, Mode, Rules, When
from daemon.policy.session import Session, Totals
from daemon.policy.state import Card, Kind, Raise, Stage, State
from daemon.policy.turn import Turn
from drivers.contract import InclineRange, Reading
from tests.policy.oracles import ORACLES
from tests.policy.plays import RANGES, SHORT, Play, act_out, late, timed
from tests.policy.test_invariants import offers

type Break = Callable[[pytest.MonkeyPatch], None]


def without(*names: str) -> Break:
    """Drop checks from every table."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        for module, tables in ((incline, ("NUDGE", "RAISE", "SAFE", "AT_ONCE")), (core, ("RAISE", "SAFE"))):
            for table in tables:
                kept = tuple(row for row in getattr(module, table) if row[0] not in names)
                patch.setattr(module, table, kept)

    return apply


def put(module: object, name: str, value: Any) -> Break:
    """Put something else in the place of a part."""
    return lambda patch: patch.setattr(module, name, value)


def _rest_at_once(turn: Turn, raising: Raise) -> None:
    turn.set(raising=replace(raising, stage=Stage.RESTING))


def _taken_for_yes(turn: Turn, event: Outcome) -> None:
    incline.outcome(turn, replace(event, result=Result.ACCEPTED))


def _stop(turn: Turn, _raising: Raise) -> None:
    turn.emit(StopOnce(turn.number()))


def _nothing(*_args: object, **_more: object) -> None:
    return None


def _hold_once(turn: Turn, _reason: str) -> None:
    turn.set(hold_until=turn.state.hold_until or turn.at)


def _always_warn(turn: Turn, _session: Session, _remaining: int) -> None:
    turn.tell("limit", step="warned", minutes=1)


def _deal_always(turn: Turn) -> None:
    turn.set(card=Card("glute.bridge", "R1", turn.at))


def in_use(when: When) -> Play:
    """A session of 28 minutes that no limit counts for yet."""
    play = late(Rules(mode=Mode.NUDGE, limit_when=when, **SHORT))
    used = 1_700_000
    session = Session("old-1", 0, used, 10, opened=True, totals=Totals(belt=used), elapsed=0, used=used, nudges=6)
    return Play(play.rules, speed=500, at=used, begun=session, elapsed_from=used // 1000)


def _off_grid(state: State, _to: int) -> int | None:
    return min((state.incline.value if state.incline else 0) + 5, 12)


@dataclass(frozen=True)
class Case:
    """A break, and an evening on which it shows."""

    breaks: tuple[Break, ...]
    acts: tuple[tuple[int, str], ...] = ()
    mode: Mode = Mode.ENFORCE
    range: InclineRange | None = RANGES[0]
    seconds: int = 150
    play: Callable[[], Play] | None = None
    world: dict[str, Any] = field(default_factory=dict)
    minimum: int = 10


CASES = {
    "inv_02": Case((put(incline, "next_step", lambda state, to: to + 15),)),
    "inv_03": Case((put(incline, "next_step", lambda state, to: to),)),
    "inv_04": Case((lambda p: p.setitem(incline.STAGES, Stage.MOVING, _rest_at_once),), ((60, "deaf deck"),)),
    "inv_05": Case((put(rules, "LEASE_MS", 10**9),), ((70, "screen gone"), (74, "screen back"))),
    "inv_06": Case((put(core, "_member_changed", _nothing),), ((75, "key notice"),)),
    "inv_07": Case((without("asks"),), mode=Mode.ASSIST, world={"eager": False}),
    "inv_08": Case((put(rules, "FRESH_TO_COMMAND_MS", 10**9),), ((70, "no incline"),)),
    "inv_09": Case((without("speed"),), world={"speed": 1_300}),
    "inv_10": Case((without("changed"),), ((50, "a little faster"),), mode=Mode.ASSIST),
    "inv_11": Case((put(core, "_member_changed", _nothing),), ((87, "incline key down"),)),
    "inv_12": Case(
        (put(incline, "decline", prompts.settle),), ((62, "decline"),), Mode.ASSIST, seconds=400,
        world={"eager": False},
    ),
    "inv_13": Case(
        (without("programme"), put(incline, "eligible", lambda state, at: True)), ((10, "programme"),)
    ),
    "inv_14": Case((put(core, "_interrupt", _hold_once),), ((58, "asleep 8 s"),)),
    "inv_16": Case((put(core, "outcome", _taken_for_yes),), ((60, "unknown"),)),
    "inv_17": Case((put(incline, "next_step", _off_grid),), minimum=12),
    "inv_18": Case((without("mode", "asks"),), mode=Mode.NUDGE),
    "inv_19": Case((put(core, "_member_changed", _nothing),), ((60, "owes an answer"), (84, "key notice"))),
    "inv_20": Case((put(incline, "_send", _stop),)),
    "inv_21": Case(
        (put(limits, "_warn", _always_warn),), play=lambda: late(timed(Action.ANNOUNCE), 55), seconds=30
    ),
    "inv_22": Case(
        (put(limits, "SLOT", frozenset(Kind)),),
        ((3, "help"),),
        play=lambda: late(timed(Action.ANNOUNCE), 70),
        seconds=20,
    ),
    "inv_23": Case(
        (put(switching, "deal", _deal_always),), play=lambda: Play(Rules(mode=Mode.NUDGE)), seconds=40
    ),
    "stops": Case(
        (put(stopping, "cancel", _nothing),), ((145, "screen gone"), (148, "screen back")),
        play=lambda: late(timed(Action.STOP), 10), seconds=240,
    ),
    "workout_times": Case(
        (put(guard, "standing", lambda state, at: True),), seconds=60,
        play=lambda: Play(timed(Action.MACHINE), speed=20, abilities=late(timed(Action.MACHINE)).abilities),
    ),
    "fair": Case(
        (put(rules, "SHORTEST_LIMIT_MS", 0),), ((2, "peak"), (3, "waiting")), seconds=700,
        play=lambda: in_use(When.WAITING),
    ),
    "free": Case(
        (put(rules, "FLOOR_MS", 10**9),), ((0, "screen gone"), (2, "queue"), (100, "screen back")), seconds=110,
        play=lambda: in_use(When.ALWAYS),
    ),
    "suggestions": Case(
        (put(switching, "SUGGEST", ()),), ((1, "walks"), (20, "not today")), seconds=40,
        play=lambda: in_use(When.WAITING),
    ),
    "inv_26": Case(
        (without("no_lift"), put(incline, "eligible", lambda state, at: True)), range=InclineRange(0, 5, 5)
    ),
    "inv_27": Case((without("spacing"),), mode=Mode.NUDGE, world={"eager": False}),
    "inv_30": Case((put(core, "_help", lambda turn: turn.tell("help")),), ((75, "help"),)),
}  # fmt: skip


def evening(case: Case) -> Play:
    if case.play is not None:
        return act_out(case.play(), list(case.acts), case.seconds)
    play = Play(Rules(mode=case.mode, min_incline=case.minimum, **SHORT), case.range)
    for name, value in case.world.items():
        setattr(play, name, value)
    return act_out(play, list(case.acts), case.seconds)


@pytest.mark.parametrize("name", sorted(CASES))
def test_an_invariant_fails_on_a_core_broken_for_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    assert ORACLES[name](evening(case).steps) is None, "the whole core fails"
    for apply in case.breaks:
        apply(monkeypatch)
    assert ORACLES[name](evening(case).steps) is not None, "the broken core passes"


def test_every_oracle_has_a_break() -> None:
    assert set(CASES) == set(ORACLES)


def test_inv_15_a_core_that_replays_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "restore", lambda turn, event: turn.emit(RaiseIncline(1, 5)))
    restored = Restored(10, Session("a", 0, 5, 10, opened=True), same_boot=True)
    _, effects = step(fresh_state("run", Rules(), 0), restored)
    assert effects


def test_inv_25_a_core_with_chance_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    count = itertools.count(1)
    monkeypatch.setattr(Turn, "number", lambda turn: next(count))
    play = evening(Case(()))
    state, same = fresh_state("run", play.rules, 0), True
    for one in play.steps:
        state, effects = step(state, one.event)
        same = same and effects == one.effects
    assert not same


def test_inv_28_a_silent_core_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(offers(evening(Case((), seconds=70)))) == 1
    monkeypatch.setattr(core, "nudge_when_due", _nothing)
    assert offers(evening(Case((), seconds=70))) == []


def test_inv_29_a_core_that_takes_late_samples_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def extra() -> tuple[object, ...]:
        play = evening(Case((), seconds=75))
        late: Event = Reading(play.at - 5_000, 800, 20)
        return step(play.state, late)[1]

    assert extra() == ()
    monkeypatch.setattr(core, "_is_news", lambda state, reading: True)
    assert extra() != ()
