"""Our framing of FTMS on a serial line: frames into bytes and back, whatever the chunks (docs/uart.md).

    COBS( version=1 | message | seq | response | channel, 2 bytes LE | value ... | CRC-16, 2 bytes LE ) 00

The messages are those of Wahoo's Direct Connect, the values unchanged FTMS, the CRC is CRC-16/CCITT-FALSE, which the
standard library has. COBS is ours: at 64 bytes a frame never needs its long blocks, and what is left is the dozen
lines below, less than the care that one more package with a C part needs on a device that runs for years.
"""

from binascii import crc_hqx
from dataclasses import dataclass
from typing import Final

VERSION: Final = 1
DISCOVER, READ, WRITE, SUBSCRIBE, NOTIFY = 0x02, 0x03, 0x04, 0x05, 0x06
LONGEST: Final = 64
"""Decoded bytes of a frame, CRC included."""
HEAD: Final = 6
TAIL: Final = 2
LONGEST_VALUE: Final = LONGEST - HEAD - TAIL
END: Final = b"\0"


@dataclass(frozen=True, slots=True)
class Frame:
    """One message; each number is a byte but for channel, which is a characteristic's 16 bits."""

    message: int
    seq: int
    response: int
    channel: int
    value: bytes = b""


def encode(frame: Frame) -> bytes:
    """Return the frame's bytes on the line, its 00 included; ValueError when the value is longer than 56 bytes."""
    if len(frame.value) > LONGEST_VALUE:
        raise ValueError(f"{len(frame.value)} bytes do not fit: a frame carries {LONGEST_VALUE}")
    head = bytes([VERSION, frame.message, frame.seq, frame.response]) + frame.channel.to_bytes(2, "little")
    body = head + frame.value
    return stuff(body + crc(body).to_bytes(2, "little")) + END


def crc(data: bytes) -> int:
    """Return CRC-16/CCITT-FALSE (polynomial 1021, begun with FFFF): 29B1 for "123456789"."""
    return crc_hqx(data, 0xFFFF)


def stuff(data: bytes) -> bytes:
    """Return data, shorter than 254 bytes, without any 00 (COBS): each is replaced by the way to the next."""
    return b"".join(bytes([len(run) + 1]) + run for run in data.split(END))


def unstuff(data: bytes) -> bytes | None:
    """Return what was stuffed, or None when the ways do not end where data does."""
    runs, at = [], 0
    while at < len(data):
        runs.append(data[at + 1 : at + data[at]])
        at += data[at]
    return END.join(runs) if at == len(data) and at else None


@dataclass(frozen=True, slots=True)
class Dropped:
    """What stood between two 00 and is no frame: `too long`, `no COBS`, `too short`, `CRC` or `version`."""

    kind: str
    data: bytes


class Decoder:
    """Turns chunks into frames; between two 00 it keeps 66 bytes at most, and one 00 sets it right again."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Frame | Dropped]:
        """Take the next bytes; return what they complete."""
        *ended, rest = data.split(END)
        said = []
        for part in ended:
            self._hold(part)
            if self._held:
                said.append(decode(bytes(self._held)))
            self._held.clear()
        self._hold(rest)
        return said

    def _hold(self, part: bytes) -> None:
        room = LONGEST + 2 - len(self._held)  # one more than fits, to know that it was too long
        self._held += part[:room]


def decode(stuffed: bytes) -> Frame | Dropped:
    """Return the frame in the bytes between two 00."""
    if len(stuffed) > LONGEST + 1:
        return Dropped("too long", stuffed)
    data = unstuff(stuffed)
    if data is None:
        return Dropped("no COBS", stuffed)
    if len(data) < HEAD + TAIL:
        return Dropped("too short", stuffed)
    if crc(data[:-TAIL]) != int.from_bytes(data[-TAIL:], "little"):
        return Dropped("CRC", stuffed)
    if data[0] != VERSION:
        return Dropped("version", stuffed)
    return Frame(data[1], data[2], data[3], int.from_bytes(data[4:HEAD], "little"), data[HEAD:-TAIL])
