"""The box's D-Bus, as a unix socket on this side.

Over TCP, which is how the bus leaves the virtual machine, D-Bus has neither credentials nor file descriptors, and bleak
asks for both. So the greeting (D-Bus specification, "Authentication Protocol") is answered here, and all that follows
is passed on. No descriptor ever crosses: bleak gets its notifications by StartNotify, not AcquireNotify.
"""

import asyncio
import contextlib
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from pathlib import Path

SERVER_ID = b"0123456789abcdef0123456789abcdef"


@contextlib.asynccontextmanager
async def offered(path: Path, port: int) -> AsyncIterator[str]:
    """Offer the bus on the loopback port as a unix socket; gives its address for DBUS_SYSTEM_BUS_ADDRESS."""

    clients: set[StreamWriter] = set()

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        clients.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await _client(reader, writer, port)
        clients.discard(writer)
        writer.close()

    async with await asyncio.start_unix_server(serve, path) as server:
        yield f"unix:path={path}"
        server.close()
        for writer in clients:
            writer.close()


async def _client(reader: StreamReader, writer: StreamWriter, port: int) -> None:
    await _greet(reader, writer)
    bus_reader, bus_writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        bus_writer.write(b"\0AUTH ANONYMOUS\r\n")
        if not (await bus_reader.readline()).startswith(b"OK"):
            raise ConnectionRefusedError("the box's bus refuses anonymous clients")
        bus_writer.write(b"BEGIN\r\n")
        both = (_pass_on(reader, bus_writer), _pass_on(bus_reader, writer))
        await asyncio.wait([asyncio.ensure_future(way) for way in both])
    finally:
        bus_writer.close()


async def _greet(reader: StreamReader, writer: StreamWriter) -> None:
    """Take any credentials, and agree to pass descriptors that never come."""
    await reader.readexactly(1)
    answers = {b"AUTH": b"OK " + SERVER_ID, b"NEGOTIATE_UNIX_FD": b"AGREE_UNIX_FD"}
    while (line := await reader.readuntil(b"\r\n")) != b"BEGIN\r\n":
        writer.write(answers.get(line.split()[0], b"ERROR") + b"\r\n")


async def _pass_on(reader: StreamReader, writer: StreamWriter) -> None:
    """Pass bytes on until either end closes; then close, so that the other end sees it."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
