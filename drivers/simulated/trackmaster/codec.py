"""The machine's side of bytes A0 to DF, written from the published tables and sharing nothing with the driver."""

from collections.abc import Mapping
from typing import Final

OUT_OF_RANGE: Final = b"\xbe"
ILLEGAL: Final = b"\xbf"


class Taker:
    """Takes a host's bytes one by one; `data` says how many digits follow each command."""

    def __init__(self, data: Mapping[int, int]) -> None:
        self._data = data
        self._held = bytearray()
        self._wants = 0

    def take(self, byte: int) -> bytes | None:
        """Return the command that this byte completes."""
        self._held.append(byte)
        if len(self._held) == 1:
            self._wants = 1 + self._data.get(byte, 0)
        if len(self._held) < self._wants:
            return None
        whole = bytes(self._held)
        self._held.clear()
        return whole


def digits(value: int, direction: str = "") -> bytes:
    """Return a value as four characters."""
    return f"{direction}{max(0, value):0{4 - len(direction)}d}".encode()


def value_of(data: bytes) -> int | None:
    """Return the number that ASCII digits say, None for anything else."""
    value = 0
    for byte in data:
        if not 0x30 <= byte <= 0x39:
            return None
        value = value * 10 + byte - 0x30
    return value
