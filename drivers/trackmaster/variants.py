"""The machines that speak bytes A0 to DF, as tables: what each may be asked, and what its answers look like.

Sources: Trackmaster's TMX428 service manual (317-160-406, chapter 8), Full Vision's FVX325 manual, and the packages
`trackmaster` 0.1.1 and `pyWoodway` 0.2.4 on PyPI. One byte means different things on two of them: A9 sets a weight on a
Trackmaster and starts the belt of a Woodway; C3 is the set speed of one and the firmware of the other. So nothing is
looked up by its byte alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Ask(Enum):
    """What a machine can be asked; no answer changes anything at it."""

    STATE = "state"
    SPEED = "speed"  # as it is
    INCLINE = "incline"  # as it is
    SET_SPEED = "set speed"
    SET_INCLINE = "set incline"
    FIRMWARE = "firmware"


ELEVATION: Final = 0xA4
"""The one command that may leave: a target incline, four digits of 0.1 %, the last one 0 or 5."""
TIMED_OUT: Final = 0xBD
OUT_OF_RANGE: Final = 0xBE
ILLEGAL: Final = 0xBF
NOES: Final = {
    TIMED_OUT: "its time without a word from the host is over",
    OUT_OF_RANGE: "out of range",
    ILLEGAL: "not a command here",
}
WATCHED: Final = 0x32
"""`2`, a belt that was started with communication disconnect stop: it stops when the host falls silent for 0.5 s."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One kind of machine; lengths are of an answer without its first byte, which is the question's plus 10."""

    name: str
    codes: Mapping[Ask, int]
    polled: tuple[Ask, ...]
    """In this order, the state first: it may forbid the rest."""
    started: int | None
    """The state in which the deck may be moved; None where what the states mean is not public."""
    stopped: int | None
    reverses: bool
    """The first digit of a speed is a direction: 0 forward, 3 backward."""
    says_timed_out: bool

    def length(self, ask: Ask) -> int:
        """Return how many bytes answer this."""
        return 1 if ask is Ask.STATE else 4


TRACKMASTER: Final = Variant(
    name="trackmaster",
    codes={Ask.STATE: 0xC0, Ask.SPEED: 0xC1, Ask.INCLINE: 0xC2, Ask.SET_SPEED: 0xC3, Ask.SET_INCLINE: 0xC4},
    polled=(Ask.STATE, Ask.SPEED, Ask.INCLINE, Ask.SET_SPEED, Ask.SET_INCLINE),
    started=0x33,
    stopped=0x31,
    reverses=False,
    says_timed_out=False,
)
WOODWAY: Final = Variant(
    name="woodway",
    codes={Ask.STATE: 0xC0, Ask.SPEED: 0xC1, Ask.INCLINE: 0xC2, Ask.FIRMWARE: 0xC3},
    polled=(Ask.STATE, Ask.SPEED, Ask.INCLINE),
    started=None,
    stopped=None,
    reverses=True,
    says_timed_out=True,
)
VARIANTS: Final[Mapping[str, Variant]] = {variant.name: variant for variant in (TRACKMASTER, WOODWAY)}
SPEED: Final = 4_800
"""Bits a second; 8 data bits, no parity, 1 stop bit."""
