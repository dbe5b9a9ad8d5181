"""The wizard on its page, over a simulated treadmill: served for real, touched in Chromium."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Page

from api.commission.app import create
from api.serve import listen, serve
from daemon.commissioning.lead import Commissioning
from daemon.commissioning.onscreen import OnScreen
from daemon.commissioning.raising import WORDS
from tests.commissioning.hands import Hands, work
from tests.conformance.bench import PATIENT
from tests.conformance.rows import FTMS

KEY = "the-kiosks-own-key-of-this-boot"
type See = Callable[[str], Awaitable[None]]


@dataclass
class Wizard:
    """One wizard: `port` of its page, what stands on it, and the staff at the machine."""

    port: int
    screen: OnScreen
    hands: Hands
    task: Commissioning
    running: "asyncio.Future[None]"
    seen: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/console#key={KEY}"

    async def play(self, page: Page, see: See, mode: str = "assist") -> None:
        """Touch what the page asks for and act at the machine, until it is written; see is told each new view."""
        async with asyncio.timeout(90):
            while not self.running.done():
                if self.screen.asked is not None:
                    await self._choose(page, see, mode)
                elif self.screen.line is not None and (step := self.screen.line.step) is not None:
                    text = self.hands.act(step, self.screen.line)
                    if text is not None:
                        await self._type(page, see, text, f"{type(step).__name__}-{len(getattr(step, 'points', ()))}")
                    elif step.says not in self.seen:
                        self.seen.add(step.says)
                        await page.get_by_text(step.says).wait_for()
                        await see(f"{type(step).__name__}-{'-'.join(step.says.split()[:3])}")
                await self.hands.bench.goes_on()
        await page.get_by_text("It is written").wait_for()
        await see("written")

    async def _choose(self, page: Page, see: See, mode: str) -> None:
        asked = self.screen.asked
        assert asked is not None
        number = self.screen.number
        await page.locator(f'#page[data-number="{number}"]').wait_for()
        await see(f"{self.screen.title}-{asked.prompt}".replace(" ", "-").replace("?", "").replace("/", ""))
        if len(asked.choices) > 2:
            await page.locator(f'[data-value="{mode}"]').tap()
        else:
            await page.locator("#choice-0").tap()
        await asyncio.wait([asked.answer], timeout=5)

    async def _type(self, page: Page, see: See, text: str, name: str) -> None:
        if text == WORDS:
            await see(f"{name}-words")
            await page.locator("#words").tap()
        else:
            for digit in text:
                await page.locator(f'[data-digit="{digit}"]').tap()
            await see(f"{name}-typed")
            await page.locator("#ok").tap()


@asynccontextmanager
async def wizard(folder: Path) -> AsyncIterator[Wizard]:
    """Serve the page of a wizard that has just begun."""
    async with FTMS.make(folder, PATIENT) as bench:
        screen, task = OnScreen(), work(folder, bench)
        sock = listen("127.0.0.1", 0)
        serving = asyncio.ensure_future(serve(create(screen, KEY), sock))
        running = asyncio.ensure_future(task.run(screen))
        try:
            yield Wizard(sock.getsockname()[1], screen, Hands(bench), task, running)
        finally:
            for each in (running, serving):
                each.cancel()
            await asyncio.gather(running, serving, return_exceptions=True)
