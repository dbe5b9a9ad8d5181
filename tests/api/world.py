"""A desk made by hand, and a real server in front of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from websockets.asyncio.client import ClientConnection, connect

from api.app import create_app
from api.desk import Desk
from api.pace import CALLS, SIGN_INS, Pace, Rate
from api.screen import create_console
from api.serve import listen, serve
from api.signins import SignIns
from daemon.content import LANGUAGES, words
from daemon.messages import Counters, Health, SessionRow, UsageRow
from daemon.policy.events import Event, Happened
from daemon.policy.rules import Mode, Rules
from daemon.policy.state import Link
from daemon.rulebook import Rulebook
from daemon.snapshot import Feed, Phase, Snapshot
from daemon.staff import Staff
from daemon.store import StoreError
from daemon.tokens import Refused, Token, hashed
from daemon.tokens.book import judged
from daemon.wire import Identity

LIMIT_S = 20.0
"""Longest that a test waits for anything."""
TOKEN = "a-token-of-the-tests"
VIEWER = "a-viewers-token"
EXPIRED = "a-token-that-ended"
REVOKED = "a-token-that-was-revoked"
MADE = datetime(2026, 2, 1, tzinfo=UTC)
TOKENS = {
    "alex": Token("alex", "staff", hashed(TOKEN), MADE),
    "grafana": Token("grafana", "viewer", hashed(VIEWER), MADE, MADE + timedelta(days=60)),
    "old": Token("old", "staff", hashed(EXPIRED), MADE, MADE + timedelta(days=28)),
    "newer": Token("newer", "owner", hashed("of-a-newer-version"), MADE),
}
KEY = "key-of-this-boot"


@dataclass
class Clock:
    """Time as the test sets it."""

    at: int = 100_000
    boot: str = "boot-1"

    def now(self) -> int:
        return self.at

    def wall(self) -> datetime | None:
        return datetime(2026, 3, 1, tzinfo=UTC)


IDENTITY = Identity("north", "t07", "Treadmill 7", 'by the "window"', "simulated:", "0.1.0")


def seen(seq: int = 1, **changes: Any) -> Snapshot:
    first = Snapshot(100_000, seq, Link.UP, Phase.RUNNING, Mode.NUDGE, speed=804, incline=5)
    return replace(first, **changes)


def session(number: int) -> SessionRow:
    return SessionRow(
        id=f"s-{number}",
        started=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=number),
        ended=None,
        end_reason=None,
        short=False,
        min_incline_pct=1.0,
        **dict.fromkeys(("belt_s", "pause_s", "eligible_s", "flat_s", "unknown_s", "gap_s", "distance_m"), number),
    )


def hour(start: datetime, belt_s: int = 3600) -> UsageRow:
    return UsageRow(
        start=start,
        belt_s=belt_s,
        occupied_s=belt_s,
        eligible_s=0,
        flat_s=0,
        unknown_s=0,
        gap_s=0,
        distance_m=9000,
        flat_share=None,
        coverage=1.0,
    )


@dataclass
class History:
    """What a store would tell, in memory."""

    rows: list[SessionRow] = field(default_factory=lambda: [session(n) for n in range(9, 0, -1)])
    asked: list[tuple[datetime, datetime, ZoneInfo]] = field(default_factory=list)
    hours: list[UsageRow] = field(default_factory=list)
    broken: str | None = None
    on_disk: bool = True

    async def sessions(self, limit: int, before: str | None = None) -> list[SessionRow]:
        self._check()
        places = [n for n, row in enumerate(self.rows) if row.id == before]
        after = 1 + places[0] if places else 0 if before is None else len(self.rows)
        return self.rows[after : after + limit]

    async def usage(self, start: datetime, end: datetime, zone: ZoneInfo) -> list[UsageRow]:
        self._check()
        self.asked.append((start, end, zone))
        return self.hours

    async def counters(self) -> Counters:
        self._check()
        sums: dict[str, Any] = {name: 7 for name in Counters.model_fields if name.endswith(("_s", "_m", "sessions"))}
        return Counters(ts=None, **sums, nudges={"declined": 2}, raises={"done": 3})

    async def committed(self) -> bool:
        return self.on_disk

    def _check(self) -> None:
        if self.broken:
            raise StoreError(self.broken)


@dataclass
class Tokens:
    """Tokens in memory."""

    kept: dict[str, Token] = field(default_factory=lambda: dict(TOKENS))
    now: datetime | None = datetime(2026, 3, 1, tzinfo=UTC)

    async def find(self, secret: str) -> Token | Refused:
        return judged(secret, self.kept, self.now)


@dataclass
class World:
    """All that a test moves and looks at."""

    pages: Path
    clock: Clock = field(default_factory=Clock)
    feed: Feed = field(default_factory=lambda: Feed(seen()))
    history: History = field(default_factory=History)
    events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    told: list[Happened] = field(default_factory=list)
    health: Callable[[], Health] = lambda: Health(status="ok", checks={"machine": "ok"})
    heard_at: int | None = 99_500
    notice: str | None = None
    languages: tuple[str, ...] = LANGUAGES
    fault: str | None = None
    hosts: frozenset[str] = frozenset({"t07.gym.example"})
    tokens: Tokens = field(default_factory=Tokens)
    reading_open: bool = True
    rate: Rate = CALLS
    sign_in_rate: Rate = SIGN_INS
    port: int = 0
    """Of the API."""
    screen_port: int = 0

    def desk(self) -> Desk:
        rulebook = Rulebook(
            Rules(Mode.ASSIST), None, self.events.put_nowait, lambda saved: None, self.told.append, self.clock
        )
        return Desk(
            feed=self.feed,
            clock=self.clock,
            identity=IDENTITY,
            submit=self.events.put_nowait,
            staff=Staff(self.feed, self.clock, self.events.put_nowait, self.told.append),
            history=self.history,
            rulebook=rulebook,
            health=lambda: self.health(),
            words={name: words(name) for name in LANGUAGES},
            languages=self.languages,
            console_key=KEY,
            tokens=self.tokens,
            sign_ins=SignIns(self.told.append, Pace(self.sign_in_rate)),
            reading_open=self.reading_open,
            fault=lambda: self.fault,
            hosts=self.hosts,
            time_zone=ZoneInfo("Europe/Berlin"),
            heard=lambda: self.heard_at,
            notice=lambda: self.notice,
            pages=self.pages,
        )

    @asynccontextmanager
    async def served(self) -> AsyncIterator[httpx.AsyncClient]:
        """Serve both apps on free ports; yield a client of the API."""
        programs, pages = listen("127.0.0.1", 0), listen("127.0.0.1", 0)
        self.port, self.screen_port = (sock.getsockname()[1] for sock in (programs, pages))
        desk = self.desk()
        serving = {
            asyncio.ensure_future(serve(create_app(desk, self.rate), programs)),
            asyncio.ensure_future(serve(create_console(desk), pages)),
        }
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=LIMIT_S) as client:
                yield client
        finally:
            for one in serving:
                one.cancel()
            await asyncio.wait(serving, timeout=LIMIT_S)

    @asynccontextmanager
    async def socket(self, path: str, **options: Any) -> AsyncIterator[ClientConnection]:
        """Open a WebSocket to the server that has it."""
        port = self.screen_port if path.startswith("/console") else self.port
        async with connect(f"ws://127.0.0.1:{port}{path}", close_timeout=1, proxy=None, **options) as socket:
            yield socket

    async def next_event(self) -> Event:
        return await asyncio.wait_for(self.events.get(), LIMIT_S)


async def said(socket: ClientConnection) -> dict[str, Any]:
    """Return the next message from the server."""
    text = await asyncio.wait_for(socket.recv(), LIMIT_S)
    message: dict[str, Any] = json.loads(text)
    return message


async def say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def closing(socket: ClientConnection) -> int | None:
    """Return the code with which the server closes."""
    await asyncio.wait_for(socket.wait_closed(), LIMIT_S)
    return socket.close_code
