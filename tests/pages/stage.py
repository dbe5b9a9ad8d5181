"""The real pages, served by the real API from a feed that a test plays, in a real Chromium."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from fastapi import APIRouter
from playwright.async_api import Browser, Page

from api.demo import create_demo
from api.desk import Desk
from api.screen import create_console
from api.serve import listen, serve
from api.signins import SignIns
from daemon.clock import SystemClock, system_clock
from daemon.content import LANGUAGES, Text, texts, words
from daemon.messages import Health
from daemon.policy.events import Confirmed, Event
from daemon.policy.rules import Mode
from daemon.policy.session import Totals
from daemon.policy.state import Kind, Link, Prompt
from daemon.screen import WORDS
from daemon.snapshot import Feed, Phase, Snapshot
from daemon.staff import Staff
from daemon.tokens import TokenBook
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
LIMIT_S = 15.0
"""Longest that a test waits for anything."""


class Size(NamedTuple):
    """A panel: pixels across and down, and pixels per mm."""

    width: int
    height: int
    mm: float


SIZES = [
    *(Size(800, 480, 5.2), Size(720, 1280, 8.2), Size(1024, 600, 6.6), Size(1280, 800, 5.9)),
    *(Size(480, 800, 5.2), Size(1280, 720, 8.2), Size(600, 1024, 6.6), Size(800, 1280, 5.9)),
]
"""7 inch, Touch Display 2, 7 inch, and 10 inch; then each of them turned."""


class Nothing:
    """A history and a rulebook that no page asks."""


@dataclass
class Stage:
    """What the page is told, and what it says back."""

    clock: SystemClock
    base: Snapshot
    feed: Feed
    url: str = ""
    port: int = 0
    units: Literal["km/h", "mph"] = "km/h"
    notice: str | None = None
    px_per_mm: float | None = None
    asleep: bool = False
    texts: dict[str, tuple[Text, ...]] = field(default_factory=lambda: dict(texts()))
    languages: tuple[str, ...] = ("en",)
    more: list[APIRouter] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    said: asyncio.Event = field(default_factory=asyncio.Event)
    serving: asyncio.Future[None] | None = None

    def desk(self) -> Desk:
        return Desk(
            feed=self.feed,
            clock=self.clock,
            identity=Identity("demo", "t-1", "T1", "Hall", "simulated:", "0.1", units=self.units),
            submit=self.submit,
            staff=Staff(self.feed, self.clock, self.submit, lambda happened: None),
            history=Nothing(),  # type: ignore[arg-type]  # no page asks for it
            rulebook=Nothing(),  # type: ignore[arg-type]  # nor for this
            health=lambda: Health(status="ok", checks={}),
            words={name: replace(words(name), texts=self.texts if name == "en" else texts(name)) for name in LANGUAGES},
            languages=self.languages,
            console_key=KEY,
            tokens=TokenBook(None, self.clock.wall),
            sign_ins=SignIns(lambda told: None),
            reading_open=True,
            notice=lambda: self.notice,
            px_per_mm=self.px_per_mm,
            asleep=lambda: self.asleep,
        )

    def submit(self, event: Event) -> None:
        self.events.append(event)
        self.said.set()

    def start(self) -> None:
        """Serve the pages, on the same port as before."""
        listening = listen("127.0.0.1", self.port)
        self.port = listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        app = create_demo(self.desk(), *self.more) if self.more else create_console(self.desk())
        self.serving = asyncio.ensure_future(serve(app, listening))

    async def stop(self) -> None:
        assert self.serving is not None
        self.serving.cancel()
        await asyncio.wait({self.serving}, timeout=LIMIT_S)

    def show(self, **changes: Any) -> int:
        """Tell the page a snapshot like the base one but for changes; return its number."""
        seq = self.feed.latest.seq + 1
        self.feed.publish(replace(self.base, at=self.clock.now(), seq=seq, **changes))
        return seq

    def prompt(self, kind: Kind, number: int = 3, **more: Any) -> Prompt:
        """Return a prompt that lasts; a countdown stands at `digit`."""
        return Prompt(number, kind, self.clock.now(), None, 10, **more)

    def word(self, kind: Kind, headline: str, body: str) -> None:
        """Make these the words of a kind."""
        self.texts[WORDS[kind]] = (Text(headline, body),)

    def confirmed(self, number: int) -> list[int]:
        """Return the digits that were confirmed of one prompt."""
        return [e.digit for e in self.events if isinstance(e, Confirmed) and e.prompt == number]

    async def until(self, wanted: Callable[[], object]) -> None:
        """Wait until the page has said what is wanted."""
        async with asyncio.timeout(LIMIT_S):
            while not wanted():
                await self.said.wait()
                self.said.clear()

    async def later(self, event: type[Event], count: int = 1) -> None:
        """Wait until the page has said so many more events of a kind."""
        first = len(self.events)
        await self.until(lambda: sum(isinstance(e, event) for e in self.events[first:]) >= count)


@asynccontextmanager
async def staged(
    *more: Callable[[Feed], APIRouter],
    units: Literal["km/h", "mph"] = "km/h",
    languages: tuple[str, ...] = ("en",),
) -> AsyncIterator[Stage]:
    """Serve the pages for a member who runs at 12.5 km/h on a flat belt."""
    clock = system_clock()
    base = Snapshot(
        at=clock.now(),
        seq=1,
        link=Link.UP,
        phase=Phase.RUNNING,
        mode=Mode.ENFORCE,
        speed=1250,
        incline=0,
        session="run-1",
        totals=Totals(belt=1_325_000, flat=400_000, distance=3_120),
    )
    feed = Feed(base)
    stage = Stage(clock, base, feed, units=units, languages=languages, more=[routes(feed) for routes in more])
    stage.start()
    try:
        yield stage
    finally:
        await stage.stop()


@dataclass
class Opened:
    """A page and what went wrong in it: words on its console, errors, requests that failed."""

    page: Page
    faults: list[str]


async def open_page(browser: Browser, address: str, size: Size = SIZES[0]) -> Opened:
    """Open address on a panel."""
    context = await browser.new_context(viewport={"width": size.width, "height": size.height}, has_touch=True)
    page = await context.new_page()
    opened = Opened(page, [])
    page.on("console", lambda said: opened.faults.append(said.text))
    page.on("pageerror", lambda error: opened.faults.append(str(error)))
    await page.goto(address)
    return opened


async def open_console(browser: Browser, stage: Stage, size: Size = SIZES[0], key: str = KEY) -> Opened:
    """Open the console, signed in, on a panel."""
    return await open_page(browser, f"{stage.url}/console#key={key}", size)


async def drawn(page: Page, seq: int) -> None:
    """Wait until the page has drawn the snapshot with this number, and two frames more."""
    await page.wait_for_selector(f"#screen[data-seq='{seq}']", timeout=LIMIT_S * 1000)
    await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
