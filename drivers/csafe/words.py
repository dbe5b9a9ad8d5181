"""What CSAFE frames hold: the few commands that are ever sent, and a console's answers to them.

Codes are those that Concept2's definition, the OpenRowingCommunity library csafe-fitness and the firmware of a real
console (menggaoling/Cyclops, Modules/Csafe_Lib) agree on. There is no code here for start, go, reset, speed or text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from drivers.contract import Unsupported

SET_WORKOUT_TIME: Final = 0x20
SET_GRADE: Final = 0x28
LONGEST_WORKOUT_MIN: Final = 119
"""More is cut by the one console whose firmware is public, to 60 minutes even."""
STEERING: Final = frozenset({*range(0x20, 0x26), 0x28, 0x29, *range(0x2B, 0x2E), 0x30, *range(0x32, 0x37)})
"""Long commands that set a goal, a programme, a speed or a grade: 20-25, 28, 29, 2B-2D, 30, 32-36."""


class Get(IntEnum):
    """What is asked; a console answers with its own word of the same code."""

    VERSION = 0x91
    TIME = 0xA0
    DISTANCE = 0xA1
    SPEED = 0xA5
    INCLINE = 0xA8


class State(IntEnum):
    """What a console is doing; codes that are not here mean nothing, and nothing is sent on them."""

    ERROR = 0
    READY = 1
    IDLE = 2
    HAVE_ID = 3
    IN_USE = 5
    PAUSED = 6
    FINISHED = 7
    MANUAL = 8
    OFF_LINE = 9


STATES: Final[Mapping[int, State]] = {state.value: state for state in State}


class Previous(IntEnum):
    """What a console says of the frame before."""

    OK = 0x00
    REJECT = 0x10
    BAD = 0x20
    NOT_READY = 0x30


@dataclass(frozen=True, slots=True)
class Status:
    """The status byte: bit 7 turns with each frame that was accepted and not empty; state None: one unknown to us."""

    toggle: bool
    previous: Previous
    state: State | None


@dataclass(frozen=True, slots=True)
class Reply:
    """One frame of a console: its status, and a value for each command that it answers; `odd` where it is cut."""

    status: Status
    values: Mapping[int, bytes]
    odd: str | None = None


def encode_gets(gets: Iterable[Get]) -> bytes:
    """Return the contents that ask for all of these."""
    return bytes(gets)


def encode_workout_time(seconds: int) -> bytes:
    """Return the contents that give the console a workout time, in whole minutes, never a shorter one.

    Some minutes are passed over, six in a row at most, see `long_command`. Unsupported for more than 119 minutes, or
    none.
    """
    for minutes in range(-(-seconds // 60), LONGEST_WORKOUT_MIN + 1):
        hours, rest = divmod(minutes, 60)
        if seconds > 0 and not STEERING & {hours, rest}:
            return long_command(SET_WORKOUT_TIME, bytes([hours, rest, 0]))
    raise Unsupported(
        f"nothing was sent: CSAFE takes a workout time of 1 to {LONGEST_WORKOUT_MIN} minutes, not {seconds} s"
    )


def encode_grade(count: int, unit: int) -> bytes:
    """Return the contents that ask for a grade of so many counts of this unit."""
    if not 0 <= count <= 0xFFFF:
        raise Unsupported(f"nothing was sent: {count} is no CSAFE grade")
    return long_command(SET_GRADE, count.to_bytes(2, "little") + bytes([unit]))


def long_command(code: int, data: bytes) -> bytes:
    """Return a long command; Unsupported for data that a console could take for commands.

    The console of Cyclops steps over only the first byte of a command that it refuses, and runs the rest as commands:
    28 03 86 00 4C, a grade of 13.4 %, ends a workout. So no byte may be a short command or one that steers.
    """
    if risky := [byte for byte in (len(data), *data) if byte >= 0x80 or byte in STEERING]:
        shown = bytes([code, len(data)]) + data
        raise Unsupported(
            f"nothing was sent: {shown.hex(' ')} holds {risky[0]:02x}, which a console could obey by itself"
        )
    return bytes([code, len(data)]) + data


def decode_status(byte: int) -> Status:
    """Return what a status byte says."""
    return Status(bool(byte & 0x80), Previous(byte & 0x30), STATES.get(byte & 0x0F))


def decode_reply(contents: bytes) -> Reply | None:
    """Return what a frame's contents say, None for a frame without a status.

    Of a code that is said twice the first counts; what comes after a cut is lost, what came before it counts.
    """
    if not contents:
        return None
    values: dict[int, bytes] = {}
    odd, at = None, 1
    while at < len(contents):
        end = at + 2 + contents[at + 1] if at + 1 < len(contents) else len(contents) + 1
        if end > len(contents):
            odd = "a value is cut"
            break
        if contents[at] in values:
            odd = "a value stands twice"
        values.setdefault(contents[at], contents[at + 2 : end])
        at = end
    return Reply(decode_status(contents[0]), values, odd)
