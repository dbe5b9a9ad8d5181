"""The demo's own routes: a panel on which one plays the member at the simulated treadmill. Never part of a real one."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, WebSocket
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from api.app import create_app
from api.armour import FRAMED
from api.desk import Desk
from api.live import changes
from api.roles import CONSOLE, DEMO
from api.screen import create_console
from daemon.snapshot import Feed

STATIC = Path(__file__).parent / "static"
PAUSE_S = 0.25
SHOWN = ([""], ["console"], ["static"], ["demo"])
"""First parts of the paths that are pages; all others are the API's."""

Pressed = Literal["start", "stop", "pause", "speed_up", "speed_down", "incline_up", "incline_down", "safety"]


class DemoKey(BaseModel):
    """A key of the simulated treadmill."""

    key: Pressed


class Line(BaseModel):
    """One thing that happened, in plain words."""

    t: str
    text: str


class Panel(BaseModel):
    """What the simulated treadmill's own console shows."""

    speed_kmh: float
    incline_pct: float
    belt: str
    log: list[Line]


def create_demo(desk: Desk, routes: APIRouter) -> ASGIApp:
    """Return one app with the screen, the demo's routes and, below its own paths, the API: one address for all."""
    pages = create_console(desk, routes, rows=(*CONSOLE, *DEMO), policy=FRAMED)
    programs = create_app(desk)

    async def demo(scope: Scope, receive: Receive, send: Send) -> None:
        first = scope["path"].split("/")[1:2]
        await (pages if first in SHOWN else programs)(scope, receive, send)

    return demo


def demo_routes(feed: Feed, press: Callable[[str], None], panel: Callable[[], Panel]) -> APIRouter:
    """Return /demo, its keys and its socket."""
    router = APIRouter()

    @router.get("/demo", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(STATIC / "demo.html")

    @router.post("/demo/key", status_code=204, include_in_schema=False)
    async def key(pressed: DemoKey) -> Response:
        press(pressed.key)
        return Response(status_code=204)

    @router.websocket("/demo/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        try:
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(_relay(socket, feed, panel))
                while (await socket.receive())["type"] != "websocket.disconnect":
                    pass
                sending.cancel()
        except* WebSocketDisconnect:
            pass  # the page left: nothing to tell

    return router


async def _relay(socket: WebSocket, feed: Feed, panel: Callable[[], Panel]) -> None:
    last = None
    async for _seen in changes(feed, PAUSE_S):
        now = panel()
        if now != last:
            await socket.send_text(now.model_dump_json())
        last = now
