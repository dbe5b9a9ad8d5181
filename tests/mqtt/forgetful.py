"""A broker that says yes to everything and forgets it: the least of MQTT 5 (and 3.1.1) that a client believes.

It acknowledges each message and hands none on, as a broker does whose queue is full or whose memory is lost.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

TAKEN_OVER = b"\xe0\x01\x8e"
"""DISCONNECT: session taken over."""


class Forgetful:
    """Listens on a free port; `taken` holds topic and payload of what it acknowledged with QoS 1."""

    def __init__(self, port: int = 0, *, old: str = "") -> None:
        """Listen on port; old: what it does with a version of MQTT that it does not know: silent, closes, answers."""
        self.port = port
        self._old = old
        self.taken: list[tuple[str, bytes]] = []
        self.connects = 0
        self.versions: list[int] = []
        self._news = asyncio.Event()
        self._writers: dict[asyncio.StreamWriter, int] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()
        await self._server.wait_closed()

    async def until(self, find: Callable[[], object], limit_s: float = 20.0) -> None:
        """Wait until find finds something."""
        async with asyncio.timeout(limit_s):
            while not find():
                self._news.clear()
                await self._news.wait()

    def take_over(self) -> None:
        """Tell all that another client came with their name (DISCONNECT 0x8E), and close."""
        for writer in self._writers:
            writer.write(TAKEN_OVER)
            writer.close()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readexactly(1))[0]
                self._answer(writer, head, await reader.readexactly(await length(reader)))
                self._news.set()
        self._writers.pop(writer, None)
        writer.close()

    def _refuse(self, writer: asyncio.StreamWriter) -> None:
        if self._old == "answers":
            writer.write(b"\x20\x02\x00\x01")  # unacceptable protocol version (MQTT 3.1.1, 3.2.2.3)
        if self._old != "silent":
            writer.close()

    def _answer(self, writer: asyncio.StreamWriter, head: int, body: bytes) -> None:
        five = self._writers.get(writer) == 5
        match head >> 4:
            case 1 if self._old and body[6] == 5:
                self._refuse(writer)
            case 1:
                self.connects += 1
                self.versions.append(body[6])
                self._writers[writer] = body[6]  # after the name MQTT: 5, or 4 for 3.1.1
                writer.write(b"\x20\x03\x00\x00\x00" if body[6] == 5 else b"\x20\x02\x00\x00")
            case 3 if head & 0x06:
                end = 2 + int.from_bytes(body[:2])
                self.taken.append((body[2:end].decode(), body[end + 2 + five :]))  # our messages have no properties
                writer.write(b"\x40\x02" + body[end : end + 2])
            case 8:
                wanted = body.count(b"inclined/v1/")
                more = b"\x00" if five else b""
                writer.write(bytes((0x90, 2 + len(more) + wanted)) + body[:2] + more + b"\x01" * wanted)
            case 12:
                writer.write(b"\xd0\x00")
            case _:
                pass


async def length(reader: asyncio.StreamReader) -> int:
    """Read a remaining length (MQTT 5 section 1.5.5)."""
    found, shift = 0, 0
    while True:
        byte = (await reader.readexactly(1))[0]
        found |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return found
