"""The state and its stream."""

import asyncio
import socket as sockets
import time

import httpx
import pytest

from api.live import DEPTH
from api.room import READERS
from daemon.policy.state import Link
from daemon.snapshot import Phase, Reader
from daemon.wire import info_message, state_message
from tests.api.world import IDENTITY, LIMIT_S, World, closing, said, seen

pytestmark = pytest.mark.usefixtures("client")


async def test_the_state_is_the_message_of_mqtt(client: httpx.AsyncClient, world: World) -> None:
    world.feed.publish(seen(2, speed=None))
    answer = await client.get("/api/v1/state")
    assert answer.status_code == 200
    assert answer.json() == state_message(world.feed.latest, world.clock).model_dump(mode="json")
    assert (answer.json()["speed_kmh"], answer.json()["incline_pct"]) == (None, 0.5)


async def test_the_machine_tells_who_it_is(client: httpx.AsyncClient, world: World) -> None:
    answer = await client.get("/api/v1/info")
    assert answer.json() == info_message(IDENTITY, world.feed.latest).model_dump(mode="json")


async def test_the_stream_is_whole_at_first_and_then_each_change(world: World) -> None:
    async with world.socket("/api/v1/live") as live:
        assert (await said(live))["seq"] == 1
        world.feed.publish(seen(2))
        world.feed.publish(seen(3, link=Link.DOWN, phase=Phase.UNKNOWN, speed=None))
        assert (await said(live))["seq"] == 2
        third = await said(live)
        assert (third["seq"], third["link"], third["phase"], third["speed_kmh"]) == (3, "down", "unknown", None)


async def test_what_a_reader_sends_is_ignored(world: World) -> None:
    async with world.socket("/api/v1/live") as live:
        await said(live)
        await live.send('{"type":"touch","key":"raise","prompt":1}')
        await live.send(b"\x00\xff")
        world.feed.publish(seen(2))
        assert (await said(live))["seq"] == 2
    assert world.events.empty()


async def test_a_reader_that_takes_nothing_holds_up_nobody(world: World) -> None:
    with deaf(world) as slow:
        slow.sendall(handshake(world.port))
        (stuck,) = await readers(world, 1)
        async with world.socket("/api/v1/live") as live:
            await said(live)
            number, slowest = 1, 0.0
            async with asyncio.timeout(60):
                while stuck.dropped < 100:
                    number += 1
                    began = time.process_time()  # of this process: a busy computer is no fault of ours
                    world.feed.publish(seen(number, blocked="x" * 4000))
                    slowest = max(slowest, time.process_time() - began)
                    while (await said(live))["seq"] != number:
                        pass
            assert len(stuck._queue) <= DEPTH
            assert slowest < 0.1


async def test_a_reader_that_leaves_is_forgotten(world: World) -> None:
    async with world.socket("/api/v1/live") as live:
        await said(live)
        assert len(world.feed._readers) == 1
    await readers(world, 0)


async def test_there_are_only_so_many_readers(world: World) -> None:
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(LIMIT_S):
        done = asyncio.Event()
        ready = [asyncio.Event() for _ in range(READERS)]

        async def read(seated: asyncio.Event) -> None:
            async with world.socket("/api/v1/live") as live:
                await said(live)
                seated.set()
                await done.wait()

        for event in ready:
            tasks.create_task(read(event))
        for event in ready:
            await event.wait()
        async with world.socket("/api/v1/live") as one_more:
            assert await closing(one_more) == 1013
        done.set()


async def readers(world: World, number: int) -> set[Reader]:
    """Return the feed's readers once there are so many."""
    async with asyncio.timeout(LIMIT_S):
        while len(world.feed._readers) != number:  # noqa: ASYNC110, a feed tells nobody of its readers
            await asyncio.sleep(0.005)
    return world.feed._readers


async def fill(world: World, stuck: Reader) -> None:
    """Publish until the line of stuck is full and it loses snapshots."""
    number = 1
    while stuck.dropped < 100:
        number += 1
        world.feed.publish(seen(number, blocked="x" * 4000, maker="y" * 4000))
        await asyncio.sleep(0.0005 if number % 8 == 0 else 0)


def deaf(world: World) -> sockets.socket:
    """Return a connection that nobody reads."""
    slow = sockets.socket()
    slow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", world.port))
    return slow


def handshake(port: int) -> bytes:
    lines = (
        "GET /api/v1/live HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n"
