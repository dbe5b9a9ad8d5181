"""The trials of what may follow a time limit: one stop of an empty belt, or one workout time while it stands. Pure.

Each asks for one thing, once, after staff said that nobody is on the belt; then the treadmill's own keys have to work.
Whatever was not expected ends it as not proved, and nothing more is sent.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, Literal

from daemon.commissioning.steps import Answered, Ask, Ending, Event, Typed, Watched, lost
from daemon.policy.events import SetWorkoutTime, StopOnce
from drivers.contract import Ability, Key, Machine, Notice

WORDS: Final = "nobody is on it"
GO: Final = "ask it"
SLOW, FAST = 50, 300
"""Speeds of a belt on which a stop is tried, 0.01 km/h."""
ARRIVE_MS: Final = 15_000
WATCH_MS: Final = 10_000
"""How long nothing may happen after a workout time."""
SECONDS: Final = 1_200
"""The workout time that is tried: 20 minutes."""
FRESH_MS: Final = 2_000


class Stage(Enum):
    """What the trial waits for."""

    AGREE = "agree"
    BELT = "belt"
    GO = "go"
    WAIT = "wait"
    KEYS = "keys"
    STOP = "stop"
    PROVED = "proved"


SAYS: Final = {
    "stop": {
        Stage.AGREE: "The belt stands, nobody is on it, and one of you stands at the red stop?",
        Stage.BELT: "Start the belt by its own key, and leave it at 1 to 3 km/h.",
        Stage.GO: "Now it is asked to stop, once, when you say so. Hands off its keys.",
        Stage.WAIT: "It is asked to stop.",
        Stage.KEYS: "It stopped. Start the belt again by its own key: does it obey?",
        Stage.STOP: "It does. Stop it by its own key.",
        Stage.PROVED: "Proved: it stopped once when it was asked to, and its own keys work.",
    },
    "time": {
        Stage.AGREE: "The belt stands, nobody is on it, and one of you stands at the red stop?",
        Stage.GO: "Now its console is given a workout time of 20 minutes when you say so. Nothing else may change.",
        Stage.WAIT: "It was asked. Watch it for ten seconds: nothing may start.",
        Stage.KEYS: "Nothing started. Now start the belt by its own key: does it obey?",
        Stage.STOP: "It does. Stop it by its own key.",
        Stage.PROVED: "Proved: the console took a workout time, nothing started, and its own keys work.",
    },
}


@dataclass(frozen=True, slots=True)
class Once:
    """One trial; `what` is asked for once, at most."""

    what: Literal["stop", "time"]
    stage: Stage = Stage.AGREE
    since: int = 0
    seen: Watched = Watched()
    asked: bool = False
    answered: bool = False
    hint: str = ""
    why: str = ""

    @property
    def title(self) -> str:
        return "One stop" if self.what == "stop" else "A workout time"

    @property
    def says(self) -> str:
        return f"Not proved: {self.why} Nothing more is sent to it." if self.why else SAYS[self.what][self.stage]

    @property
    def asks(self) -> Ask | None:
        words = {Stage.AGREE: WORDS, Stage.GO: GO}.get(self.stage) if not self.why else None
        return None if words is None else Ask(words=words)

    @property
    def ended(self) -> Ending | None:
        return Ending.FAILED if self.why else Ending.DONE if self.stage is Stage.PROVED else None

    def permits(self, at: int, /) -> bool:
        """Tell whether what was asked may still leave: nothing has changed since, and all of it is fresh."""
        seen = self.seen
        if self.stage is not Stage.WAIT or self.answered or self.why or seen.speed is None or seen.read_at is None:
            return False
        slow = SLOW <= seen.speed <= FAST if self.what == "stop" else seen.speed == 0
        return slow and 0 <= at - seen.read_at <= FRESH_MS

    def after(self, event: Event) -> tuple["Once", StopOnce | SetWorkoutTime | None]:
        """Return the trial after the event, and what is asked of the machine: once, at most."""
        step = replace(self, seen=self.seen.after(event))
        if (why := lost(event, step.seen) or _wrong(step, event)) is not None:
            return replace(step, why=why), None
        if isinstance(event, Typed):
            return _typed(step, event)
        if isinstance(event, Answered):
            return replace(step, answered=True, since=event.at), None
        return _moved(step, event), None


def _wrong(step: Once, event: Event) -> str | None:
    """Return why the trial ends, or None."""
    match event:
        case Machine(abilities=abilities):
            ability = Ability.STOP if step.what == "stop" else Ability.WORKOUT_TIME
            return None if ability in abilities else "this machine does not say that it can do this."
        case Notice(key=Key.CONTROL_LOST) if step.asked:
            return "the machine took control back."
        case Answered(why=why) if why:
            return f"it was asked, and: {why}."
    speed = step.seen.speed
    if step.stage in (Stage.BELT, Stage.GO, Stage.WAIT) and speed is not None and speed > FAST:
        return "the belt runs faster than 3 km/h."
    if step.what == "stop":
        early = step.stage is Stage.GO and speed == 0
        late = step.stage is Stage.WAIT and event.at - step.since > ARRIVE_MS
        return "the belt stopped by itself." if early else "it did not stop, or did not answer." if late else None
    if step.stage in (Stage.GO, Stage.WAIT) and speed:
        return "the belt moves."
    late = step.stage is Stage.WAIT and not step.answered and event.at - step.since > ARRIVE_MS
    return "it did not answer." if late else None


def _typed(step: Once, typed: Typed) -> tuple[Once, StopOnce | SetWorkoutTime | None]:
    """Take words that let it go on; all others are told."""
    said = " ".join(typed.text.lower().split())
    if step.asks is None or said != step.asks.words:
        return replace(step, hint="" if step.asks is None else f"Type these words, or nothing: {step.asks.words}"), None
    if step.stage is Stage.AGREE:
        fresh = step.seen.read_at is not None and typed.at - step.seen.read_at <= FRESH_MS
        if not fresh or step.seen.speed != 0:
            return replace(step, hint="The belt does not stand, or the treadmill says nothing."), None
        return _to(step, Stage.BELT if step.what == "stop" else Stage.GO, typed.at), None
    effect = StopOnce(2) if step.what == "stop" else SetWorkoutTime(2, SECONDS)
    return replace(_to(step, Stage.WAIT, typed.at), asked=True), effect


def _moved(step: Once, event: Event) -> Once:
    at, speed = event.at, step.seen.speed
    match step.stage:
        case Stage.BELT if speed is not None and speed >= SLOW and step.seen.steady(at):
            return _to(step, Stage.GO, at)
        case Stage.WAIT if step.answered and (speed == 0 if step.what == "stop" else at - step.since >= WATCH_MS):
            return _to(step, Stage.KEYS, at)
        case Stage.KEYS if speed is not None and speed >= SLOW and at - step.since >= FRESH_MS:
            return _to(step, Stage.STOP, at)
        case Stage.STOP if speed == 0:
            return _to(step, Stage.PROVED, at)
    return step


def _to(step: Once, stage: Stage, at: int) -> Once:
    return replace(step, stage=stage, since=at, hint="")
