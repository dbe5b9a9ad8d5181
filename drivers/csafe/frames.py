"""CSAFE frames into bytes and back, whatever the chunks (Concept2, PM CSAFE Communication Definition 0.27, section 2).

    F1 | contents, stuffed | checksum, stuffed | F2

The checksum is the XOR of the contents before stuffing. It is stuffed like them: at 14.8 % a grade's checksum is F2,
and a frame that leaves it bare ends there. Consoles of a gym speak standard frames only; the extended ones, which begin
with F0, are noise here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Final

EXTENDED: Final = 0xF0
START: Final = 0xF1
STOP: Final = 0xF2
STUFF: Final = 0xF3
"""These four never stand inside a frame: each becomes F3 and its last two bits."""
LONGEST: Final = 120
"""Bytes of contents and checksum before stuffing; the longest that Concept2 allows, flags and stuffing included."""
SHOWN: Final = 32
"""Bytes of noise that are kept to be shown."""


def encode(contents: bytes) -> bytes:
    """Return the frame; without contents it is the empty frame, which asks for the status alone."""
    return bytes([START]) + stuff(contents + bytes([checksum(contents)])) + bytes([STOP])


def checksum(contents: bytes | bytearray) -> int:
    """Return the XOR of all bytes, 0 for none."""
    return reduce(xor, contents, 0)


def stuff(data: bytes) -> bytes:
    """Return data without any of the four bytes that frames are made with."""
    return b"".join(bytes([STUFF, byte & 3] if EXTENDED <= byte <= STUFF else [byte]) for byte in data)


@dataclass(frozen=True, slots=True)
class Dropped:
    """What is no frame: `noise`, `extended`, `cut`, `stuffing`, `too long`, `no checksum` or `checksum`."""

    kind: str
    data: bytes


class Decoder:
    """Turns chunks into the contents of frames; holds one frame at most, and each F1 sets it right again."""

    def __init__(self) -> None:
        self._held: bytearray | None = None  # None: outside of a frame
        self._escaped = False
        self._noise = bytearray()

    def feed(self, data: bytes) -> list[bytes | Dropped]:
        """Take the next bytes; return what they complete, noise once for each run of it."""
        said: list[bytes | Dropped] = []
        for byte in data:
            said += self._take(byte)
        said += self._quiet()
        return said

    def _take(self, byte: int) -> Iterator[bytes | Dropped]:
        if byte == START:
            yield from self._quiet()
            if self._held:
                yield self._drop("cut")  # its end was lost: the newest F1 counts
            self._held, self._escaped = bytearray(), False
        elif self._held is None:
            if len(self._noise) < SHOWN:
                self._noise.append(byte)
        elif byte == STOP:
            yield self._whole(self._held)
        elif byte == EXTENDED:
            yield self._drop("extended")
        elif byte == STUFF or self._escaped:
            yield from self._unstuff(byte, self._held)
        else:
            yield from self._hold(byte, self._held)

    def _unstuff(self, byte: int, held: bytearray) -> Iterator[Dropped]:
        if not self._escaped:
            self._escaped = True
        elif byte <= STUFF & 3:
            self._escaped = False
            yield from self._hold(EXTENDED | byte, held)
        else:
            held.append(byte)
            yield self._drop("stuffing")

    def _hold(self, byte: int, held: bytearray) -> Iterator[Dropped]:
        held.append(byte)
        if len(held) > LONGEST:
            yield self._drop("too long")

    def _whole(self, held: bytearray) -> bytes | Dropped:
        if self._escaped:
            return self._drop("stuffing")
        if not held:
            return self._drop("no checksum")
        if checksum(held):
            return self._drop("checksum")
        self._held = None
        return bytes(held[:-1])

    def _drop(self, kind: str) -> Dropped:
        held, self._held, self._escaped = bytes(self._held or b""), None, False
        return Dropped(kind, held)

    def _quiet(self) -> Iterator[Dropped]:
        if self._noise:
            yield Dropped("noise", bytes(self._noise))
            self._noise.clear()
