"""Arbitrary evenings at one treadmill: a world that mostly behaves, and things that happen in it at any moment.

Rules are the shortest legal ones and samples come once a second, so that an example of five minutes is cheap and most
of them reach a raise. What the core was told and what it wanted is kept step by step for the oracles.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, override

from hypothesis import strategies as st

from daemon.policy import fresh_state, step
from daemon.policy.events import (
    Answer,
    Answered,
    Confirmed,
    Effect,
    Event,
    Extended,
    FloorTold,
    HelpAsked,
    HourTold,
    LendAsked,
    Lifted,
    LinkDown,
    Outcome,
    RaiseIncline,
    RemakeLink,
    RequestControl,
    Restored,
    Result,
    ReturnAsked,
    RulesSet,
    ScreenGone,
    SetWorkoutTime,
    Slot,
    StopOnce,
    Tick,
    TrainerAsked,
    WaitingTold,
)
from daemon.policy.rules import Action, Mode, Rules, When
from daemon.policy.session import Session, Totals
from daemon.policy.state import Kind, State
from drivers.contract import Ability, InclineRange, Key, Machine, Notice, Reading, Training

RANGES = (InclineRange(0, 150, 5), InclineRange(-30, 150, 5), InclineRange(0, 150, 10), InclineRange(0, 5, 5), None)
SHORT: dict[str, Any] = {"warm_up_ms": 0, "nudge_after_ms": 60_000, "quiet_ms": 30_000, "link_hold_ms": 30_000}


@dataclass(frozen=True)
class Step:
    """One event, the state that it led to, and the effects."""

    event: Event
    before: State
    after: State
    effects: tuple[Effect, ...]

    @property
    def at(self) -> int:
        return self.after.at


@dataclass(repr=False)
class Play:
    """A machine, a member and a screen; `steps` is what happened."""

    rules: Rules
    range: InclineRange | None = RANGES[0]
    eager: bool = True  # the member presses Raise when asked
    speed: int = 600
    incline: int = 0
    target: int = 0
    training: Training | None = Training.MANUAL
    remaining: int | None = None
    screen: str | None = "kiosk"
    digit_off: int = 0
    obeys: bool = True
    outcome: Result | None = Result.ACCEPTED
    told: bool = True  # readings arrive
    linked: bool = True
    says_incline: bool = True
    at: int = 0
    steps: list[Step] = field(default_factory=list, repr=False)
    acts: list[tuple[int, str]] = field(default_factory=list)
    owed: list[int] = field(default_factory=list)
    elapsed_from: int = 0
    abilities: frozenset[Ability] = frozenset({Ability.RAISE_INCLINE})
    begun: Session | None = None  # a session that the last run of the daemon saved
    screens: bool = True  # the screen confirms each half second; False: once, for long evenings

    def __post_init__(self) -> None:
        self.state = fresh_state("run", self.rules, self.at)
        if self.begun is not None:
            self.tell(Restored(self.at, self.begun, same_boot=True))
        self.connect()

    @override
    def __repr__(self) -> str:
        return f"Play({self.rules}, begun={self.begun}, acts={self.acts})"

    def tell(self, event: Event) -> None:
        before = self.state
        self.state, effects = step(before, event)
        self.steps.append(Step(event, before, self.state, effects))
        for effect in effects:
            if isinstance(effect, RequestControl | RaiseIncline | SetWorkoutTime | StopOnce):
                self._obey(effect)
            elif isinstance(effect, RemakeLink):
                self.tell(LinkDown(self.at, "remade"))
                self.connect()

    def _obey(self, effect: RequestControl | RaiseIncline | SetWorkoutTime | StopOnce) -> None:
        obeyed = self.obeys and self.outcome is Result.ACCEPTED
        if isinstance(effect, RaiseIncline) and obeyed:
            self.target = effect.target
        if isinstance(effect, StopOnce) and obeyed:
            self.speed = 0
        if self.outcome is None:
            self.owed.append(effect.id)
        else:
            self.tell(Outcome(self.at, effect.id, self.outcome))

    def connect(self) -> None:
        self.linked = True
        self.tell(Machine(self.at, "test", incline=self.range, abilities=self.abilities, tells_training=True))

    def second(self) -> None:
        """Let a second pass."""
        self.at += 1_000
        self.incline += max(-3, min(3, self.target - self.incline))
        if self.linked and self.told:
            self.tell(
                Reading(
                    self.at,
                    self.speed,
                    self.incline if self.says_incline else None,
                    elapsed=self.at // 1000 - self.elapsed_from,
                    remaining=self.remaining,
                    training=self.training,
                )
            )
        self.draw(0)
        if self.eager and (prompt := self.state.prompt) and prompt.kind is Kind.NUDGE and prompt.can_raise:
            self.tell(Answered(self.at, prompt.id, Answer.RAISE))
        self.tell(Tick(self.at))

    def draw(self, late: int) -> None:
        """Have the screen confirm what it draws; half a second later again."""
        for pause in (0, 500) if self.screens else (0,):
            prompt = self.state.prompt
            if self.screen is None:
                return
            at = self.at + late + pause
            number, digit = (prompt.id, prompt.target) if prompt else (0, 0)
            if prompt and prompt.kind in (Kind.COUNTDOWN, Kind.STOP):
                digit = prompt.digit if prompt.until is None else max(0, -(-(prompt.until - at) // 1000))
            self.tell(Confirmed(at, self.screen, number, digit + self.digit_off))


type Act = Callable[[Play], None]


def _set(**values: object) -> Act:
    def act(play: Play) -> None:
        for name, value in values.items():
            setattr(play, name, value)

    return act


def _tell(make: Callable[[Play], Event]) -> Act:
    return lambda play: play.tell(make(play))


def _answer(answer: Answer, *, stale: bool = False) -> Act:
    def act(play: Play) -> None:
        prompt = play.state.prompt
        number = (prompt.id if prompt else 1) - (1 if stale else 0)
        play.tell(Answered(play.at, number, answer))

    return act


def _lose(play: Play) -> None:
    play.linked = False
    play.tell(LinkDown(play.at, "gone"))


def _skip(ms: int) -> Act:
    def act(play: Play) -> None:
        play.at += ms

    return act


def _owed(result: Result) -> Act:
    def act(play: Play) -> None:
        due, play.owed = play.owed, []  # an answer may make the core ask for more
        for effect in due:
            play.tell(Outcome(play.at, effect, result))

    return act


def _other_machine(play: Play) -> None:
    play.range = RANGES[2]
    play.connect()


def _keys(play: Play) -> None:
    play.target = play.incline = play.incline + 5


def _lower(play: Play) -> None:
    play.target = play.incline = max(-10, play.incline - 5)


ACTS: dict[str, Act] = {
    "faster": _set(speed=800),
    "a little faster": _set(speed=620),
    "slower": _set(speed=500),
    "too fast": _set(speed=1_300),
    "stop": _set(speed=0),
    "walk": _set(speed=600),
    "incline key up": _keys,
    "incline key down": _lower,
    "downhill": _set(target=-20, incline=-20),
    "flat": _set(target=0),
    "screen gone": _set(screen=None),
    "screen back": _set(screen="kiosk"),
    "other screen": _set(screen="other"),
    "wrong digit": _set(digit_off=5),
    "right digit": _set(digit_off=0),
    "screen closed": _tell(lambda p: ScreenGone(p.at, "kiosk")),
    "deaf deck": _set(obeys=False),
    "refuses": _set(outcome=Result.REFUSED),
    "unknown": _set(outcome=Result.UNKNOWN),
    "withdrawn": _set(outcome=Result.WITHDRAWN),
    "owes an answer": _set(outcome=None),
    "answers late": _owed(Result.ACCEPTED),
    "refuses late": _owed(Result.REFUSED),
    "obeys again": _set(outcome=Result.ACCEPTED, obeys=True),
    "silent": _set(told=False),
    "talks": _set(told=True),
    "no incline": _set(says_incline=False),
    "incline again": _set(says_incline=True),
    "link lost": _lose,
    "link up": Play.connect,
    "other machine": _other_machine,
    "cool-down": _set(training=Training.COOL_DOWN),
    "programme": _set(training=Training.PROGRAMME),
    "manual": _set(training=Training.MANUAL),
    "warm-up": _set(training=Training.WARM_UP),
    "last minute": _set(remaining=60),
    "no end": _set(remaining=None),
    "new workout": lambda p: setattr(p, "elapsed_from", p.at // 1000),
    "raise": _answer(Answer.RAISE),
    "decline": _answer(Answer.DECLINE),
    "cancel": _answer(Answer.CANCEL),
    "stale cancel": _answer(Answer.CANCEL, stale=True),
    "stale raise": _answer(Answer.RAISE, stale=True),
    "not eager": _set(eager=False),
    "eager": _set(eager=True),
    "help": _tell(lambda p: HelpAsked(p.at)),
    "trainer": _tell(lambda p: TrainerAsked(p.at)),
    "lend": _tell(lambda p: LendAsked(p.at)),
    "give back": _tell(lambda p: ReturnAsked(p.at)),
    "slot free": _tell(lambda p: Slot(p.at, free=True)),
    "key notice": _tell(lambda p: Notice(p.at, Key.SPEED, 900)),
    "incline notice": _tell(lambda p: Notice(p.at, Key.INCLINE, 30)),
    "stop notice": _tell(lambda p: Notice(p.at, Key.STOPPED)),
    "safety": _tell(lambda p: Notice(p.at, Key.SAFETY)),
    "control lost": _tell(lambda p: Notice(p.at, Key.CONTROL_LOST)),
    "observe": _tell(lambda p: RulesSet(p.at, Rules(mode=Mode.OBSERVE, **SHORT))),
    "asleep 4 s": _skip(4_000),
    "asleep 8 s": _skip(8_000),
    "asleep 150 s": _skip(150_000),
}


def _extend(ms: int) -> Act:
    return lambda play: play.tell(Extended(play.at, play.state.session.id if play.state.session else "gone", ms))


def _lift(play: Play) -> None:
    play.tell(Lifted(play.at, play.state.session.id if play.state.session else "gone"))


TIME_ACTS: dict[str, Act] = {
    "extended": _extend(300_000),
    "extended by a lie": _extend(10**9),
    "lifted": _lift,
    "waiting": _tell(lambda p: WaitingTold(p.at, waiting=True)),
    "nobody waits": _tell(lambda p: WaitingTold(p.at, waiting=False)),
    "peak": _tell(lambda p: HourTold(p.at, peak=True)),
    "no peak": _tell(lambda p: HourTold(p.at, peak=False)),
    "no clock": _tell(lambda p: HourTold(p.at, peak=None)),
    "queue": _tell(lambda p: FloorTold(p.at, 3, (("treadmill", 0), ("rower", 2), ("elliptical", 0)))),
    "old word": _tell(lambda p: FloorTold(p.at - 61_000, 3, (("rower", 2),))),
    "a lying floor": _tell(lambda p: FloorTold(p.at, -3, (("rower", -2),))),
    "take": _answer(Answer.TAKE),
    "not today": _answer(Answer.NOT_TODAY),
    "walks": _set(speed=400),
    "stands": _set(speed=0),
}

SECONDS = 240


@st.composite
def plays(draw: st.DrawFn) -> Play:
    """An evening: mode, machine and up to six things that happen, most of them when something is going on."""
    mode = draw(st.sampled_from([Mode.ENFORCE, Mode.ENFORCE, Mode.ASSIST, Mode.NUDGE, Mode.OBSERVE]))
    minimum = draw(st.sampled_from([10, 10, 15, 5, 12]))
    play = Play(Rules(mode=mode, min_incline=minimum, **SHORT), draw(st.sampled_from(RANGES[:3] * 2 + RANGES[3:])))
    play.eager = draw(st.booleans())
    moments = st.one_of(st.integers(58, 130), st.integers(0, SECONDS))
    acts = draw(st.lists(st.tuples(moments, st.sampled_from(sorted(ACTS))), max_size=6))
    return act_out(play, acts)


def late(rules: Rules, left_s: int = 50) -> Play:
    """Return an evening that begins shortly before a limit, with a session that the daemon had saved."""
    used = 1_700_000
    begun = Session(
        "old-1", 0, used, rules.min_incline, opened=True, totals=Totals(belt=used, eligible=used), elapsed=0,
        used=used, limit_at=used + left_s * 1000, warned=(600_000, 300_000), nudges=6, enforce_over=True,
    )  # fmt: skip
    everything = frozenset({Ability.RAISE_INCLINE, Ability.STOP, Ability.WORKOUT_TIME})
    return Play(rules, speed=500, at=used, begun=begun, abilities=everything, elapsed_from=used // 1000)


def timed(action: Action, **more: Any) -> Rules:
    """Return rules with a limit that always counts, proven for its action."""
    proved: dict[str, Any] = {"proved_stop": True, "proved_time": True, "mode": Mode.ENFORCE}
    short: dict[str, Any] = {**SHORT, "limit_grace_ms": 120_000, "limit_when": When.ALWAYS}
    return Rules(limit_action=action, **{**short, **proved, **more})


@st.composite
def limited(draw: st.DrawFn) -> Play:
    """An evening about a limit: shortly before it, or on an idle belt."""
    when = draw(st.sampled_from([When.ALWAYS, When.ALWAYS, When.WAITING]))
    action = draw(st.sampled_from([Action.STOP, Action.STOP, Action.MACHINE, Action.ANNOUNCE]))
    proved = draw(st.sampled_from([True, True, True, False]))
    play = late(timed(action, limit_when=when, proved_stop=proved, proved_time=proved), draw(st.integers(1, 70)))
    play.eager = False
    if action is Action.MACHINE and draw(st.booleans()):
        play.speed = 0
    moments = st.one_of(st.integers(160, 235), st.integers(0, 300))
    names = sorted(ACTS | TIME_ACTS)
    acts = draw(st.lists(st.tuples(moments, st.sampled_from(names)), max_size=5))
    return act_out(play, acts, 300)


def act_out(play: Play, acts: list[tuple[int, str]], seconds: int = SECONDS) -> Play:
    """Play an evening with these things at these seconds."""
    play.acts += acts
    for second in range(seconds):
        for _, name in (act for act in acts if act[0] == second):
            (ACTS | TIME_ACTS)[name](play)
        play.second()
    return play
