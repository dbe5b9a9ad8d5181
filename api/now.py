"""The machine now: its state, and the stream of its states."""

import asyncio

from fastapi import APIRouter
from starlette.websockets import WebSocket

from api.desk import Desk
from api.room import TheDesk, TheRoom
from api.sockets import TRY_LATER, close, ignore, until_one_ends
from daemon.messages import State

router = APIRouter(tags=["now"])


@router.get("/state")
async def state(desk: TheDesk) -> State:
    """Tell the machine now; null is unknown, never zero."""
    return desk.state(desk.feed.latest)


@router.websocket("/live")
async def live(socket: WebSocket, room: TheRoom) -> None:
    """Send the state whole, at once and then at each change; a slow reader loses the oldest ones."""
    await socket.accept()
    with room.readers.seat() as seated:
        if seated:
            await until_one_ends(_relay(socket, room.desk), ignore(socket))
        else:
            await close(socket, TRY_LATER, "too many readers")


async def _relay(socket: WebSocket, desk: Desk) -> None:
    changed = asyncio.Event()
    with desk.feed.subscribe(changed.set) as reader:
        while True:
            await changed.wait()
            changed.clear()
            while (seen := reader.take()) is not None:
                await socket.send_text(desk.state(seen).model_dump_json())
