"""The member's screen: its page, and the one socket over which it is told what to draw and says what it drew.

Only a page with the kiosk's credential may confirm or accept. Cancel is obeyed without it, from anyone, at once.
"""

import asyncio
import hmac
import logging
from collections import deque
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from fastapi import APIRouter, WebSocket
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import TypeAdapter, ValidationError
from starlette.websockets import WebSocketDisconnect

from api.desk import Desk
from api.live import changes
from daemon.messages import Confirm, Hello, Touch
from daemon.policy.events import (
    Answer,
    Answered,
    Confirmed,
    Event,
    HelpAsked,
    LendAsked,
    ReturnAsked,
    ScreenGone,
    TrainerAsked,
)
from daemon.screen import console

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
MOST_SCREENS = 4
MOST_A_SECOND = 50
REPEAT_S = 0.5
WORDS: TypeAdapter[Hello | Confirm | Touch] = TypeAdapter(Hello | Confirm | Touch)
ANSWERS = {"raise": Answer.RAISE, "decline": Answer.DECLINE, "cancel": Answer.CANCEL}
WISHES: dict[str, Callable[[int], Event]] = {
    "help": HelpAsked,
    "trainer": TrainerAsked,
    "lend": LendAsked,
    "return": ReturnAsked,
}


def event_of(word: Confirm | Touch, screen: str, at: int) -> Event:
    """Return what the core is told of a screen's word."""
    if isinstance(word, Confirm):
        return Confirmed(at, screen, word.prompt, word.digit)
    if word.key in ANSWERS:
        return Answered(at, word.prompt, ANSWERS[word.key])
    return WISHES[word.key](at)


class Screen:
    """One connected page."""

    def __init__(self, socket: WebSocket, desk: Desk) -> None:
        self.id = uuid4().hex[:12]
        self.signed_in = False
        self._socket = socket
        self._desk = desk
        self._times: deque[int] = deque(maxlen=MOST_A_SECOND)
        self._odd = 0

    async def draw(self) -> None:
        """Tell the page what to draw, on each change and at least twice a second."""
        desk = self._desk
        async for seen in changes(desk.feed, REPEAT_S):
            if self.signed_in:
                now = desk.clock.now()
                told = console(
                    seen,
                    now,
                    texts=desk.texts,
                    units=desk.identity.units,
                    screen=self.id,
                    notice=desk.notice(),
                )
                await self._socket.send_text(told.model_dump_json())

    async def listen(self) -> None:
        """Take the page's words until it leaves or shows a wrong key."""
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            word = self._read(message.get("text"))
            if isinstance(word, Hello):
                self.signed_in = hmac.compare_digest(word.key, self._desk.console_key)
                if not self.signed_in:
                    await self._socket.close(4401, "This screen is not signed in.")
                    return
            elif word is not None:
                self._take(word)

    def _take(self, word: Confirm | Touch) -> None:
        cancel = isinstance(word, Touch) and word.key == "cancel"
        now = self._desk.clock.now()
        flood = len(self._times) == MOST_A_SECOND and now - self._times[0] < 1000
        self._times.append(now)
        if cancel or (self.signed_in and not flood):
            self._desk.submit(event_of(word, self.id, now))

    def _read(self, text: str | None) -> Hello | Confirm | Touch | None:
        try:
            return WORDS.validate_json(text or "")
        except ValidationError:
            self._odd += 1
            if self._odd == 1:
                log.warning("A screen said what no page of ours says: %.80r; it is dropped.", text)
            return None


def console_routes(desk: Desk) -> APIRouter:
    """Return the page /console, its files under /static and its socket /console/live."""
    router = APIRouter()
    screens: set[str] = set()

    @router.get("/console", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(STATIC / "console.html")

    @router.websocket("/console/live")
    async def live(socket: WebSocket) -> None:
        if len(screens) >= MOST_SCREENS:
            await socket.close(4429, "Too many screens.")
            return
        await socket.accept()
        screen = Screen(socket, desk)
        screens.add(screen.id)
        try:
            async with asyncio.TaskGroup() as tasks:
                drawing = tasks.create_task(screen.draw())
                await screen.listen()
                drawing.cancel()
        except* WebSocketDisconnect:
            pass  # the page left: told below
        finally:
            screens.discard(screen.id)
            desk.submit(ScreenGone(desk.clock.now(), screen.id))

    router.mount("/static", StaticFiles(directory=STATIC, check_dir=False))
    return router
