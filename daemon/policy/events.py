"""What the core hears (events) and what it wants done (effects); time comes in with each event, `at` in ms."""

from dataclasses import dataclass
from enum import Enum

from daemon.policy.rules import Rules
from daemon.policy.session import Session
from drivers.contract import Machine, Notice, Reading


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed; comes about four times a second."""

    at: int


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The link ended; its opposite is a Machine, said on each new link."""

    at: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """While the link is lent: whether the machine's one link was free just now."""

    at: int
    free: bool


class Result(Enum):
    """How a machine effect ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # no answer, or the link went: it may have moved
    WITHDRAWN = "withdrawn"  # nothing was sent


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the machine effect with this number."""

    at: int
    effect: int
    result: Result


class Answer(Enum):
    """A key of the screen that answers a prompt."""

    RAISE = "raise"
    DECLINE = "decline"  # Not now
    CANCEL = "cancel"
    TAKE = "take"  # I will, to a suggestion
    NOT_TODAY = "not_today"


@dataclass(frozen=True, slots=True)
class Answered:
    """The member touched a key of prompt number `prompt`; an answer to a prompt that is gone does nothing."""

    at: int
    prompt: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The screen drew this: prompt number (0: none) and digit, in an animation frame of a visible page."""

    at: int
    screen: str
    prompt: int
    digit: int


@dataclass(frozen=True, slots=True)
class ScreenGone:
    """The screen closed its line."""

    at: int
    screen: str


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """The member asked for help; no reason is kept."""

    at: int


@dataclass(frozen=True, slots=True)
class TrainerAsked:
    """The member would like to talk with a trainer."""

    at: int


@dataclass(frozen=True, slots=True)
class LendAsked:
    """Use my own app: the member wants the machine's one link."""

    at: int


@dataclass(frozen=True, slots=True)
class ReturnAsked:
    """The member gives the link back."""

    at: int


@dataclass(frozen=True, slots=True)
class HourTold:
    """What the gym's own clock says; None while nobody knows the time."""

    at: int
    peak: bool | None
    evening: bool = False  # a weekday's 16 to 20 h: people come from their desks


@dataclass(frozen=True, slots=True)
class FloorTold:
    """What the floor says: people who wait for a treadmill, and free machines by type; `at` is when it was said."""

    at: int
    waiting: int | None
    free: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class WaitingTold:
    """Staff say that people wait, or that nobody does any more."""

    at: int
    waiting: bool


@dataclass(frozen=True, slots=True)
class Extended:
    """Staff give this session more time; one that has ended gets none."""

    at: int
    session: str
    ms: int  # one of EXTENSIONS_MS


@dataclass(frozen=True, slots=True)
class Lifted:
    """Staff take the limit off this session."""

    at: int
    session: str


@dataclass(frozen=True, slots=True)
class RulesSet:
    """New rules; they take effect when the belt is next idle."""

    at: int
    rules: Rules


@dataclass(frozen=True, slots=True)
class Restored:
    """The daemon was restarted: the session that it had saved, to be continued or closed."""

    at: int
    session: Session
    same_boot: bool  # the session's times are of this boot's clock


type Event = (
    Machine
    | Reading
    | Notice
    | Tick
    | LinkDown
    | Slot
    | Outcome
    | Answered
    | Confirmed
    | ScreenGone
    | HelpAsked
    | TrainerAsked
    | LendAsked
    | ReturnAsked
    | HourTold
    | FloorTold
    | WaitingTold
    | Extended
    | Lifted
    | RulesSet
    | Restored
)


@dataclass(frozen=True, slots=True)
class RequestControl:
    """Ask the machine for control, now."""

    id: int


@dataclass(frozen=True, slots=True)
class RaiseIncline:
    """Ask for a target incline in 0.1 %, above the one reported."""

    id: int
    target: int


@dataclass(frozen=True, slots=True)
class SetWorkoutTime:
    """Set the console's own workout time, in seconds, on an idle belt."""

    id: int
    seconds: int


@dataclass(frozen=True, slots=True)
class StopOnce:
    """Ask for one stop."""

    id: int


type MachineEffect = RequestControl | RaiseIncline | SetWorkoutTime | StopOnce
"""All that this daemon can ask of a machine; there is no start, resume, speed, pause, reset or lower."""


@dataclass(frozen=True, slots=True)
class ReleaseLink:
    """Drop the link: the member's own app wants it."""


@dataclass(frozen=True, slots=True)
class TakeLink:
    """Connect again."""


@dataclass(frozen=True, slots=True)
class RemakeLink:
    """Drop the link and connect again: what was asked for with it, control above all, is given back."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Time from start to end (ms), all of one kind, of one session; parts are never larger than the whole."""

    session: str
    start: int
    end: int
    belt: bool = False
    pause: bool = False
    eligible: bool = False
    flat: bool = False
    unknown: bool = False
    gap: bool = False
    distance: int = 0  # m


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that others are told and that is kept: kind and its data, see daemon.messages."""

    at: int
    kind: str
    data: tuple[tuple[str, str | int | bool | None], ...] = ()
    session: str | None = None


type Effect = MachineEffect | ReleaseLink | TakeLink | RemakeLink | Spent | Happened
