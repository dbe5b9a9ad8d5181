"""Every number of the policy, once: what a club may set, within which bounds, and what no one may."""

from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any


class Mode(IntEnum):
    """How far the daemon may go on one machine; each includes those before it."""

    OBSERVE = 0  # record only
    NUDGE = 1  # messages; the member uses their own keys; control is never requested
    ASSIST = 2  # the member presses Raise
    ENFORCE = 3  # a countdown that the member can cancel, once a session


def setting(default: int, least: int, most: int, unit: str, doc: str) -> Any:  # noqa: ANN401, as dataclasses.field
    """Declare one setting: its default, its bounds (both allowed), its unit and one line for its reader."""
    return field(default=default, metadata={"least": least, "most": most, "unit": unit, "doc": doc})


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

    def __post_init__(self) -> None:
        wrong = [
            f"{f.name} is {value} {f.metadata['unit']}; it may be {f.metadata['least']} to {f.metadata['most']}"
            for f in fields(self)
            if f.metadata and not f.metadata["least"] <= (value := getattr(self, f.name)) <= f.metadata["most"]
        ]
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
