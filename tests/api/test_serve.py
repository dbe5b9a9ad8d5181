"""Serving inside the daemon's loop."""

import asyncio
import signal
import socket as sockets
import time
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from api.app import create_app
from api.serve import FAREWELL_S, CannotListen, listen, serve
from tests.api.test_now import deaf, fill, handshake, readers
from tests.api.world import LIMIT_S, World, closing, said


def test_a_taken_port_is_told_in_one_line() -> None:
    with sockets.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen) as told:
            listen("127.0.0.1", port)
    assert str(told.value).startswith(f"The web server cannot listen on 127.0.0.1 port {port}: ")
    assert "\n" not in str(told.value)
    assert "[api]" in str(told.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "2001:db8::7", "%"])
def test_an_address_that_is_not_ours_is_told(host: str) -> None:
    with pytest.raises(CannotListen):
        listen(host, 0)


async def test_signals_stay_the_daemons(world: World) -> None:
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    async with world.served() as client:
        assert (await client.get("/api/v1/state")).status_code == 200
        assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == before


def test_lines_send_small_pieces_at_once() -> None:
    with listen("127.0.0.1", 0) as listening, sockets.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY) == 1


async def test_it_serves_ipv6(world: World) -> None:
    listening = listen("::1", 0)
    port = listening.getsockname()[1]
    serving = asyncio.ensure_future(serve(create_app(world.desk()), listening))
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"http://[::1]:{port}/api/v1/state")).status_code == 200
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_the_end_closes_every_line_in_time(world: World) -> None:
    async with asyncio.timeout(LIMIT_S):
        async with world.served() as client:
            await client.get("/api/v1/state")
            live = await connect(f"ws://127.0.0.1:{world.port}/api/v1/live", proxy=None)
            await said(live)
        assert await closing(live) == 1012
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", world.port)


async def test_the_end_waits_for_nobody_who_takes_nothing(world: World) -> None:
    before = open_files()
    async with world.served():
        slow = deaf(world)
        slow.sendall(handshake(world.port))
        (stuck,) = await readers(world, 1)
        async with asyncio.timeout(60):
            await fill(world, stuck)
        ended = time.monotonic()
    assert time.monotonic() - ended < FAREWELL_S + 5
    async with asyncio.timeout(LIMIT_S):
        while open_files() > before + 1:  # noqa: ASYNC110, a file tells nobody that it is closed
            await asyncio.sleep(0.005)
    slow.close()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_the_openapi_document_is_current(checkout: Path) -> None:
    from docs.openapi import document

    assert (checkout / "docs/openapi.json").read_text(encoding="utf-8") == document()
