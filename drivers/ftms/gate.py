"""The last line before a byte leaves for a treadmill: what is not on this list is never sent.

There is no start, resume, speed, pause or reset here, and no characteristic but the control point. A link asks
the gate itself, right before the write, so that a mistake anywhere above it cannot reach the machine.
"""

from collections.abc import Callable, Collection

from drivers.contract import Ability, Unsupported
from drivers.ftms.words import CONTROL_POINT

type Allow = Callable[[int, bytes], None]
"""Raises Unsupported for a write (channel, bytes) that may not leave."""

SHAPES = ((b"\x00", 1), (b"\x03", 3))
"""Request Control, Set Target Inclination: how the bytes begin, and how many they are."""
ARMED_SHAPES = {Ability.WORKOUT_TIME: (b"\x0d", 3), Ability.STOP: (b"\x08\x01", 2)}
"""Sent only to a machine whose commissioning armed it."""


def gate(armed: Collection[Ability] = ()) -> Allow:
    """Return the check of every write to a machine on which `armed` was armed by commissioning."""
    shapes = (*SHAPES, *(ARMED_SHAPES[ability] for ability in armed if ability in ARMED_SHAPES))

    def allow(channel: int, data: bytes) -> None:
        if channel != CONTROL_POINT:
            raise Unsupported(f"nothing was sent: {channel:04x} is not the control point, and nothing else is written")
        if not any(data.startswith(begin) and len(data) == length for begin, length in shapes):
            raise Unsupported(f"nothing was sent: {data.hex(' ') or 'no bytes'} is not a command for this machine")

    return allow
