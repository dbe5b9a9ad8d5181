"""Plays the demo's scenes in Chromium and keeps a picture of each thing that the member's screen says; look at them.

`python -m tests.demo.evening FOLDER`: about five minutes, since the scenes last as long as they last.
"""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, FrameLocator, Page, async_playwright

from tests.pages.stage import CHROMIUM, FLAGS

SIZE = {"width": 1280, "height": 900}


@asynccontextmanager
async def playing(browser: Browser, scene: str) -> AsyncIterator[Page]:
    """Run the demo's scene, and open its page."""
    command = (sys.executable, "-m", "daemon", "demo", "--port", "0", "--scene", scene)
    demo = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert demo.stdout is not None
    first = (await demo.stdout.readline()).decode()
    page = await browser.new_page(viewport=SIZE)  # type: ignore[arg-type]  # a plain dict is what it takes
    await page.goto(first.split()[-1])
    try:
        yield page
    finally:
        demo.send_signal(signal.SIGINT)
        await demo.communicate()


def screen(page: Page) -> FrameLocator:
    """Return the member's screen within the demo's page."""
    return page.frame_locator("#console")


async def shot(page: Page, folder: Path, name: str) -> None:
    """Keep the member's screen as it is."""
    await page.locator("#console").screenshot(path=folder / f"{name}.png")


async def flat(browser: Browser, folder: Path) -> None:
    """A countdown, a no to it, and a call for help."""
    async with playing(browser, "flat") as page:
        await screen(page).locator("#cancel").wait_for(timeout=60_000)
        await page.wait_for_timeout(2000)
        await shot(page, folder, "played-countdown")
        await screen(page).locator("#cancel").click()
        await page.wait_for_timeout(1000)
        await shot(page, folder, "played-declined")
        await screen(page).locator("#help").click(timeout=60_000)
        await page.wait_for_timeout(1000)
        await shot(page, folder, "played-help")


async def limit(browser: Browser, folder: Path) -> None:
    """The whole ladder: the last minute, the cool-down, the countdown of the stop, and a touch that ends it."""
    async with playing(browser, "limit") as page:
        asked = screen(page).locator("#prompt")
        seen: set[str] = set()
        while "stop" not in seen:
            await page.wait_for_timeout(200)
            kind = await asked.get_attribute("data-kind") or ""
            if await asked.is_visible() and kind not in seen:
                seen.add(kind)
                await page.wait_for_timeout(400)
                await shot(page, folder, f"played-limit-{kind}")
        await page.wait_for_timeout(3000)
        await shot(page, folder, "played-limit-stop")
        await screen(page).locator("#headline").click()
        await page.wait_for_timeout(1000)
        await shot(page, folder, "played-limit-touched")


async def change(browser: Browser, folder: Path) -> None:
    """A suggestion, and why."""
    async with playing(browser, "change") as page:
        await screen(page).locator("#take").wait_for(timeout=120_000)
        await shot(page, folder, "played-suggestion")
        await screen(page).locator("#why").click()
        await page.wait_for_timeout(500)
        await shot(page, folder, "played-suggestion-why")
        await screen(page).locator("#take").click()
        await page.wait_for_timeout(1000)
        await shot(page, folder, "played-suggestion-taken")


async def main(folder: Path) -> None:
    """Play all of it at once, each in a browser's page of its own."""
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for scene in (flat, change, limit):
            await scene(browser, folder)
        await browser.close()


if __name__ == "__main__":
    pictures = Path(sys.argv[1])
    pictures.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(pictures))
