"""The last line before a byte leaves for a machine of the family A0 to DF: what is not on this list is never sent.

A write must be one of: a question of this variant's own table, one byte; an elevation, A4 and four digits of which the
last is 0 or 5, where a range was written down, on a belt that has just said it runs. A0, A1 and, on a Woodway, A9 start
a belt, A2 and AA stop it, A3 sets its speed: none of them passes. Once a machine said that its belt stops when the host
falls silent, nothing passes any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.contract import Unsupported
from drivers.trackmaster.codec import DIGITS, number
from drivers.trackmaster.meaning import STEEPEST
from drivers.trackmaster.variants import ELEVATION, Variant
from drivers.transports.gated import Allow

FRESH_MS: Final = 2_000
"""A state that is older decides nothing."""
LENGTH: Final = 5
LAST: Final = b"05"
WATCHED_BELT: Final = (
    "this treadmill's belt was started so that it stops when the program at its serial port falls silent. inclined "
    "would keep it running, or stop a runner by a mistake, and so says nothing more to it. Let the belt stop, find out "
    "what started it in this way, and restart inclined"
)


@dataclass(slots=True)
class Seen:
    """What the machine said last of its belt, and when, in ms of the clock that `now` reads; the driver keeps it."""

    now: Callable[[], int]
    state: int | None = None
    at: int = 0
    watched: bool = False
    """The belt stops when the host falls silent. Never taken back: it takes staff, and a new start of the program."""

    def saw(self, state: int | None) -> None:
        """Take the state that has just arrived."""
        self.state, self.at = state, self.now()

    def fresh(self) -> int | None:
        """Return the state, None when it is unknown or older than two seconds."""
        return self.state if self.now() - self.at <= FRESH_MS else None


def gate(variant: Variant, seen: Seen, *, raises: bool) -> Allow:
    """Return the check of every write to a machine; `raises` where a range of inclines was written down for it."""
    questions = {bytes([code]) for code in variant.codes.values()}

    def allow(data: bytes) -> None:
        if seen.watched:
            raise Unsupported(WATCHED_BELT)
        if data in questions:
            return
        if not raises or not is_elevation(data):
            raise Unsupported(f"nothing was sent: {data.hex(' ') or 'no bytes'} is not a command for this machine")
        state = seen.fresh()
        if state is None or (variant.started is not None and state != variant.started):
            raise Unsupported(
                f"nothing was sent: {data.hex(' ')} is not for a belt that has not just said that it runs"
            )

    return allow


def is_elevation(data: bytes) -> bool:
    """Say whether this is one whole elevation that a treadmill may have."""
    whole = len(data) == LENGTH and data[0] == ELEVATION and DIGITS.issuperset(data[1:])
    return whole and data[-1] in LAST and number(data[1:]) <= STEEPEST
