"""All that the core remembers, as one frozen value."""

from dataclasses import dataclass
from enum import Enum

from daemon.policy.events import Spent
from daemon.policy.rules import Rules
from daemon.policy.session import Session
from drivers.contract import Machine, Training


@dataclass(frozen=True, slots=True)
class Gauge:
    """The last value that the machine said of one thing, and when."""

    value: int
    at: int


class Link(Enum):
    """Our line to the machine."""

    DOWN = "down"
    UP = "up"
    LENT = "lent"  # a member's own app has it


class Control(Enum):
    """What the machine last said to our wish for control; forgotten with the link."""

    NOT_ASKED = "not_asked"
    HELD = "held"
    LOST = "lost"  # refused, or taken by someone: not asked again this session


class Kind(Enum):
    """What a prompt is about."""

    NUDGE = "nudge"  # the belt is flat: a question
    COUNTDOWN = "countdown"  # the deck will rise
    RAISING = "raising"  # it rises
    DECLINED = "declined"  # the answer to Not now and to Cancel
    RAISED = "raised"
    NOT_MOVED = "not_moved"
    USE_KEYS = "use_keys"  # Raise was pressed, yet the deck may not be moved now
    HELP = "help"
    TIME = "time"  # minutes left
    LIMIT = "limit"  # time is up: cool down
    OVER = "over"  # the grace is over
    LONG_STAY = "long_stay"
    EXTENDED = "extended"
    LIFTED = "lifted"
    LIMIT_OFF = "limit_off"
    STOP = "stop"  # a countdown to a stop
    STOPPING = "stopping"
    STOP_OFF = "stop_off"  # something cancelled it
    SUGGESTION = "suggestion"
    TAKEN = "taken"  # the answer to I will
    TRAINER = "trainer"  # the answer to Ask a trainer


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the screen asks or says; there is never more than one."""

    id: int
    kind: Kind
    since: int
    until: int | None  # at; None while it lasts as long as it must
    target: int = 0  # 0.1 %
    can_raise: bool = False  # a nudge with a Raise key
    digit: int = 0  # what the screen must show to confirm
    confirmed: bool = False  # a screen showed it
    minutes: int = 0  # what a message about time says
    item: str = ""  # of the catalogue
    rule: str = ""  # that suggests it
    why: str = ""  # the text that says why
    free: bool = False  # the floor says that one is free, just now


@dataclass(frozen=True, slots=True)
class Lease:
    """The one screen that confirms."""

    screen: str
    at: int  # it was alive
    good: int | None = None  # at which it last drew the prompt and digit that it should


class Stage(Enum):
    """Where a raise stands."""

    COUNTING = "counting"  # the countdown runs
    ASKING = "asking"  # control was asked for
    SENT = "sent"  # a step was sent, its answer is awaited
    MOVING = "moving"  # the machine accepted: the step is awaited at the deck
    RESTING = "resting"  # arrived; the next step is not due yet


@dataclass(frozen=True, slots=True)
class Raise:
    """A raise under way: one countdown, then small steps until the goal."""

    stage: Stage
    goal: int  # 0.1 %
    asked_by_member: bool
    since: int  # at of this stage
    effect: int | None = None  # the effect whose outcome is awaited
    start: int = 0  # incline before the step
    step: int = 0  # target of the step under way
    sent: int | None = None  # at of the last step


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop under way: one countdown, then control asked for, then one stop."""

    stage: Stage  # COUNTING, ASKING or SENT
    since: int
    effect: int | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """The console's workout time being set: control asked for, then the time sent."""

    stage: Stage  # ASKING or SENT
    since: int
    effect: int


@dataclass(frozen=True, slots=True)
class Floor:
    """What the floor said last."""

    at: int
    waiting: int | None
    free: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """An item on the idle screen."""

    item: str
    rule: str
    since: int


@dataclass(frozen=True, slots=True)
class Nudged:
    """A nudge whose outcome is still open."""

    prompt: int
    since: int
    shown: bool = False
    watched: bool = False  # a screen was alive meanwhile, whatever it drew
    otherwise: str = "expired"  # its outcome, unless the member takes the belt off the flat in time


@dataclass(frozen=True)  # no slots: Turn changes it by its dictionary
class State:
    """What the core knows; `fresh_state` makes the first one."""

    origin: str  # names this run of the daemon; sessions are numbered within it
    rules: Rules
    at: int  # of the newest event
    rules_next: Rules | None = None  # waits for an idle belt
    next_id: int = 1
    link: Link = Link.DOWN
    hold_until: int | None = None  # no machine effect and no nudge before; None: no link yet
    slot_free_since: int | None = None
    machine: Machine | None = None
    speed: Gauge | None = None
    incline: Gauge | None = None
    distance: Gauge | None = None
    elapsed: Gauge | None = None
    remaining: Gauge | None = None
    training: Training = Training.UNKNOWN
    sample_at: int | None = None  # at of the newest reading
    elapsed_fell: bool = False  # one reading with a console clock below the session's
    unproved: bool = False  # the session was restored over a reboot: the console's clock must show that it goes on
    way: int = 0  # speed x time not yet a whole metre
    equal_inclines: int = 0  # readings in a row with the same incline
    speeds: tuple[Gauge, ...] = ()  # the last STEADY_MS
    speed_ref: int | None = None  # speed that the member last set, as far as we saw
    changed_at: int | None = None  # the member's last change
    safety_out: bool = False
    key_at: int | None = None  # at which the machine last told of a key
    halted_at: int | None = None  # at which the belt stopped right after a step; nobody told of a key yet
    control: Control = Control.NOT_ASKED
    flat_since: int | None = None  # of eligible, fresh, flat belt time
    session: Session | None = None
    opening: tuple[Spent, ...] = ()  # time of a session that is not open yet
    prompt: Prompt | None = None
    nudged: Nudged | None = None
    spell: int | None = None  # at which a question would have come, in `observe`
    lease: Lease | None = None
    raising: Raise | None = None
    stopping: Stop | None = None
    timing: Timing | None = None
    timed: bool = False  # the console's workout time was set for the member who comes
    timer_over: bool = False  # the console took no workout time: announced only
    remaking: bool = False  # we dropped the link ourselves
    peak: bool | None = None
    evening: bool = False
    floor: Floor | None = None
    waiting_since: int | None = None  # at which staff said that people wait
    message_at: int | None = None  # at of the last message
    even_since: int | None = None  # at, since when the speed has been even
    even_speed: int = 0  # 0.01 km/h
    turns: int = 0  # suggestions and cards so far: whose turn it is
    card: Card | None = None
    ended_at: int | None = None  # at of the last session's end
    trainer: bool = False  # help or a trainer was asked for in the last session
