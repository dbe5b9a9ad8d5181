"""The demo as a newcomer sees it: one command, the first line is an address, the rest happens by itself."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.pages.stage import CHROMIUM, FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@dataclass
class Demo:
    """The running command and what it printed."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)

    async def until(self, words: str, limit: float = 60) -> str:
        """Read on until a line has these words."""
        assert self.process.stdout is not None
        async with asyncio.timeout(limit):
            while True:
                for line in self.lines:
                    if words in line:
                        return line
                read = await self.process.stdout.readline()
                assert read, f"the demo ended: {self.lines}"
                self.lines.append(read.decode().rstrip())


@pytest.fixture
async def demo(request: pytest.FixtureRequest) -> AsyncIterator[Demo]:
    words: tuple[str, ...] = getattr(request, "param", ())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "daemon", "demo", *words),
        stdout=PIPE,
        stderr=PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    yield Demo(process)
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0, err.decode()
    assert b"The demo is over." in out
    assert b"Traceback" not in err


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as player:
        opened = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        await opened.close()


@pytest.mark.parametrize("demo", [("--now",)], indirect=True)
async def test_the_first_line_is_the_page_and_a_nudge_comes_within_thirty_seconds(demo: Demo) -> None:
    """Without any browser it tells in the terminal what happens."""
    first = await demo.until("", 20)
    assert re.fullmatch(r"Open http://127\.0\.0\.1:\d+/demo#key=\S+", first)
    await demo.until("Now it is your treadmill", 20)
    await demo.until("The belt has been flat for a while", 30)


@pytest.mark.alone
async def test_the_deck_rises_on_the_page_and_the_members_key_ends_it(demo: Demo, browser: Browser) -> None:
    url = (await demo.until("Open http", 20)).removeprefix("Open ")
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(url)
    screen = page.frame_locator("#console")
    await expect(screen.locator("#cancel")).to_be_visible(timeout=40_000)
    await expect(screen.locator("#headline")).to_contain_text("1.0%")
    await expect(page.locator("#incline")).to_have_text("0.5", timeout=40_000)
    await page.locator("[data-key=incline_down]").click()
    await demo.until("They always win")
    await expect(screen.locator("#cancel")).to_be_hidden()
    await expect(page.locator("#log")).to_contain_text("They always win")
    assert faults == []


@pytest.mark.alone
async def test_cancel_on_the_page_leaves_the_deck_alone(demo: Demo, browser: Browser) -> None:
    url = (await demo.until("Open http", 20)).removeprefix("Open ")
    await demo.until("Nobody runs until you open the page")
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await page.goto(url)
    screen = page.frame_locator("#console")
    await screen.locator("#cancel").click(timeout=40_000)
    await demo.until("Cancel was touched")
    await expect(page.locator("#incline")).to_have_text("0.0")
    assert not any("write" in line for line in demo.lines)
