"""The invariants over arbitrary evenings, each by its own oracle."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemon.policy import events as policy_events
from daemon.policy import fresh_state, step
from daemon.policy.events import Happened, RaiseIncline, RequestControl, Restored, SetWorkoutTime, StopOnce
from daemon.policy.rules import Action, Mode, Rules, When
from daemon.policy.session import Session
from daemon.policy.state import Kind, Stage
from drivers.contract import InclineRange, Reading
from tests.policy.oracles import MACHINE, ORACLES
from tests.policy.plays import ACTS, RANGES, SHORT, Play, act_out, late, limited, plays, timed

EVENINGS = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def offers(play: Play) -> list[int]:
    """Return when a nudge or countdown was offered."""
    told = [(one.at, e) for one in play.steps for e in one.effects if isinstance(e, Happened) and e.kind == "nudge"]
    return [at for at, e in told if dict(e.data)["step"] == "offered"]


@settings(EVENINGS, max_examples=70)
@given(play=plays())
def test_every_invariant_holds(play: Play) -> None:
    """INV-02 to INV-20, INV-26, INV-27 and INV-30, each by its oracle; test_broken.py shows that each can fail."""
    breaches = {name: breach for name, oracle in ORACLES.items() if (breach := oracle(play.steps)) is not None}
    assert breaches == {}, play.acts


@settings(EVENINGS, max_examples=60)
@given(play=limited())
def test_every_invariant_holds_about_a_limit(play: Play) -> None:
    """The same, and what limits, stops, workout times and suggestions promise, on evenings near a limit."""
    breaches = {name: breach for name, oracle in ORACLES.items() if (breach := oracle(play.steps)) is not None}
    assert breaches == {}, play.acts


def test_evenings_reach_every_stage_prompt_and_effect() -> None:
    """Without this an invariant could hold because nothing ever happens."""
    seen: Counter[object] = Counter()

    @EVENINGS
    @given(play=plays())
    def gather(play: Play) -> None:
        for one in play.steps:
            if one.after.raising:
                seen[one.after.raising.stage] += 1
            if one.after.prompt:
                seen[one.after.prompt.kind] += 1
            for effect in one.effects:
                seen[type(effect)] += 1

    gather()
    settings(EVENINGS, max_examples=60)(given(play=limited())(gather.hypothesis.inner_test))()  # type: ignore[attr-defined]  # how Hypothesis keeps it
    act_out(play := Play(Rules(mode=Mode.ENFORCE, **SHORT)), [(80, "help"), (100, "cancel")])
    act_out(asked := Play(Rules(mode=Mode.NUDGE, **SHORT), eager=False), [(65, "raise")])
    act_out(stopped := late(timed(Action.STOP), 1), [], 220)
    act_out(machine := Play(timed(Action.MACHINE), speed=0, abilities=stopped.abilities, screens=False), [], 60)
    act_out(
        taken := Play(Rules(mode=Mode.NUDGE, **SHORT), incline=10, target=10, screens=False),
        [(905, "take"), (907, "trainer")],
        910,
    )
    act_out(calm := late(timed(Action.ANNOUNCE, limit_when=When.WAITING)), [], 360)
    act_out(
        long := Play(Rules(mode=Mode.NUDGE, long_stay_ms=60_000, **SHORT), incline=20, target=20, screens=False),
        [],
        100,
    )
    act_out(lifted := late(timed(Action.ANNOUNCE)), [(1, "extended"), (30, "lifted")], 35)
    for one in (
        *play.steps,
        *asked.steps,
        *stopped.steps,
        *machine.steps,
        *taken.steps,
        *calm.steps,
        *long.steps,
        *lifted.steps,
    ):
        for effect in one.effects:
            seen[type(effect)] += 1
        seen[one.after.prompt.kind if one.after.prompt else None] += 1
    missing = [
        want for want in (*Stage, *Kind, RequestControl, RaiseIncline, SetWorkoutTime, StopOnce) if not seen[want]
    ]
    assert missing == []


def test_inv_01_the_core_can_ask_for_four_things_and_no_others() -> None:
    names = {kind.__name__ for kind in policy_events.MachineEffect.__value__.__args__}
    assert names == {"RequestControl", "RaiseIncline", "SetWorkoutTime", "StopOnce"}


def test_inv_15_what_was_saved_is_never_replayed_as_a_command() -> None:
    session = Session("old-1", 0, 60_000, 10, opened=True, nudges=1, risen=5)
    for same_boot in (True, False):
        state = fresh_state("new", Rules(mode=Mode.ENFORCE, **SHORT), 70_000)
        state, effects = step(state, Restored(70_000, session, same_boot=same_boot))
        assert not any(isinstance(e, MACHINE) for e in effects)
        assert state.raising is None
        assert state.prompt is None


@EVENINGS
@given(play=plays())
def test_inv_25_the_same_events_have_the_same_effects(play: Play) -> None:
    state = fresh_state("run", play.rules, 0)
    for one in play.steps:
        state, effects = step(state, one.event)
        assert effects == one.effects
    assert state == play.state


@EVENINGS
@given(
    minimum=st.integers(1, 15),
    incline=st.integers(0, 14),
    reach=st.sampled_from([r for r in RANGES if r is not None and r.most > 100]),
    speed=st.integers(60, 2_000),
    mode=st.sampled_from([Mode.NUDGE, Mode.ASSIST, Mode.ENFORCE]),
    warm_up=st.sampled_from([0, 30_000]),
)
def test_inv_28_a_flat_belt_gets_exactly_one_nudge_in_time(
    minimum: int, incline: int, reach: InclineRange, speed: int, mode: Mode, warm_up: int
) -> None:
    rules = Rules(mode=mode, min_incline=minimum, **{**SHORT, "warm_up_ms": warm_up})
    play = Play(rules, reach, eager=False, speed=speed, incline=incline, target=incline)
    for _ in range(60 + warm_up // 1000 + 3):
        play.second()
    offered = offers(play)
    on_grid = [v for v in range(reach.least, reach.most + 1, reach.step) if v >= minimum]
    if incline >= minimum or on_grid[0] > minimum + 5:
        assert offered == []
    else:
        # the belt is seen moving from the first second on; the warm-up counts from there
        due = 1_000 + warm_up + rules.nudge_after_ms
        assert len(offered) == 1
        assert 0 <= offered[0] - due <= 1_000


@EVENINGS
@given(play=plays(), every=st.integers(2, 9))
def test_inv_29_repeated_and_late_samples_change_nothing(play: Play, every: int) -> None:
    state = fresh_state("run", play.rules, 0)
    old: Reading | None = None
    for number, one in enumerate(play.steps):
        state, effects = step(state, one.event)
        assert effects == one.effects
        if isinstance(one.event, Reading) and number % every == 0:
            for again in (one.event, old):
                if again is not None:
                    state, extra = step(state, again)
                    assert extra == ()
            old = one.event


def test_the_acts_do_what_they_say() -> None:
    play = act_out(Play(Rules(mode=Mode.ENFORCE, **SHORT)), [(80, "key notice")])
    assert not any(isinstance(e, RaiseIncline) for one in play.steps for e in one.effects)
    quiet = act_out(Play(Rules(mode=Mode.ENFORCE, **SHORT)), [])
    assert [e.target for one in quiet.steps for e in one.effects if isinstance(e, RaiseIncline)] == [5, 10]
    assert len(ACTS) > 50
