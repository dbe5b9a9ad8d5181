"""The small worlds: for each, its rules, its machine, and everything that can happen next."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from daemon.policy import fresh_state
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
from daemon.policy.rules import Mode, Rules
from daemon.policy.state import Kind, Link, State
from drivers.contract import Ability, InclineRange, Key, Machine, Notice, Reading, Training
from tests.policy.smallworld import canon
from tests.policy.smallworld.canon import NOW, OLD, PROMPT
from tests.policy.smallworld.scale import JUMP, TICK, short

WALK, RUN = 400, 900
FLAT = "walks flat"
CONFIRM = "the screen confirms"

type When = Callable[[State], bool]


@dataclass(frozen=True)
class Input:
    """One thing that can happen at a state in its normal form, and when it makes sense."""

    name: str
    event: Event
    when: When = lambda state: True


def reading(speed: int | None, incline: int | None, training: Training | None = Training.MANUAL) -> Input:
    """A reading a tick later."""
    event = Reading(NOW + TICK, speed, incline, training=training)
    name = FLAT if (speed, incline, training) == (WALK, 0, Training.MANUAL) else f"{speed}, {incline}, {training}"
    return Input(name, event, up)


def up(state: State) -> bool:
    return state.link is Link.UP


def _prompted(*kinds: Kind) -> When:
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
        yield Input(f"late {answer.value}", Answered(NOW, OLD, answer), _prompted(*kinds[answer]))


def outcomes() -> Iterator[Input]:
    """What a machine answers to what it was asked; and the two late answers that count."""
    for name, number in (("raising", canon.RAISE), ("stopping", canon.STOP), ("timing", canon.TIMING)):
        for result in Result:
            yield Input(f"{name} {result.value}", Outcome(NOW, number, result), _awaits(name))
    for result in (Result.REFUSED, Result.UNKNOWN):
        yield Input(f"late {result.value}", Outcome(NOW, OLD, result), lambda s: s.session is not None and s.session.enforce_over)


def _awaits(name: str) -> When:
    return lambda state: getattr(state, name) is not None and getattr(state, name).effect is not None


def links(machine: Machine, *, lend: bool) -> Iterator[Input]:
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
    depth: int | None = None
    start: Mapping[str, Any] = field(default_factory=dict)

    def first(self) -> State:
        """Return the state at which everything begins: just started, no link."""
        return fresh_state("small", self.rules, NOW)

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


def deck(mode: Mode, **more: Any) -> World:
    """Return the world of the minimum incline."""
    return World(
        short(mode, min_incline=5, **more),
        (
            *TIME,
            *LATE,
            *belt((0, WALK), (0, 5)),
            *answers(Answer.RAISE, Answer.DECLINE, Answer.CANCEL),
            *(outcomes() if mode >= Mode.ASSIST else ()),
            *links(ONE_STEP, lend=False),
            *keys(Key.SPEED),
        ),
        ONE_STEP,
    )


WORLDS: dict[str, Callable[[], World]] = {
    "nudge": lambda: deck(Mode.NUDGE),
    "assist": lambda: deck(Mode.ASSIST),
    "enforce": lambda: deck(Mode.ENFORCE),
}
_UNUSED = (Extended, Lifted, HourTold, WaitingTold)
