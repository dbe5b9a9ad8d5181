"""When the screen is dark: in the gym's own hours of night, as long as nobody runs. Pure.

A clock that may be wrong darkens nothing, and what is not known of the belt is no reason to stay lit: at night a
treadmill is switched off.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from daemon.snapshot import Phase, Snapshot

FORM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
EXAMPLE = "22:30-05:30"
LIT_MS = 5 * 60_000
"""Lit for so long after the belt stood, or the last word was on the screen."""
STILL = (Phase.UNKNOWN, Phase.IDLE)


@dataclass(frozen=True, slots=True)
class Hours:
    """From minute `start` to before minute `end` of the local day; over midnight where end is the smaller one."""

    start: int
    end: int

    def holds(self, minute: int) -> bool:
        """Tell whether that minute of the day lies in it."""
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


def hours(text: str) -> Hours | None:
    """Return what text such as 22:30-05:30 says; None for no text: never dark. ValueError says what is wrong."""
    if not text:
        return None
    parts = FORM.fullmatch(text)
    if parts is None:
        raise ValueError(f'"{text}" is not written like {EXAMPLE}')
    first, second, third, fourth = map(int, parts.groups())
    read = Hours(first * 60 + second, third * 60 + fourth)
    if read.start == read.end:
        raise ValueError(f'"{text}" begins and ends at once; leave the line out for a screen that is always lit')
    return read


def stirs(seen: Snapshot) -> bool:
    """Tell whether somebody runs, or is asked something."""
    return bool(seen.speed) or seen.phase not in STILL or seen.prompt is not None or seen.raising or seen.stopping


def dark(night: Hours | None, local: datetime | None, at: int, stirred: int | None) -> bool:
    """Tell whether the screen is dark at `at` (ms).

    local is the gym's time, None while it is not known to be right; stirred is when somebody ran last, None: never.
    """
    if night is None or local is None or not night.holds(local.hour * 60 + local.minute):
        return False
    return stirred is None or at - stirred >= LIT_MS
