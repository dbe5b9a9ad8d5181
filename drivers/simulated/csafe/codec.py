"""The console's side of CSAFE frames, written from the published tables and sharing nothing with the driver.

A frame is F1, contents, XOR of the contents, F2. Contents and XOR are stuffed: F0..F3 become F3 00..F3 03.
"""

from collections.abc import Sequence
from typing import Final

ESCAPES: Final = {0xF0: b"\xf3\x00", 0xF1: b"\xf3\x01", 0xF2: b"\xf3\x02", 0xF3: b"\xf3\x03"}


class Broken:
    """A frame that arrived damaged."""


BROKEN: Final = Broken()


def pack(contents: bytes) -> bytes:
    """Return contents as they go over the line."""
    xor = 0
    for byte in contents:
        xor ^= byte
    line = b"".join(ESCAPES.get(byte, bytes([byte])) for byte in (*contents, xor))
    return b"\xf1" + line + b"\xf2"


def unpack(line: bytes) -> bytes | Broken:
    """Return the contents of what stood between F1 and F2."""
    plain, rest = bytearray(), list(line)
    while rest:
        byte = rest.pop(0)
        if byte == 0xF3:
            if not rest or rest[0] > 3:
                return BROKEN
            byte = 0xF0 + rest.pop(0)
        plain.append(byte)
    xor = 0
    for byte in plain:
        xor ^= byte
    return BROKEN if xor or not plain else bytes(plain[:-1])


class Taker:
    """Takes a host's bytes one by one; more than `room` of them in one frame are lost, as in a small console."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._line: bytearray | None = None

    def take(self, byte: int) -> bytes | Broken | None:
        """Return the contents that this byte completes, BROKEN, or None."""
        if byte == 0xF1:
            self._line = bytearray()
        elif self._line is None:
            return None
        elif byte == 0xF2:
            line, self._line = self._line, None
            return unpack(bytes(line))
        else:
            self._line.append(byte)
            if len(self._line) > self._room:
                self._line = None
                return BROKEN
        return None


def block(code: int, value: Sequence[int]) -> bytes:
    """Return one answered command."""
    return bytes([code, len(value), *value])


def measured(value: int, unit: int) -> tuple[int, int, int]:
    """Return a value with its unit, low byte first."""
    return (value & 0xFF, value >> 8 & 0xFF, unit)


def clock(seconds: int) -> tuple[int, int, int]:
    """Return hours, minutes, seconds."""
    return (seconds // 3600 % 256, seconds // 60 % 60, seconds % 60)
