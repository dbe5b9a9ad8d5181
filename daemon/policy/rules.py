"""Every number of the policy, once: what a club may set, within which bounds, and what no one may."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum, IntEnum
from typing import Any

from daemon.policy.hours import mistakes


class Mode(IntEnum):
    """How far the daemon may go on one machine; each includes those before it."""

    OBSERVE = 0  # record only
    NUDGE = 1  # messages; the member uses their own keys; control is never requested
    ASSIST = 2  # the member presses Raise
    ENFORCE = 3  # a countdown that the member can cancel, once a session


class When(Enum):
    """When a time limit counts."""

    WAITING = "waiting"  # in peak hours, while people wait or no treadmill is free
    ALWAYS = "always"


class Action(Enum):
    """What follows a time limit whose grace is over; local, each behind its own proof at the machine."""

    ANNOUNCE = "announce"  # tell the member, tell staff
    MACHINE = "machine"  # besides, the console's own workout time is set while the belt stands
    STOP = "stop"  # besides, one stop after a countdown that anything cancels


def setting(default: int, least: int, most: int, unit: str, doc: str, *, zero: bool = False) -> Any:  # noqa: ANN401, as dataclasses.field
    """Declare one setting: its default, its bounds (zero: 0 is allowed besides), its unit and a line for its reader."""
    about = {"least": least, "most": most, "unit": unit, "doc": doc, "zero": zero}
    return field(default=default, metadata=about)


def within(about: Mapping[str, Any], value: int) -> bool:
    """Tell whether value may be, by a setting's metadata."""
    return bool(about["least"] <= value <= about["most"] or (value == 0 and about["zero"]))


def may_be(about: Mapping[str, Any]) -> str:
    """Return what a setting may be, for a sentence."""
    return f"{'0 or ' if about['zero'] else ''}{about['least']} to {about['most']} {about['unit']}"


PEAK = "Mon-Fri 06:00-09:00, Mon-Fri 16:30-20:00"
"""Busy hours of many clubs, in local time."""
SHORTEST_LIMIT_MS = 600_000
"""No limit is shorter, nor announced later before its end."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a club may set for one machine; a value out of bounds cannot be made (ValueError names all)."""

    mode: Mode = Mode.OBSERVE
    min_incline: int = setting(10, 0, 15, "0.1 %", "the belt counts as flat below this incline")
    warm_up_ms: int = setting(180_000, 0, 900_000, "ms", "belt time at a session's start that is left alone")
    nudge_after_ms: int = setting(120_000, 60_000, 1_800_000, "ms", "flat belt time before a nudge")
    nudge_shown_ms: int = setting(20_000, 20_000, 60_000, "ms", "how long a nudge stays")
    nudge_spacing_ms: int = setting(300_000, 300_000, 3_600_000, "ms", "least time between nudges")
    nudges_a_session: int = setting(4, 0, 6, "nudges", "most nudges in a session")
    decline_hold_ms: int = setting(600_000, 300_000, 7_200_000, "ms", "quiet after a decline")
    countdown_ms: int = setting(20_000, 20_000, 60_000, "ms", "countdown before `enforce` moves the deck")
    assist_countdown_ms: int = setting(3_000, 3_000, 20_000, "ms", "countdown after the member pressed Raise")
    step_spacing_ms: int = setting(10_000, 10_000, 60_000, "ms", "least time between two steps of the deck")
    speed_least: int = setting(100, 100, 600, "0.01 km/h", "slowest belt on which the deck is moved")
    speed_most: int = setting(1_000, 600, 1_200, "0.01 km/h", "fastest belt on which the deck is moved")
    quiet_ms: int = setting(60_000, 30_000, 600_000, "ms", "quiet after the member changed anything")
    link_hold_ms: int = setting(60_000, 30_000, 600_000, "ms", "quiet after a connect, restart or change of rules")
    max_pause_ms: int = setting(120_000, 30_000, 600_000, "ms", "a pause longer than this ends the session")
    limit_ms: int = setting(1_800_000, 600_000, 14_400_000, "ms", "time for one person, 0 for no limit", zero=True)
    limit_grace_ms: int = setting(300_000, 120_000, 900_000, "ms", "time to cool down after the limit")
    long_stay_ms: int = setting(
        3_600_000, 60_000, 14_400_000, "ms", "a note where no limit counts, 0 for none", zero=True
    )
    suggestions_a_session: int = setting(2, 0, 2, "suggestions", "most suggestions in a session")
    limit_when: When = When.WAITING
    limit_action: Action = Action.ANNOUNCE
    peak: str = PEAK
    proved_time: bool = False  # commissioning set the console's workout time and saw nothing else change
    proved_stop: bool = False  # commissioning saw one stop work, and proved the unit of speed
    items_off: frozenset[str] = frozenset()  # items that this club does not show: no pool, no swim
    items_own: frozenset[str] = frozenset()  # items of this club's own: never on a moving belt

    def __post_init__(self) -> None:
        wrong = [
            f"{f.name} is {value} {f.metadata['unit']}; it may be {may_be(f.metadata)}"
            for f in fields(self)
            if f.metadata and not within(f.metadata, value := getattr(self, f.name))
        ]
        wrong += mistakes(self.peak)
        if wrong:
            raise ValueError("; ".join(wrong))


MOVING = 50
"""Speed from which the belt counts as moving, 0.01 km/h."""
OPENING_MS = 10_000
"""Moving belt time that opens a session."""
FRESH_TO_COMMAND_MS = 2_000
"""Oldest speed, incline or state on which a deck is moved."""
FRESH_MS = 5_000
"""Oldest value that is shown, nudged on, or counted."""
GAP_MS = 120_000
"""Silence that ends a session."""
STEP = 5
"""Largest step of the deck, 0.1 %; a machine whose increment is larger may take one increment up to WIDE_STEP."""
WIDE_STEP = 10
CEILING = 20
"""No target above this, 0.1 %, whatever the rules say."""
RISE_A_SESSION = 15
"""Most that we raise a deck in one session, 0.1 %."""
ABOVE_MINIMUM = 5
"""A lowest reachable incline further above the minimum than this is only suggested, 0.1 %."""
REST_SAMPLES = 3
"""Equal incline readings that show a deck at rest."""
STEADY = 30
"""Most that speed may change within STEADY_MS before a raise, 0.01 km/h."""
STEADY_MS = 20_000
SPEED_NOISE = 10
"""A change of speed from this on is the member's, 0.01 km/h; below it is the sensor's noise."""
ARRIVAL_MS = 15_000
"""A step not seen to arrive by then did not work: the sequence ends, nothing is retried."""
OUTCOME_MS = 35_000
"""A machine that has not answered by then never will (FTMP 4.4.14.3 gives it 30 s)."""
LEASE_MS = 1_500
"""A screen silent for this long confirms nothing: a cancel."""
DIGIT_SLACK = 1
"""How far a confirmed digit may be from ours: the message was under way."""
NOTE_MS = 6_000
"""How long a short answer stays on the screen."""
ACCEPTED_WITHIN_MS = 60_000
"""A belt off the flat within this time of the nudge accepted it."""
LAST_PART_S = 120
"""Remaining time of the console's workout that counts as cool-down."""
CLOCK_GAP_MS = 5_000
"""Events further apart than this: we were not watching."""
DECLINES_A_SESSION = 2
"""Declines after which a session is left alone."""
SLOT_FREE_MS = 120_000
"""How long the machine's one link must be free before we take it back from a member's app."""
ELAPSED_WRAP_S = 6_000
"""Consoles count to 99:59 and begin again: no new session."""
WARNINGS_MS = (600_000, 300_000, 60_000)
"""How long before the limit its three messages come."""
TIME_SHOWN_MS = 20_000
"""How long a message about time stays."""
CALM_MS = 300_000
"""A limit that has not counted for so long is taken off."""
FLOOR_MS = 60_000
"""Oldest word of the floor about free machines and people who wait."""
WAITING_MS = 900_000
"""How long staff's word holds that people wait."""
EXTENSIONS_MS = (300_000, 600_000, 900_000)
"""What staff may give."""
STOP_COUNTDOWN_S = 30
STOP_SPEED = 600
"""Fastest belt that is asked to stop, 0.01 km/h."""
IDLE_MS = 5_000
"""How long a belt must be seen to stand before the console's workout time is set."""
UNEXPECTED_MS = 10_000
"""A belt that stops so soon after a step of the deck, without a key told, stopped unexpectedly."""
KEY_LATE_MS = 2_000
"""How late a machine may tell of the key that stopped it."""
SOON_MS = 60_000
"""A lower within this time of a step of the deck is a surprise."""
MESSAGE_SPACING_MS = 300_000
"""No suggestion sooner after any message."""
SUGGEST_BELOW = 1_200
"""No suggestion on a faster belt, 0.01 km/h."""
WALK_MOST = 600
RUN_LEAST = 800
"""A walker's and a runner's speed, 0.01 km/h; between them nobody knows."""
EVEN_SPEED = 50
"""Speed that stays within this for EVEN_MS asks for intervals, 0.01 km/h."""
EVEN_MS = 900_000
CARD_MS = 20_000
"""How long a card stays on the idle screen."""
CARDS_AFTER_MS = 600_000
"""How long after a session its cards show, before those for the next member do."""
