"""The live stream: the same messages as MQTT's `state`, all at first, then each change; a slow reader skips some."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from api.desk import Desk
from daemon.snapshot import Feed, Snapshot
from daemon.wire import state_message

MOST_READERS = 64


async def changes(feed: Feed, pause: float | None = None) -> AsyncIterator[Snapshot]:
    """Yield the latest snapshot, then each newest one, and the latest again whenever nothing came for `pause` s."""
    news = asyncio.Event()
    with feed.subscribe(news.set, depth=1) as reader:
        while True:
            yield reader.take() or feed.latest
            try:
                await asyncio.wait_for(news.wait(), pause)
            except TimeoutError:
                continue
            finally:
                news.clear()


def live_routes(desk: Desk) -> APIRouter:
    """Return the WebSocket /api/v1/live."""
    router = APIRouter()
    readers: set[WebSocket] = set()

    @router.websocket("/api/v1/live")
    async def live(socket: WebSocket) -> None:
        if len(readers) >= MOST_READERS:
            await socket.close(4429, "Too many readers.")
            return
        await socket.accept()
        readers.add(socket)
        try:
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(_relay(socket, desk))
                await _until_gone(socket)
                sending.cancel()
        except* WebSocketDisconnect:
            pass  # the reader left: nothing to tell
        finally:
            readers.discard(socket)

    return router


async def _relay(socket: WebSocket, desk: Desk) -> None:
    async for seen in changes(desk.feed):
        await socket.send_text(state_message(seen, desk.clock).model_dump_json())


async def _until_gone(socket: WebSocket) -> None:
    """Read until the other side leaves; what it says is not for us."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
