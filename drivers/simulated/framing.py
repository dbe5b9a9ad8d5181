"""FTMS on a serial line as a gateway writes and reads it, byte by byte, after docs/uart.md and nothing else."""

import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple

VERSION: Final = 1
MOST: Final = 64
"""Bytes of a frame before stuffing."""


class Message(IntEnum):
    """What a frame is about."""

    DISCOVER = 2
    READ = 3
    WRITE = 4
    SUBSCRIBE = 5
    NOTIFY = 6


class Response(IntEnum):
    """How a request ended."""

    OK = 0
    UNKNOWN_MESSAGE = 1
    UNEXPECTED = 2
    NO_SUCH_CHARACTERISTIC = 4
    NOT_SUPPORTED = 5
    WRITE_FAILED = 6
    OTHER_VERSION = 7


class Request(NamedTuple):
    """A frame from the host."""

    version: int
    message: int
    seq: int
    response: int
    uuid: int
    value: bytes


def checksum(data: bytes) -> int:
    """Return CRC-16/CCITT-FALSE, bit by bit."""
    register = 0xFFFF
    for byte in data:
        register ^= byte << 8
        for _ in range(8):
            register = register << 1 ^ (0x11021 if register & 0x8000 else 0)
    return register


def pack(message: int, seq: int, response: int, uuid: int, value: bytes = b"") -> bytes:
    """Return the frame on the line, its 00 included."""
    plain = struct.pack("<BBBBH", VERSION, message, seq, response, uuid) + value
    plain += struct.pack("<H", checksum(plain))
    out, code_at = bytearray([0]), 0
    for byte in plain:
        if byte:
            out.append(byte)
        else:
            out[code_at] = len(out) - code_at
            code_at = len(out)
            out.append(0)
    out[code_at] = len(out) - code_at
    return bytes(out) + b"\0"


@dataclass(slots=True)
class Unpacker:
    """Takes one byte after the other; `bad` counts frames that were thrown away."""

    bad: int = 0
    _plain: bytearray = field(default_factory=bytearray)
    _to_go: int = 0  # bytes until the next code byte
    _begun: bool = False
    _spoilt: bool = False

    def take(self, byte: int) -> Request | None:
        """Return the request that this byte completes, if it does."""
        if byte:
            self._collect(byte)
            return None
        begun, whole = self._begun, not self._spoilt and self._to_go == 0
        plain = bytes(self._plain)
        self._plain.clear()
        self._to_go, self._begun, self._spoilt = 0, False, False
        if not begun:
            return None
        if not whole or len(plain) < 8 or checksum(plain[:-2]) != int.from_bytes(plain[-2:], "little"):
            self.bad += 1
            return None
        version, message, seq, response, uuid = struct.unpack("<BBBBH", plain[:6])
        return Request(version, message, seq, response, uuid, plain[6:-2])

    def _collect(self, byte: int) -> None:
        if self._to_go:
            self._plain.append(byte)
            self._to_go -= 1
        else:
            if self._begun:
                self._plain.append(0)
            self._begun, self._to_go = True, byte - 1
        if len(self._plain) > MOST:
            self._spoilt = True
            self._plain.clear()
