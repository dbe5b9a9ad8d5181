"""The real pages, served by the real API from a feed that the test plays, in a real Chromium."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from api.app import create_app
from api.desk import Desk
from api.serve import listen, serve
from daemon.clock import SystemClock, system_clock
from daemon.content import texts
from daemon.messages import Health
from daemon.policy.events import Confirmed, Event
from daemon.policy.rules import Mode
from daemon.policy.session import Totals
from daemon.policy.state import Kind, Link, Prompt
from daemon.snapshot import Feed, Phase, Snapshot
from daemon.wire import Identity

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
KEY = "the-kiosks-own"


@dataclass
class Stage:
    """What the page is told, and what it says back."""

    feed: Feed
    clock: SystemClock
    base: Snapshot
    url: str = ""
    port: int = 0
    desk: Desk | None = None
    events: list[Event] = field(default_factory=list)
    said: asyncio.Event = field(default_factory=asyncio.Event)
    notice: str | None = None
    serving: asyncio.Task[None] | None = None

    def submit(self, event: Event) -> None:
        self.events.append(event)
        self.said.set()

    def start(self) -> None:
        """Serve the pages, on the same port as before."""
        assert self.desk is not None
        sock = listen("127.0.0.1", self.port)
        self.port = sock.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.serving = asyncio.create_task(serve(create_app(self.desk), sock))

    async def stop(self) -> None:
        assert self.serving is not None
        self.serving.cancel()
        await asyncio.gather(self.serving, return_exceptions=True)

    def show(self, **changes: Any) -> None:
        """Tell the page a snapshot like the base one but for changes."""
        now = self.clock.now()
        self.feed.publish(replace(self.base, at=now, seq=self.feed.latest.seq + 1, **changes))

    def prompt(self, kind: Kind, number: int = 3, **more: Any) -> Prompt:
        return Prompt(number, kind, self.clock.now(), None, 10, **more)

    def confirmed(self, number: int) -> list[int]:
        """Return the digits that were confirmed of one prompt."""
        return [e.digit for e in self.events if isinstance(e, Confirmed) and e.prompt == number]

    async def until(self, wanted: Any) -> None:
        """Wait until the page has said what is wanted."""
        async with asyncio.timeout(10):
            while not wanted():
                await self.said.wait()
                self.said.clear()


class Nothing:
    """A history and a rulebook that no page asks."""


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    clock = system_clock()
    base = Snapshot(
        at=clock.now(), seq=1, link=Link.UP, phase=Phase.RUNNING, mode=Mode.ENFORCE, speed=1250, incline=0,
        session="run-1", totals=Totals(belt=1_325_000, flat=400_000, distance=3_120),
    )  # fmt: skip
    staged = Stage(Feed(base), clock, base)
    staged.desk = Desk(
        feed=staged.feed,
        clock=clock,
        identity=Identity("demo", "t-1", "T1", "Hall", "simulated:", "0.1"),
        submit=staged.submit,
        history=Nothing(),  # type: ignore[arg-type]  # no page asks for it
        rulebook=Nothing(),  # type: ignore[arg-type]  # nor for this
        health=lambda: Health(status="ok", checks={}),
        texts=texts(),
        console_key=KEY,
        notice=lambda: staged.notice,
    )
    staged.start()
    yield staged
    await staged.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as player:
        opened = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        await opened.close()


@dataclass
class Opened:
    """A page and what went wrong in it."""

    page: Page
    faults: list[str]


async def open_console(browser: Browser, stage: Stage, width: int = 800, height: int = 480, key: str = KEY) -> Opened:
    """Open the console at a screen's real size, signed in, and wait until it shows something."""
    context = await browser.new_context(viewport={"width": width, "height": height}, has_touch=True)
    page = await context.new_page()
    opened = Opened(page, [])
    page.on("console", lambda said: opened.faults.append(said.text))
    page.on("pageerror", lambda error: opened.faults.append(str(error)))
    await page.goto(f"{stage.url}/console#key={key}")
    return opened
