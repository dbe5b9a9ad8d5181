"""Moments at the edges: states that evenings reached, changed in a place or two, each with one event; always the same.

An evening seldom meets a limit to the millisecond, and a guard that repeats what was decided before is never alone.
Here a time lies just before, at and just after each span that the policy knows, a number at each bound, a switch
on the other side; what the core then makes of one event is what a mutant has to make of it, too.
"""

import pickle
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, get_args

from daemon.policy import rules as r
from daemon.policy import step
from daemon.policy.events import (
    Answer,
    Answered,
    Confirmed,
    Extended,
    FloorTold,
    HelpAsked,
    HourTold,
    LendAsked,
    Lifted,
    LinkDown,
    Outcome,
    Result,
    ReturnAsked,
    RulesSet,
    ScreenGone,
    Slot,
    Tick,
    TrainerAsked,
    WaitingTold,
)
from daemon.policy.state import Control, State
from drivers.contract import InclineRange, Key, Notice, Reading, Training
from tests.mutants.replay import Trace, answers

SEED = 20_27
A_KIND = 12
"""States kept of each kind."""
EACH = 24
"""Moments made of each state."""
A_PLACE = 0.12
"""Of the edges of time, how many are tried in each state."""
BATCH = 400
POLICY = Path(r.__file__).parent
COUNTS = (-1, 0, 1)
NOISES = (r.SPEED_NOISE, r.STEADY)
SPANS = tuple(
    value
    for name in vars(r)
    if name.isupper()
    for value in (lambda v: v if isinstance(v, tuple) else (v,))(getattr(r, name))
    if isinstance(value, int) and not isinstance(value, Enum)
)
REACHES = tuple(
    InclineRange(*reach)
    for reach in (
        (0, 150, 1), (0, 150, 2), (0, 120, 3), (-30, 150, 5), (0, 150, 10), (3, 150, 4), (0, 12, 6), (10, 100, 5),
        (-20, 9, 1),
    )
)  # fmt: skip
type Where = tuple[str | int, ...]


def kind_of(state: State, event: Any) -> tuple[object, ...]:
    """Return what makes two moments of an evening alike."""
    session, prompt = state.session, state.prompt
    under_way = tuple(getattr(each, "stage", None) for each in (state.raising, state.stopping, state.timing))
    return (
        type(event), getattr(event, "key", None), getattr(event, "result", None), getattr(event, "answer", None),
        state.link, state.rules.mode, prompt and prompt.kind, under_way, session is None or session.opened,
        state.floor is None, state.peak, session is not None and session.over,
    )  # fmt: skip


def chosen(evenings: list[tuple[State, list[Any]]], chance: random.Random) -> list[tuple[State, Any]]:
    """Return moments of the evenings, a few of each kind."""
    kinds: dict[tuple[object, ...], list[tuple[State, Any]]] = defaultdict(list)
    for first, events in evenings:
        state = first
        for event in events:
            kept = kinds[kind_of(state, event)]
            if len(kept) < A_KIND:
                kept.append((state, event))
            elif chance.random() < 0.02:
                kept[chance.randrange(A_KIND)] = (state, event)
            state, _ = step(state, event)
    return [one for kept in kinds.values() for one in kept]


def places(value: Any, path: Where = ()) -> Iterator[tuple[Where, Any]]:
    """Yield every field inside value that is a number, a switch, a word of a list or may be missing."""
    for field in fields(value):
        inner, here = getattr(value, field.name), (*path, field.name)
        if isinstance(inner, tuple):
            for index in sorted({0, len(inner) - 1}) if inner and is_dataclass(inner[0]) else ():
                yield from places(inner[index], (*here, index))
        elif is_dataclass(inner):
            yield from places(inner, here)
        numbers = isinstance(inner, int | Enum) or int in get_args(field.type)
        if numbers or (type(None) in get_args(field.type) and inner is not None):
            yield here, inner


def put(value: Any, path: Sequence[str | int], new: Any) -> Any:
    """Return value with new at path; ValueError where it cannot be."""
    if not path:
        return new
    first, *rest = path
    if isinstance(first, int):
        return (*value[:first], put(value[first], rest, new), *value[first + 1 :])
    return replace(value, **{first: put(getattr(value, first), rest, new)})


def is_time(path: Where) -> bool:
    """Tell whether a field is a moment of the clock."""
    name = str(path[-1])
    return name in ("at", "since", "until", "good", "spell", "sent") or name.endswith(("_at", "_since", "_until"))


def edge(path: Where, old: Any, state: State, at: int, chance: random.Random) -> Any:
    """Return another value for a field, at an edge."""
    nudge = chance.choice((-1, 0, 0, 1))
    spans = [*SPANS, *(v for f in fields(state.rules) if type(v := getattr(state.rules, f.name)) is int)]
    if is_time(path):
        return None if chance.random() < 0.05 else at - chance.choice(spans) * chance.choice((1, 1, 1, -1)) + nudge
    if isinstance(old, bool):
        return not old
    if isinstance(old, Enum):
        return chance.choice(list(type(old)))
    if is_dataclass(old) or isinstance(old, str):
        return None
    if old is None:
        return chance.choice((None, 0, 1, at + nudge, chance.choice(spans) + nudge))
    return chance.choice((0, 1, old + 1, old - 1, chance.choice(spans) + nudge))


def deck_of(state: State) -> list[int]:
    """Return the inclines that matter in a state."""
    raising = state.raising
    return [*([state.incline.value] if state.incline else []), *((raising.step, raising.start) if raising else ())]


def stamped(event: Any, state: State, chance: random.Random) -> Any:
    """Return the event itself or another, at the time of event."""
    at, session, prompt = event.at, state.session, state.prompt
    name = session.id if session else "none"
    number, digit = (prompt.id, prompt.digit) if prompt else (1, 0)
    under_way = state.raising or state.stopping or state.timing
    effect = (under_way.effect if under_way else None) or 0
    last = state.speeds[-1].value if state.speeds else 0
    of_speed = (state.speed_ref or 0, last, state.even_speed)
    edge_of = [
        one + sign * (noise - less) for one in of_speed for sign in (-1, 1) for noise in NOISES for less in (0, 1)
    ]
    speed = chance.choice((0, 49, 50, 99, 100, 600, 601, 800, 1000, 1001, 1200, None, *edge_of))
    deck = [each + more for each in deck_of(state) for more in (-6, -5, -1, 0, 1, 5, 6)]
    incline = chance.choice((-5, 0, 4, 5, 9, 10, 12, 15, 20, None, *deck))
    others: tuple[Callable[[], Any], ...] = (
        lambda: Tick(at),
        lambda: Reading(at, speed, incline, training=chance.choice(list(Training))),
        lambda: Reading(at, speed, incline, 100, chance.choice((0, 5, 5999, None)), chance.choice((0, 1, 120, 121))),
        lambda: Notice(at, chance.choice(list(Key)), chance.choice((None, 0, 5, 100, 800))),
        lambda: Outcome(at, effect + chance.choice((0, 0, 0, 1)), chance.choice(list(Result))),
        lambda: Answered(at, number + chance.choice((0, 0, 0, 1)), chance.choice(list(Answer))),
        lambda: Confirmed(at, chance.choice(("kiosk", "other")), number, digit + chance.choice((-2, -1, 0, 1, 2))),
        lambda: ScreenGone(at, chance.choice(("kiosk", "other"))),
        lambda: LinkDown(at, "gone"),
        lambda: Slot(at, chance.random() < 0.5),
        lambda: chance.choice((HelpAsked, TrainerAsked, LendAsked, ReturnAsked))(at),
        lambda: HourTold(at, chance.choice((True, False, None)), chance.random() < 0.5),
        lambda: FloorTold(at, chance.choice((None, -1, 0, 1)), (("rower", 1), ("treadmill", chance.choice(COUNTS)))),
        lambda: WaitingTold(at, chance.random() < 0.5),
        lambda: Extended(at, chance.choice((name, name, "none")), chance.choice((300_000, 900_000, 300_001))),
        lambda: Lifted(at, chance.choice((name, name, "none"))),
        lambda: RulesSet(at, state.rules),
    )  # fmt: skip
    return event if chance.random() < 0.5 else chance.choice(others)()


def spans(source: str) -> Iterator[tuple[str, str]]:
    """Yield which field of a time is compared with which span, as a line of the policy's own source has them."""
    for line in source.splitlines():
        times = re.findall(r"\b\w+\.(\w*(?:at|since|until|sent|good))\b", line)
        known = re.findall(r"\br\.([A-Z_]{4,})\b|\brules\.(\w+_ms)\b", line)
        yield from ((time, upper or lower) for time in set(times) for upper, lower in known)


COMPARED = frozenset(pair for file in POLICY.glob("*.py") for pair in spans(file.read_text()))


def at_edges(state: State, event: Any, chance: random.Random) -> Iterator[tuple[State, Any]]:
    """Yield the state with each time at the very end of each span that it is compared with, now and then."""
    for path, old in places(state):
        for name, span in COMPARED if old is not None and is_time(path) else ():
            if not str(path[-1]).endswith(name) or chance.random() > A_PLACE:
                continue
            length = getattr(r, span, None) or getattr(state.rules, span, None)
            if isinstance(length, int):
                changed = put(state, path, event.at - length)
                yield changed, Tick(event.at) if chance.random() < 0.3 else stamped(event, changed, chance)
    if state.prompt is not None:  # a countdown that ends now; a question without its Raise key
        yield put(state, ("prompt", "until"), event.at), Tick(event.at)
        held = put(state, ("control",), chance.choice(list(Control)))
        yield put(held, ("prompt", "until"), event.at), Tick(event.at)
        other = put(state, ("prompt", "can_raise"), not state.prompt.can_raise)
        yield other, Answered(event.at, state.prompt.id, chance.choice((Answer.RAISE, Answer.CANCEL)))
    for old in (r.FRESH_MS, r.FRESH_MS + 1):  # a reading that comes late, and is news all the same
        late = replace(state, at=event.at + old, sample_at=event.at - 1)
        yield late, Reading(event.at, chance.choice((0, 600)), chance.choice((0, 5, 10)))


def moments(evenings: list[tuple[State, list[Any]]]) -> Iterator[tuple[State, Any]]:
    """Yield the moments, mixed; the same ones each time."""
    chance = random.Random(SEED)
    made: list[tuple[State, Any]] = []
    for state, event in chosen(evenings, chance):
        made.extend(at_edges(state, event, chance))
        everywhere = list(places(state))
        for _ in range(EACH):
            changed = state
            if state.machine is not None and chance.random() < 0.2:
                changed = put(changed, ("machine", "incline"), chance.choice(REACHES))
            if len(state.speeds) > 1 and chance.random() < 0.1:  # as unsteady as may be, or a bit more
                last = state.speeds[-1].value
                changed = put(
                    changed, ("speeds", 0, "value"), last + chance.choice((-1, 1)) * (r.STEADY + chance.choice((0, 1)))
                )
            for path, old in chance.sample(everywhere, chance.choice((1, 1, 2, 3))):
                try:
                    changed = put(changed, path, edge(path, old, state, event.at, chance))
                except (
                    ValueError,
                    TypeError,
                    AttributeError,
                ):  # no such value may be, or another change took its place away
                    continue
            made.append((changed, stamped(event, changed, chance)))
    chance.shuffle(made)
    yield from made


def batches(evenings: list[tuple[State, list[Any]]]) -> list[Trace]:
    """Return the moments with what the whole core makes of each."""
    every = list(moments(evenings))
    pickled = [pickle.dumps(every[start : start + BATCH]) for start in range(0, len(every), BATCH)]
    return [Trace(one, tuple(answers(pickle.loads(one))), alone=True) for one in pickled]
