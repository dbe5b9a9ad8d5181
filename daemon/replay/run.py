"""One run of the core over a belt, and a second one beside it that would have done other things. Pure.

The second run hears the same machine. What answered the first one is turned into answers to the second: the machine's
outcomes where both asked the same of it at the same moment, the screen's confirmations as they were drawn then, a touch
where the same question is on the screen. A raise or stop that only one of them sends parts the two: from there on the
recorded belt is not the belt that it would have been.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from daemon.policy import step
from daemon.policy.events import (
    Answer,
    Answered,
    Confirmed,
    Effect,
    Event,
    Extended,
    Lifted,
    LinkDown,
    MachineEffect,
    Outcome,
    RaiseIncline,
    RemakeLink,
    RequestControl,
    Restored,
    Result,
    RulesSet,
    ScreenGone,
    SetWorkoutTime,
    StopOnce,
    Tick,
)
from daemon.policy.lease import CONFIRMED, digit
from daemon.policy.state import Kind, State
from daemon.replay.changes import Changes
from daemon.replay.story import Story

ASKED = (RequestControl, RaiseIncline, SetWorkoutTime, StopOnce)
MOVES = (RaiseIncline, StopOnce)
DRAWN_MS = 500
"""How often the scripted screen confirms."""
TOUCH_MS = 5_000
"""How long the scripted member thinks."""


class Screen(Enum):
    """Who is at the screen of the second run."""

    RECORDED = "recorded"  # whoever was there
    IGNORE = "ignore"  # a screen, and a member who touches nothing
    DECLINE = "decline"  # says Not now, and cancels countdowns
    ACCEPT = "accept"  # says yes to every question, and lets countdowns run
    NONE = "none"  # no screen


TOUCHES: dict[Screen, dict[Kind, Answer]] = {
    Screen.DECLINE: {
        Kind.NUDGE: Answer.DECLINE,
        Kind.SUGGESTION: Answer.DECLINE,
        Kind.COUNTDOWN: Answer.CANCEL,
        Kind.STOP: Answer.CANCEL,
    },
    Screen.ACCEPT: {Kind.NUDGE: Answer.RAISE, Kind.SUGGESTION: Answer.TAKE},
}


class Run:
    """A core and its story."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.story = Story()

    def tell(self, event: Event) -> tuple[Effect, ...]:
        """Let the core take event; return what it wants."""
        before = self.state
        self.state, effects = step(before, event)
        self.story.add(before, self.state, effects)
        return effects


class Second(Run):
    """A run beside a recorded one. `parted` is the moment (at) from which the recorded belt is not its own."""

    def __init__(self, state: State, changes: Changes, screen: Screen) -> None:
        super().__init__(state)
        self.parted: int | None = None
        self._changes, self._screen = changes, screen
        self._first = state.next_id
        self._pairs: dict[int, int] = {}
        self._drawn: int | None = None
        self._touched = 0

    def follow(self, event: Event, before: State | None = None, recorded: Sequence[Effect] = ()) -> None:
        """Take what entered the recorded run in the state before, and what that one wanted; None: there is none."""
        self._carry(self._own(event, before), recorded)
        if self._screen not in (Screen.RECORDED, Screen.NONE):
            self._draw()
            self._touch()

    def _carry(self, event: Event, recorded: Sequence[Effect] = ()) -> None:
        """Tell event; what the recorded run asked of the machine too is answered when that was, the rest at once."""
        wanted, twins = list(self.tell(event)), [one for one in recorded if isinstance(one, ASKED)]
        while wanted:
            effect = wanted.pop(0)
            if isinstance(effect, ASKED):
                twin = next((one for one in twins if _same(one, effect)), None)
                if twin is not None:
                    twins.remove(twin)
                    self._pairs[twin.id] = effect.id
                else:
                    wanted += self._answer(effect)
            elif isinstance(effect, RemakeLink) and effect not in recorded:
                wanted += self._remake()
        if any(isinstance(one, MOVES) for one in twins):
            self._part()

    def _answer(self, effect: MachineEffect) -> tuple[Effect, ...]:
        """Answer for a machine that was never asked: it says yes; the recorded belt will not follow."""
        if isinstance(effect, MOVES):
            self._part()
        return self.tell(Outcome(self.state.at, effect.id, Result.ACCEPTED))

    def _remake(self) -> tuple[Effect, ...]:
        lost = self.tell(LinkDown(self.state.at, "made anew"))
        machine = self.state.machine
        return lost if machine is None else (*lost, *self.tell(replace(machine, at=self.state.at)))

    def _part(self) -> None:
        if self.parted is None:
            self.parted = self.state.at

    def _own(self, event: Event, before: State | None) -> Event:
        """Return what event is for this run; a Tick where it is nothing."""
        own: Event | None = event
        match event:
            case Outcome():
                number = event.effect if event.effect < self._first else self._pairs.pop(event.effect, None)
                own = None if number is None else replace(event, effect=number)
            case Answered() | Confirmed() | ScreenGone() if before is None or self._screen is not Screen.RECORDED:
                own = None
            case Answered():
                own = _touched(event, before, self.state)
            case Confirmed():
                own = _drawn(event, before, self.state)
            case Extended() | Lifted() if before is not None and before.session is not None:
                same = before.session.id == event.session and self.state.session is not None
                own = replace(event, session=self.state.session.id) if same and self.state.session else None
            case RulesSet():
                own = replace(event, rules=self._changes.rules(event.rules))
            case Restored() if before is not None:
                own = replace(event, session=self._changes.session(event.session, before.rules))
        return Tick(event.at) if own is None else own

    def _draw(self) -> None:
        at, prompt = self.state.at, self.state.prompt
        if self._drawn is None or at - self._drawn >= DRAWN_MS:
            self._drawn = at
            self._carry(Confirmed(at, "script", prompt.id if prompt else 0, digit(prompt, at) if prompt else 0))

    def _touch(self) -> None:
        at, prompt = self.state.at, self.state.prompt
        if prompt is None or prompt.id == self._touched or at - prompt.since < TOUCH_MS:
            return
        if (key := TOUCHES.get(self._screen, {}).get(prompt.kind)) is not None:
            self._touched = prompt.id
            self._carry(Answered(at, prompt.id, key))


def _same(one: MachineEffect, other: MachineEffect) -> bool:
    return type(one) is type(other) and replace(one, id=0) == replace(other, id=0)


def _touched(event: Answered, before: State | None, own: State) -> Answered | None:
    """Return the touch where the question that it answered is on the other screen too."""
    asked = before.prompt if before is not None else None
    same = asked is not None and asked.id == event.prompt and own.prompt is not None and own.prompt.kind is asked.kind
    return replace(event, prompt=own.prompt.id) if same and own.prompt is not None else None


def _drawn(event: Confirmed, before: State | None, own: State) -> Confirmed:
    """Return the confirmation as the same screen would have drawn it: what it was told, as late as it was."""
    was, now = before.prompt if before is not None else None, own.prompt
    if now is None or event.prompt != (was.id if was is not None else 0):
        return replace(event, prompt=0, digit=0)
    counted = was is not None and was.kind in CONFIRMED
    late = event.digit - digit(was, event.at) if counted and was is not None else 0
    return replace(event, prompt=now.id, digit=digit(now, event.at) + late)
