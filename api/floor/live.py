"""The gym as it changes: a WebSocket that sends all machines, then each one that changes, whole."""

import asyncio
from contextlib import suppress
from typing import Final, Literal

from fastapi import APIRouter
from starlette.websockets import WebSocket

from api.floor.desk import FloorDesk, TheFloor
from api.sockets import TRY_LATER, close, ignore, until_one_ends
from daemon.floor.board import MachineNow, Reader
from daemon.messages import Message

router = APIRouter(tags=["now"])

CLOSE_S: Final = 5.0
"""How long a reader that was cut off may take to hear why."""
SLOW: Final = "too slow: connect again"


class All(Message):
    """The first message: every machine."""

    type: Literal["all"] = "all"
    site: str
    tz: str
    """The gym's time zone, in which its days and hours are told."""
    machines: list[MachineNow]


class Changed(Message):
    """Each later message: one machine, whole."""

    type: Literal["machine"] = "machine"
    machine: MachineNow


@router.websocket("/live")
async def live(socket: WebSocket, desk: TheFloor) -> None:
    """Send all machines, then each change, until the reader is gone or too slow; what it says is not for us."""
    await socket.accept()
    with desk.readers.seat() as seated:
        if not seated:
            await close(socket, TRY_LATER, "too many readers")
            return
        with desk.board.reading() as reader:
            await until_one_ends(_relay(socket, desk, reader), ignore(socket), _cut(reader))
        if reader.cut.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await close(socket, TRY_LATER, SLOW)


async def _cut(reader: Reader) -> None:
    await reader.cut.wait()


async def _relay(socket: WebSocket, desk: FloorDesk, reader: Reader) -> None:
    await socket.send_text(All(site=desk.site, tz=desk.store.zone.key, machines=desk.board.rows()).model_dump_json())
    while True:
        await socket.send_text(Changed(machine=await reader.lines.get()).model_dump_json())
