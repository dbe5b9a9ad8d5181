"""The code on the screen that lets another device set this computer up. Pure: `now` is ms of a monotonic clock.

Six digits are few, so a code is good for five tries and half an hour, and the sixth needs somebody at the screen.
"""

from dataclasses import dataclass, replace
from enum import Enum
from hmac import compare_digest
from typing import Final

DIGITS: Final = 6
TRIES: Final = 5
LIFE_MS: Final = 30 * 60_000


class Door(Enum):
    """How a code stands; only OPEN lets anybody try."""

    OPEN = "open"
    USED = "used"  # somebody said it
    SPENT = "spent"  # too many wrong ones
    EXPIRED = "expired"
    CLOSED = "closed"  # somebody at the screen took it back


@dataclass(frozen=True, slots=True)
class Code:
    """One code: its digits, when it ends, how many tries are left, and whether it was said or taken back."""

    digits: str
    until: int
    tries: int = TRIES
    used: bool = False
    closed: bool = False


def fresh(digits: str, now: int) -> Code:
    """Return a new code of these digits."""
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
        raise ValueError(f"a code is {DIGITS} digits")
    return Code(digits, now + LIFE_MS)


def door(code: Code, now: int) -> Door:
    """Return how a code stands at now."""
    if code.closed:
        return Door.CLOSED
    if now >= code.until:
        return Door.EXPIRED
    if code.used:
        return Door.USED
    return Door.OPEN if code.tries > 0 else Door.SPENT


def tried(code: Code, said: str, now: int) -> tuple[Code, bool]:
    """Return the code after somebody said these digits, and whether they are let in; spaces in it do not count."""
    if door(code, now) is not Door.OPEN:
        return code, False
    right = compare_digest("".join(said.split()).encode("utf-8", "surrogatepass"), code.digits.encode())
    return replace(code, tries=code.tries - 1, used=right), right


def holds(code: Code, now: int) -> bool:
    """Tell whether another device may still come: to say the code, or because it said it."""
    return door(code, now) in {Door.OPEN, Door.USED}


def closed(code: Code) -> Code:
    """Return the code taken back: nobody may say it, and who said it is out."""
    return replace(code, closed=True)
