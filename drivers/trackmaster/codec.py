"""Questions, the one command and their answers into bytes and back; there are no frames and no checksum.

A question is one byte. Its answer is that byte plus 10 hex and a fixed number of bytes, mostly ASCII digits. A command
is a byte and four digits; its answer is the byte plus 10 hex, or BE (out of range), or BF (not a command).
"""

from dataclasses import dataclass
from typing import Final

from drivers.trackmaster.variants import ELEVATION, NOES

ANSWER: Final = 0x10
DIGITS: Final = frozenset(b"0123456789")
HALF: Final = 5
"""Elevations come in steps of 0.5 %."""
MOST: Final = 9_999


@dataclass(frozen=True, slots=True)
class Value:
    """The bytes of an answer, none for a command that was taken; `rest` is what came behind it."""

    data: bytes
    rest: bytes = b""


@dataclass(frozen=True, slots=True)
class No:
    """The machine refused what it was sent, with one of variants.NOES."""

    code: int
    rest: bytes = b""


@dataclass(frozen=True, slots=True)
class Odd:
    """What is no answer: the bytes from where they stopped to make sense."""

    data: bytes


def answer_to(sent: bytes, heard: bytes, length: int, *, digits: bool = True) -> Value | No | Odd | None:
    """Return what `heard` says to `sent`; None while more must come.

    Bytes that repeat what was sent are our own echo, as some adapters give it, and passed over. What is neither echo
    nor answer spoils the whole: without frames nobody can tell where the next answer begins.
    """
    if len(heard) < len(sent) and sent.startswith(heard):
        return None
    said = heard.removeprefix(sent)
    if not said:
        return None
    if said[0] in NOES:
        return No(said[0], said[1:])
    value, rest = said[1 : 1 + length], said[1 + length :]
    if said[0] != sent[0] + ANSWER or (digits and not DIGITS.issuperset(value)):
        return Odd(said)
    return Value(value, rest) if len(value) == length else None


def number(value: bytes) -> int:
    """Return the number that digits say."""
    return int(value.decode("ascii"))


def encode_elevation(target: int) -> bytes:
    """Return the command for a target incline in 0.1 %, a multiple of 5 from 0 to 9995; ValueError otherwise."""
    if not 0 <= target <= MOST or target % HALF:
        raise ValueError(f"{target / 10:g} % is no elevation: they go up from 0 in steps of 0.5 %")
    return bytes([ELEVATION]) + f"{target:04d}".encode("ascii")
