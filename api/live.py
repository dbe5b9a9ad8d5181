"""The live stream: the same message as MQTT's `state`, whole, at once and then at each change."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import APIRouter
from starlette.websockets import WebSocket

from api.desk import Desk
from api.room import TheRoom
from api.sockets import TRY_LATER, close, ignore, until_one_ends
from daemon.snapshot import Feed, Snapshot
from daemon.wire import state_message

router = APIRouter(tags=["now"])

DEPTH = 8
"""Snapshots that wait for a slow reader; it loses the oldest."""


async def changes(feed: Feed, pause: float | None = None, depth: int = 1) -> AsyncGenerator[Snapshot]:
    """Yield the latest snapshot, then each that comes, and the latest again when none came for pause (s).

    A consumer that is slow finds the newest `depth` of them.
    """
    news = asyncio.Event()
    with feed.subscribe(news.set, depth) as reader:
        while True:
            while (seen := reader.take()) is not None:
                yield seen
            news.clear()
            try:
                async with asyncio.timeout(pause):
                    await news.wait()
            except TimeoutError:
                yield feed.latest


@router.websocket("/live")
async def live(socket: WebSocket, room: TheRoom) -> None:
    """Send the state until the reader is gone; what it says is not for us."""
    await socket.accept()
    with room.readers.seat() as seated:
        if seated:
            await until_one_ends(_relay(socket, room.desk), ignore(socket))
        else:
            await close(socket, TRY_LATER, "too many readers")


async def _relay(socket: WebSocket, desk: Desk) -> None:
    async with aclosing(changes(desk.feed, depth=DEPTH)) as news:
        async for seen in news:
            await socket.send_text(state_message(seen, desk.clock, desk.fault()).model_dump_json())
