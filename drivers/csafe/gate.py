"""The last line before a byte leaves for a CSAFE console: what is not on this list is never sent.

A frame is read anew here, byte by byte, and must be one of four: the empty frame; reads, of what this driver reads and
nothing else (an error code is cleared by reading it, an id is a person's); a workout time, where commissioning armed
it, on a console that has just said Idle or HaveID; a grade, where commissioning proved it, on one that has just said
InUse. There is no start, go, pause, reset or speed here.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from drivers.contract import Ability, Unsupported
from drivers.csafe.frames import Decoder, encode
from drivers.csafe.units import GRADE
from drivers.csafe.words import LONGEST_WORKOUT_MIN, SET_GRADE, SET_WORKOUT_TIME, STEERING, Get, State
from drivers.transports.gated import Allow

FRESH_MS = 2_000
"""A state that is older decides nothing."""
GETS = frozenset(Get)
LEGAL = {
    SET_WORKOUT_TIME: frozenset({State.IDLE, State.HAVE_ID}),
    SET_GRADE: frozenset({State.IN_USE}),
}
ARMED_BY = {SET_WORKOUT_TIME: Ability.WORKOUT_TIME, SET_GRADE: Ability.RAISE_INCLINE}


@dataclass(slots=True)
class Seen:
    """What the console said last of itself, and when, in ms of the clock that `now` reads; the driver keeps it."""

    now: Callable[[], int]
    state: State | None = None
    at: int = 0

    def saw(self, state: State | None) -> None:
        """Take the state that has just arrived."""
        self.state, self.at = state, self.now()

    def fresh(self) -> State | None:
        """Return the state, None when it is unknown or older than two seconds."""
        return self.state if self.now() - self.at <= FRESH_MS else None


def gate(armed: Collection[Ability], seen: Seen) -> Allow:
    """Return the check of every frame to a console on which `armed` was armed by commissioning."""

    def allow(frame: bytes) -> None:
        contents = one_frame(frame)
        if all(byte in GETS for byte in contents):
            return
        code, shown = contents[0], frame.hex(" ")
        if code not in ARMED_BY or ARMED_BY[code] not in armed or not has_shape(contents):
            raise Unsupported(f"nothing was sent: {shown} is not a command for this machine")
        if seen.fresh() not in LEGAL[code]:
            said = "something else, or nothing" if seen.fresh() is None else seen.state.name if seen.state else ""
            raise Unsupported(f"nothing was sent: {shown} is not for a console that just said {said}")

    return allow


def one_frame(frame: bytes) -> bytes:
    """Return the contents of exactly one well made frame; Unsupported for all else."""
    said = Decoder().feed(frame)
    if len(said) != 1 or not isinstance(said[0], bytes) or encode(said[0]) != frame:
        raise Unsupported(f"nothing was sent: {frame.hex(' ') or 'no bytes'} is not one whole frame")
    return said[0]


def has_shape(contents: bytes) -> bool:
    """Say whether this is one workout time or one grade, and no byte of it could be obeyed by itself."""
    if len(contents) != 5 or contents[1] != 3 or any(byte >= 0x80 or byte in STEERING for byte in contents[1:]):
        return False
    if contents[0] == SET_WORKOUT_TIME:
        hours, minutes, seconds = contents[2:]
        return minutes < 60 and seconds == 0 and 0 < hours * 60 + minutes <= LONGEST_WORKOUT_MIN
    return contents[4] in GRADE
