"""What both WebSockets need: frames as they come, and two talks that end together."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

TRY_LATER = 1013
"""Close code: every place is taken (RFC 6455's registry)."""


async def heard(socket: WebSocket) -> str | bytes | None:
    """Return the next message of the other side, or None when it is gone."""
    message = await socket.receive()
    if message["type"] != "websocket.receive":
        return None
    text: str | None = message.get("text")
    return bytes(message["bytes"]) if text is None else text


async def ignore(socket: WebSocket) -> None:
    """Read until the other side is gone."""
    while await heard(socket) is not None:
        pass


async def close(socket: WebSocket, code: int, reason: str = "") -> None:
    """Close the line, unless it is closed."""
    if socket.client_state is socket.application_state is WebSocketState.CONNECTED:
        await socket.close(code, reason)


async def until_one_ends(*talks: Coroutine[None, None, None]) -> None:
    """Run talks until one ends, end the others, and raise what one of them raised; a lost line raises nothing."""
    tasks = [asyncio.ensure_future(talk) for talk in talks]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        ended = [task for task in tasks if task.done()]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        with suppress(WebSocketDisconnect):
            task.result()
