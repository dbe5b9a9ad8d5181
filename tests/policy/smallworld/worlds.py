"""The small worlds: for each, its rules, its machine, and everything that can happen next."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from daemon.policy import fresh_state, step
from daemon.policy.catalogue import PLACEMENT
from daemon.policy.events import (
    Answer,
    Answered,
    Confirmed,
    Event,
    Extended,
    HelpAsked,
    HourTold,
    LendAsked,
    Lifted,
    LinkDown,
    Outcome,
    Result,
    ReturnAsked,
    ScreenGone,
    Slot,
    Tick,
    WaitingTold,
)
from daemon.policy.lease import CONFIRMED, digit
from daemon.policy.rules import Action, Mode, Rules, When
from daemon.policy.state import Kind, Link, State
from drivers.contract import Ability, InclineRange, Key, Machine, Notice, Reading, Training
from tests.policy.smallworld import canon
from tests.policy.smallworld.canon import NOW, OLD, PROMPT
from tests.policy.smallworld.scale import JUMP, TICK, short

CREEP, WALK, RUN = 30, 400, 900
FLAT = "walks flat"
CONFIRM = "the screen confirms"

type Then = Callable[[State], bool]


@dataclass(frozen=True)
class Input:
    """One thing that can happen at a state in its normal form, and when it makes sense."""

    name: str
    event: Event
    when: Then = lambda state: True


def reading(speed: int | None, incline: int | None, training: Training | None = Training.MANUAL) -> Input:
    """A reading a tick later."""
    event = Reading(NOW + TICK, speed, incline, training=training)
    name = FLAT if (speed, incline, training) == (WALK, 0, Training.MANUAL) else f"{speed}, {incline}, {training}"
    return Input(name, event, up)


def up(state: State) -> bool:
    return state.link is Link.UP


def _prompted(*kinds: Kind) -> Then:
    return lambda state: state.prompt is not None and state.prompt.kind in kinds


def answers(*given: Answer) -> Iterator[Input]:
    """The keys of what the screen asks, and one that comes too late."""
    kinds = {
        Answer.RAISE: (Kind.NUDGE,),
        Answer.DECLINE: (Kind.NUDGE, Kind.SUGGESTION),
        Answer.CANCEL: (Kind.COUNTDOWN, Kind.RAISING, Kind.STOP),
        Answer.TAKE: (Kind.SUGGESTION,),
        Answer.NOT_TODAY: (Kind.SUGGESTION,),
    }
    for answer in given:
        yield Input(answer.value, Answered(NOW, PROMPT, answer), _prompted(*kinds[answer]))
    yield Input("a late key", Answered(NOW, OLD, Answer.RAISE), lambda s: s.prompt is not None)


AWAITED = {"raising": canon.RAISE, "stopping": canon.STOP, "timing": canon.TIMING}


def outcomes(name: str) -> Iterator[Input]:
    """What a machine answers to what it was asked; and the two late answers that count."""
    for result in Result:
        yield Input(f"{name} {result.value}", Outcome(NOW, AWAITED[name], result), _awaits(name))
    for result in (Result.REFUSED, Result.UNKNOWN):
        yield Input(
            f"late {result.value}",
            Outcome(NOW, OLD, result),
            lambda s: s.session is not None and s.session.enforce_over,
        )


def _awaits(name: str) -> Then:
    return lambda state: getattr(state, name) is not None and getattr(state, name).effect is not None


def links(machine: Machine, *, lend: bool = False) -> Iterator[Input]:
    """A link that goes, comes, comes anew, and is lent."""
    yield Input("link lost", LinkDown(NOW, "gone"), up)
    yield Input("link up", machine)
    if lend:
        yield Input("lent", LendAsked(NOW), up)
        yield Input("given back", ReturnAsked(NOW), lambda s: s.link is Link.LENT)
        yield Input("slot free", Slot(NOW, free=True), lambda s: s.link is Link.LENT)
        yield Input("slot held", Slot(NOW, free=False), lambda s: s.link is Link.LENT)


def keys(*which: Key) -> Iterator[Input]:
    """Keys at the machine, as it tells them."""
    for key in which:
        yield Input(f"key {key.value}", Notice(NOW, key), up)
    yield Input("own target", Notice(NOW, Key.INCLINE, 5), lambda s: up(s) and s.raising is not None)
    yield Input("other target", Notice(NOW, Key.INCLINE, 30), lambda s: up(s) and s.raising is not None)


TIME: tuple[Input, ...] = (
    Input("a tick", Tick(NOW + TICK)),
    Input("the clock jumps", Tick(NOW + JUMP)),
)
LATE: tuple[Input, ...] = (
    Input("a reading again", Reading(NOW, 0, 30), lambda s: up(s) and s.sample_at == NOW),
    Input("a late reading", Reading(NOW - JUMP, 0, 30), up),
)


def confirmations(state: State, names: tuple[str, ...], *, wrong: bool) -> Iterator[tuple[str, Event]]:
    """Yield what the screens may confirm of what is on the screen now."""
    prompt = state.prompt
    shown = digit(prompt, NOW) if prompt else 0
    number = PROMPT if prompt else OLD
    yield CONFIRM, Confirmed(NOW, names[0], number, shown)
    for name in names[1:]:
        yield f"{name} confirms", Confirmed(NOW, name, number, shown)
    if wrong and prompt is not None and prompt.kind in CONFIRMED:
        yield "a wrong digit", Confirmed(NOW, names[0], number, shown + 7)


PHASES = (
    reading(WALK, 0, Training.PROGRAMME),
    reading(WALK, 0, Training.COOL_DOWN),
    Input("last minute", Reading(NOW + TICK, WALK, 0, remaining=60), up),
    Input("no end", Reading(NOW + TICK, WALK, 0, remaining=0), lambda s: up(s) and s.remaining is not None),
)
"""The console's own phases."""


@dataclass(frozen=True)
class World:
    """A set of rules, a machine, and all that can happen."""

    rules: Rules
    inputs: tuple[Input, ...]
    machine: Machine
    period: int = 1  # of cards
    screens: tuple[str, ...] = ("kiosk",)
    wrong: bool = True
    live: bool = True  # a nudge must come

    def first(self) -> State:
        """Return the state at which everything begins: just started, the link just made."""
        return step(fresh_state("small", self.rules, NOW), self.machine)[0]

    def happens(self, state: State) -> Iterator[tuple[str, Event]]:
        """Yield all that can happen at a state in its normal form."""
        for one in self.inputs:
            if one.when(state):
                yield one.name, one.event
        yield from confirmations(state, self.screens, wrong=self.wrong)
        if state.lease is not None:
            yield "screen closed", ScreenGone(NOW, state.lease.screen)


def machine(reach: InclineRange | None, *abilities: Ability) -> Machine:
    return Machine(NOW, "small", incline=reach, abilities=frozenset(abilities), tells_training=True)


ONE_STEP = machine(InclineRange(0, 100, 5), Ability.RAISE_INCLINE)


def belt(speeds: tuple[int | None, ...], inclines: tuple[int | None, ...]) -> Iterator[Input]:
    """Readings of each speed with each incline, on a machine that is otherwise calm."""
    for speed in speeds:
        for incline in inclines:
            yield reading(speed, incline)


EVERYTHING = machine(InclineRange(0, 100, 5), Ability.RAISE_INCLINE, Ability.STOP, Ability.WORKOUT_TIME)
MEMBER = tuple(answers(Answer.RAISE, Answer.DECLINE, Answer.CANCEL))
HELP = Input("help", HelpAsked(NOW))
CALM_BELT = tuple(belt((WALK,), (0, 5)))
RISEN = Input("risen", reading(WALK, 5).event, lambda s: up(s) and s.session is not None and s.session.risen > 0)
AGAIN = Input("link made anew", ONE_STEP)
ALL_AGAIN = Input("link made anew", EVERYTHING)
ALL_RISEN = Input("risen", reading(WALK, 5).event, lambda s: up(s) and s.session is not None and s.session.risen > 0)
AGAIN = Input("link made anew", EVERYTHING)


def deck(mode: Mode, *inputs: Input, **more: Any) -> World:
    """Return a world of the minimum incline, of one step."""
    asked = outcomes("raising") if mode >= Mode.ASSIST else ()
    return World(short(mode, **{"min_incline": 5, **more}), (*TIME, *LATE, *MEMBER, *asked, *inputs), ONE_STEP)


def limit(action: Action, *inputs: Input, **more: Any) -> World:
    """Return a world of the time limit."""
    rules: dict[str, Any] = {"limit_ms": TICK, "limit_when": When.ALWAYS, "nudges_a_session": 0, **more}
    proved = {"limit_action": action, "proved_stop": True, "proved_time": True}
    return World(short(Mode.NUDGE, **proved, **rules), (*TIME, *inputs), EVERYTHING, live=False)


EXTENDED = Input("extended", Extended(NOW, "small-0", TICK), lambda s: s.session is not None and not s.session.extended)
LIFTED = Input("lifted", Lifted(NOW, "small-0"), lambda s: s.session is not None)


def only(item: str) -> dict[str, Any]:
    """Return rules of a club that shows one item, and never asks for an incline."""
    return {"items_off": frozenset(PLACEMENT) - {item}, "nudges_a_session": 0}


QUEUE = (
    Input("peak", HourTold(NOW, peak=True), lambda s: s.peak is not True),
    Input("no peak", HourTold(NOW, peak=False), lambda s: s.peak is True),
    Input("people wait", WaitingTold(NOW, waiting=True)),
    Input("nobody waits", WaitingTold(NOW, waiting=False), lambda s: s.waiting_since is not None),
)
WORKOUT = tuple(belt((0, WALK), (0,)))

WORLDS: dict[str, Callable[[], World]] = {
    "nudge": lambda: deck(Mode.NUDGE, *WORKOUT, reading(WALK, 5), *links(ONE_STEP)),
    "noes": lambda: deck(Mode.NUDGE, reading(WALK, 0), AGAIN, nudges_a_session=3, link_hold_ms=3 * TICK),
    "help": lambda: deck(Mode.NUDGE, reading(WALK, 0), *keys(Key.SAFETY), HELP),
    "phases": lambda: deck(Mode.NUDGE, reading(WALK, 0), *PHASES),
    "assist": lambda: deck(Mode.ASSIST, reading(WALK, 0), RISEN),
    "enforce": lambda: deck(Mode.ENFORCE, *CALM_BELT),
    "announce": lambda: limit(Action.ANNOUNCE, reading(WALK, 0), *QUEUE, limit_when=When.WAITING),
    "stop": lambda: limit(
        Action.STOP,
        *belt((WALK, RUN), (0,)),
        *answers(Answer.CANCEL),
        *outcomes("stopping"),
        *keys(Key.SPEED),
        ALL_AGAIN,
    ),
    "timer": lambda: limit(Action.MACHINE, *belt((0, CREEP), (0,)), *outcomes("timing"), *links(EVERYTHING)),
    "suggest": lambda: World(
        short(Mode.NUDGE, suggestions_a_session=2, **only("mod.mix")),
        (*TIME, reading(WALK, 0), reading(RUN, 0), *answers(Answer.TAKE, Answer.DECLINE, Answer.NOT_TODAY)),
        ONE_STEP,
        live=False,
    ),
    "cards": lambda: World(
        short(Mode.NUDGE, **only("glute.bridge")), (*TIME, *WORKOUT), ONE_STEP, period=7, live=False
    ),
}
"""Those that close in seconds: `make test` visits each of them whole."""


def two_steps(mode: Mode) -> World:
    """Return a world in which the deck has two steps to go."""
    return deck(mode, *belt((WALK,), (0, 5, 10)), *keys(Key.SPEED), min_incline=10)


def lent(mode: Mode) -> World:
    """Return a world in which members stop, press keys, lose the link and borrow it."""
    return deck(mode, *belt((0, WALK), (0, 5)), *links(ONE_STEP, lend=True), *keys(Key.SPEED))


LARGE: dict[str, Callable[[], World]] = {
    "nudge, keys": lambda: deck(Mode.NUDGE, *belt((0, WALK), (0, 5)), *links(ONE_STEP), *keys(Key.SPEED)),
    "enforce, keys": lambda: deck(Mode.ENFORCE, *CALM_BELT, *keys(Key.SPEED, Key.CONTROL_LOST)),
    "assist, keys": lambda: deck(Mode.ASSIST, *CALM_BELT, AGAIN, *keys(Key.SPEED), quiet_ms=3 * TICK),
    "announce, stops": lambda: limit(Action.ANNOUNCE, *WORKOUT, *QUEUE, limit_when=When.WAITING),
    "timer, walks": lambda: limit(
        Action.MACHINE, *belt((0, CREEP, WALK), (0,)), *outcomes("timing"), *links(EVERYTHING), *keys(Key.STOPPED)
    ),
    "help, phases": lambda: deck(Mode.NUDGE, *CALM_BELT, AGAIN, *keys(Key.SAFETY), HELP, *PHASES),
    "stop, staff": lambda: limit(
        Action.STOP, *belt((0, WALK, RUN), (0,)), *answers(Answer.CANCEL), *outcomes("stopping"), *links(EVERYTHING),
        *keys(Key.SPEED), HELP, EXTENDED, LIFTED,
    ),
    "announce, staff": lambda: limit(
        Action.ANNOUNCE, *WORKOUT, *QUEUE, EXTENDED, LIFTED, HELP, ALL_AGAIN, limit_when=When.WAITING
    ),
    "assist, two steps": lambda: two_steps(Mode.ASSIST),
    "enforce, two steps": lambda: two_steps(Mode.ENFORCE),
    "assist, lent": lambda: lent(Mode.ASSIST),
    "enforce, lent": lambda: lent(Mode.ENFORCE),
}  # fmt: skip
"""Those for a machine left alone for a while: `make world` visits them besides."""
