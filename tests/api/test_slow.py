"""Clients that are too slow, too large or too many get an end, and cost the others nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest

from api import connection, limits, serve
from tests.api.test_settings import STAFF
from tests.api.world import LIMIT_S, World

pytestmark = pytest.mark.usefixtures("client")
SOON_S = 0.1
HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


@asynccontextmanager
async def line(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def rest(reader: asyncio.StreamReader) -> bytes:
    """Return all until the server ends the line; it must."""
    async with asyncio.timeout(LIMIT_S):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("said", [b"", b"G", HEAD, HEAD + b"X-Slow: "])
async def test_a_head_that_does_not_come_ends_the_line(
    world: World, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(connection, "HEAD_S", SOON_S)
    for port in (world.port, world.screen_port):
        async with line(port) as (reader, writer):
            writer.write(said)
            assert await rest(reader) == b""


async def test_a_head_that_trickles_ends_the_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_S", SOON_S)
    async with line(world.port) as (reader, writer):
        ended = asyncio.ensure_future(rest(reader))
        async with asyncio.timeout(LIMIT_S):
            while not ended.done():
                writer.write(b"X")
                await asyncio.sleep(0.01)
        assert await ended == b""


async def test_the_second_head_of_a_line_must_come_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_S", SOON_S)
    async with line(world.port) as (reader, writer):
        writer.write(HEAD + b"\r\n" + HEAD)
        assert (await rest(reader)).count(b"HTTP/1.1 200") == 1


async def test_a_body_that_does_not_come_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PATIENCE_S", SOON_S)
    head = "".join(f"{name}: {value}\r\n" for name, value in STAFF.items())
    async with line(world.port) as (reader, writer):
        writer.write(
            f"PATCH /api/v1/settings HTTP/1.1\r\nHost: localhost\r\n{head}Content-Length: 9\r\n\r\n{{".encode()
        )
        answer = await rest(reader)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer


async def test_a_head_that_is_too_large_is_refused(world: World) -> None:
    for port in (world.port, world.screen_port):
        async with line(port) as (reader, writer):
            writer.write(HEAD + b"X-Large: " + b"x" * (2 * serve.LARGEST_HEAD))
            assert (await rest(reader)).startswith(b"HTTP/1.1 400 ")
        async with line(port) as (reader, writer):
            writer.write(b"GET /" + b"x" * (2 * serve.LARGEST_HEAD))
            assert (await rest(reader)).startswith(b"HTTP/1.1 400 ")


async def test_what_is_no_handshake_is_refused(world: World) -> None:
    upgrade = b"Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    for port, path in ((world.port, b"/api/v1/live"), (world.screen_port, b"/console/live")):
        for first in (b"POST " + path, b"OPTIONS " + path, b"OPTIONS *"):
            async with line(port) as (reader, writer):
                writer.write(first + b" HTTP/1.1\r\n" + upgrade + b"\r\n")
                assert (await rest(reader)).startswith(b"HTTP/1.1 400 ")
        async with line(port) as (reader, writer):
            writer.write(b"GET " + path + b" HTTP/1.1\r\n" + upgrade + b"Content-Length: 3\r\n\r\nabc")
            assert (await rest(reader)).startswith(b"HTTP/1.1 400 ")


async def test_a_crowd_at_the_api_leaves_the_screen_alone(
    client: httpx.AsyncClient, screen: httpx.AsyncClient, world: World
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(serve.MOST_LINES):
            await stack.enter_async_context(line(world.port))
        async with asyncio.timeout(LIMIT_S):
            while (await client.get("/healthz")).status_code != 503:
                world.clock.at += 100
                await asyncio.sleep(0.01)
        assert (await screen.get("/console")).status_code == 200
    async with asyncio.timeout(LIMIT_S):
        while (await client.get("/healthz")).status_code != 200:
            world.clock.at += 100
            await asyncio.sleep(0.01)


async def test_a_reader_that_takes_nothing_is_cut(
    client: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TAKE_S", SOON_S)
    world.notice = "x"
    (world.pages / "large.js").write_bytes(b"x" * 30_000_000)
    reader, writer = await asyncio.open_connection("127.0.0.1", world.screen_port, limit=1024)
    writer.write(b"GET /static/large.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await asyncio.sleep(5 * SOON_S)  # nothing is read meanwhile
    assert len(await rest(reader)) < 30_000_000
    writer.close()
    assert (await client.get("/healthz")).status_code == 200
