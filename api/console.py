"""The member's screen, from the server's side: the page, and the line on which it shows and confirms.

A page signs in with the kiosk's key of this boot. Only Cancel needs none, not even a hello: whoever can reach this
server may always end a raise, and nobody can begin one here.
"""

import asyncio
from contextlib import aclosing, suppress
from hmac import compare_digest
from secrets import token_hex

from fastapi import APIRouter
from starlette.responses import FileResponse
from starlette.websockets import WebSocket

from api.desk import Desk
from api.live import changes
from api.room import Room, TheDesk, TheRoom
from api.sockets import TRY_LATER, close, heard, until_one_ends
from api.tongue import Tongue
from api.words import Said, event, is_cancel, read
from daemon.messages import Confirm, Console, Hello, Touch
from daemon.policy.events import ScreenGone
from daemon.policy.state import Kind
from daemon.screen import console, in_words
from daemon.snapshot import Snapshot

router = APIRouter()

GOODBYE = 1000
WRONG_KEY = 4401
"""Close code: this page is not signed in."""
HELLO_S = 5.0
"""A page that has not said hello by then is closed; it may try again."""
SHOW_S = 0.5
"""A page hears at least this often, so that it can tell old numbers from new."""
WINDOW_MS = 1000
MOST_A_WINDOW = 50
"""More messages than this within a window are dropped, and the page counts as gone: it sends about five, and never
more than a display shows frames, so what is said faster was not drawn."""


@router.get("/console", include_in_schema=False)
async def page(desk: TheDesk) -> FileResponse:
    """Send the page; it carries nothing, its key is in the address that the kiosk opens."""
    return FileResponse(desk.pages / "console.html")


@router.websocket("/console/live")
async def live(socket: WebSocket, room: TheRoom) -> None:
    """Talk with one page from its hello to its end."""
    await socket.accept()
    await close(socket, *await _meet(room, Line(room, socket)))


async def _meet(room: Room, line: "Line") -> tuple[int, str]:
    """Talk with the page on line; return the code and the words with which to close it."""
    with room.strangers.seat() as seated:
        if not seated:
            return TRY_LATER, "too many screens"
        signed_in = await line.sign_in()
    if signed_in is None:
        return TRY_LATER, "no hello"
    if not signed_in:
        return WRONG_KEY, "this screen is not signed in"
    with room.consoles.seat() as seated:
        if not seated:
            return TRY_LATER, "too many screens"
        await line.talk()
    return GOODBYE, ""


class Line:
    """One page's line; `screen` names it to the policy."""

    def __init__(self, room: Room, socket: WebSocket) -> None:
        self.screen = token_hex(8)
        self._room = room
        self._desk: Desk = room.desk
        self._socket = socket
        self._window = 0
        self._came = 0
        self._confirmed = (0, 0)
        self._tongue = Tongue(self._desk.words, self._desk.languages)

    async def sign_in(self) -> bool | None:
        """Wait for the page's hello, and return whether its key is right; None: it said none in time.

        Until then only Cancel is obeyed.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(HELLO_S):
                while (frame := await heard(self._socket)) is not None:
                    said = self._read(frame)
                    if isinstance(said, Hello):
                        return compare_digest(said.key.encode(), self._desk.console_key.encode())
                    self._take(said, signed_in=False)
        return None

    async def talk(self) -> None:
        """Show and hear until the page is gone, and tell the policy that it is."""
        try:
            await until_one_ends(self._show(), self._hear())
        finally:
            self._desk.submit(ScreenGone(self._desk.clock.now(), self.screen))

    async def _show(self) -> None:
        async with aclosing(changes(self._desk.feed, SHOW_S)) as news:
            async for seen in news:
                await self._socket.send_text(self._drawn(seen).model_dump_json())

    def _drawn(self, seen: Snapshot) -> Console:
        desk = self._desk
        now, notice = desk.clock.now(), desk.notice()
        words = self._tongue.now(seen.phase, now)
        return console(
            seen,
            now,
            words=words,
            next_language=self._tongue.next(),
            units=desk.identity.units,
            screen=self.screen,
            notice=None if notice is None else in_words(notice, words),
            px_per_mm=desk.px_per_mm,
            asleep=desk.asleep(),
        )

    async def _hear(self) -> None:
        while (frame := await heard(self._socket)) is not None:
            self._take(self._read(frame), signed_in=True)

    def _read(self, frame: str | bytes) -> Said | None:
        """Return what a frame says; None, counted, when it makes no sense or is one too many."""
        said = read(frame)
        if said is None:
            self._desk.dropped.drop("malformed", frame)
        elif self._too_many() and not is_cancel(said):
            if self._came > MOST_A_WINDOW + 1:
                self._desk.dropped.drop("flood", type(said).__name__)
            else:
                self._distrust("flood", said)
            return None
        return said

    def _take(self, said: Said | None, *, signed_in: bool) -> None:
        if said is None:
            return
        if isinstance(said, Hello) or not (signed_in or is_cancel(said)):
            self._desk.dropped.drop("out of turn", type(said).__name__)
            return
        if isinstance(said, Confirm) and self._counts_up(said):
            self._distrust("counts up", said)
        elif isinstance(said, Touch) and said.key == "language":
            self._tongue.touched(self._desk.feed.latest.phase, self._desk.clock.now())
        else:
            self._desk.submit(event(said, self._desk.clock.now(), self.screen))

    def _counts_up(self, said: Confirm) -> bool:
        """Tell whether the page confirms a higher digit of a countdown than before: it guesses, and draws nothing."""
        (prompt, digit), self._confirmed = self._confirmed, (said.prompt, said.digit)
        asked = self._desk.feed.latest.prompt
        counting = asked is not None and asked.id == said.prompt and asked.kind is Kind.COUNTDOWN
        return counting and prompt == said.prompt and said.digit > digit

    def _distrust(self, kind: str, said: Said) -> None:
        """Count what no honest page says, and let the page count as gone: that ends a countdown, and a raise."""
        self._desk.dropped.drop(kind, type(said).__name__)
        self._desk.submit(ScreenGone(self._desk.clock.now(), self.screen))

    def _too_many(self) -> bool:
        now = self._desk.clock.now()
        if now - self._window >= WINDOW_MS:
            self._window, self._came = now, 0
        self._came += 1
        return self._came > MOST_A_WINDOW
