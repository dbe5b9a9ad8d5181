"""What a run of the core came to: a mark for each effect that is worth one, and the time by its kind. Pure data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from daemon.narrator import percent, sentence
from daemon.policy.events import (
    Effect,
    Happened,
    RaiseIncline,
    ReleaseLink,
    RemakeLink,
    RequestControl,
    SetWorkoutTime,
    Spent,
    StopOnce,
    TakeLink,
)
from daemon.policy.state import Kind, Prompt, State

COUNTDOWNS = frozenset({Kind.COUNTDOWN, Kind.STOP})
TELLING = ("what", "step", "state", "result", "outcome")
"""Keys of a Happened that say which of its kind it is; a new kind needs no more."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that the core did: its kind (how it is drawn), what it is counted as, and a sentence."""

    at: int
    kind: str
    label: str
    text: str = ""  # none for what another mark says too
    raises: bool = False  # about the deck: not to be judged where the deck is not the recorded one


@dataclass
class Story:
    """Marks in their order, and what the time was; neighbouring stretches of one kind are one."""

    marks: list[Mark] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)

    def add(self, before: State, after: State, effects: Sequence[Effect]) -> None:
        """Take one step of the core."""
        for effect in effects:
            if isinstance(effect, Spent):
                self._spend(effect)
            else:
                self.marks.append(mark(effect, after.at))
        if (prompt := after.prompt) is not None and prompt.kind in COUNTDOWNS and _new(before.prompt, prompt):
            what = "a raise" if prompt.kind is Kind.COUNTDOWN else "a stop"
            self.marks.append(Mark(after.at, "countdown", f"countdown to {what}", raises=True))

    def _spend(self, spent: Spent) -> None:
        last = self.spent[-1] if self.spent else None
        if last is not None and last.end == spent.start and _kind(last) == _kind(spent):
            self.spent[-1] = replace(last, end=spent.end)
        else:
            self.spent.append(spent)

    def flat(self) -> list[tuple[int, int]]:
        """Return the flat stretches, start and end."""
        return [(one.start, one.end) for one in self.spent if one.flat]


def _kind(spent: Spent) -> Spent:
    return replace(spent, start=0, end=0, distance=0)


def _new(before: Prompt | None, after: Prompt) -> bool:
    return before is None or before.id != after.id


def mark(effect: Effect, at: int) -> Mark:
    """Return the mark of an effect other than Spent."""
    match effect:
        case Happened():
            return told(effect, at)
        case RequestControl():
            return Mark(at, "control", "control asked for", "The treadmill is asked for control.", raises=True)
        case RaiseIncline(target=target):
            words = f"The treadmill is asked to raise the deck to {percent(target)} %."
            return Mark(at, "raise", "raises sent", words, raises=True)
        case SetWorkoutTime(seconds=seconds):
            return Mark(at, "timer", "workout times sent", f"The console's workout time is set to {seconds // 60} min.")
        case StopOnce():
            return Mark(at, "stop", "stops sent", "The treadmill is asked to stop, once.", raises=True)
        case ReleaseLink() | TakeLink() | RemakeLink():
            return Mark(at, "link", f"link: {LINKS[type(effect)]}")
        case Spent():
            raise ValueError("time is no mark")


LINKS: Mapping[type, str] = {ReleaseLink: "given away", TakeLink: "taken back", RemakeLink: "made anew"}


def told(happened: Happened, at: int) -> Mark:
    """Return the mark of an event; a kind that nobody knows yet is told by its own words."""
    data: dict[str, Any] = dict(happened.data)
    words = [str(data[key]) for key in TELLING if data.get(key) is not None]
    label = f"{happened.kind}: {', '.join(words)}" if words else happened.kind
    raises = happened.kind == "command" and data.get("what") in ("raise", "stop")
    return Mark(at, happened.kind, label.replace("_", " "), sentence(happened) or f"{label}.", raises)


def clipped(spent: Iterable[Spent], since: int, until: int) -> list[Spent]:
    """Return the part of each stretch that lies between since and until."""
    cut = (replace(one, start=max(one.start, since), end=min(one.end, until)) for one in spent)
    return [one for one in cut if one.end > one.start]
