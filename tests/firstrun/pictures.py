"""Draws the set-up's pictures of docs/pictures anew; with a folder, every view at every size into it. Look at them.

`python -m tests.firstrun.pictures [FOLDER]`
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.firstrun.world import CODE, KEY, World
from tests.pages.pictures import FOLDER
from tests.pages.stage import CHROMIUM, FLAGS, SIZES, Size, open_page

KEPT = {"set-up-missing-800x480", "set-up-driver-800x480"}
"""Those that the docs show."""
MISTAKEN = """made_by = "inclined 99.1"
[machine]
site = "Big Gym"
machine = "t07"
name = "Treadmill 7"
zone = "Hall"
driver = "ftms:C0:FF:EE:00:00:07"
mode = "enforcing"
units = "km/h"
colour = "red"
"""
LEADING_TO = ("driver", "mode", "units", "name", "zone", "machine", "site", "time_zone")


async def views(page: Page, world: World) -> AsyncIterator[str]:
    """Lead through the form, and yield the name of each view that stands on the page."""
    await page.locator("#begin").wait_for()
    yield "missing"
    await page.locator("#another").tap()
    await page.locator(".digits").wait_for()
    yield "code"
    world.pairing.say(CODE)
    await page.get_by_text("It said the right code").wait_for()
    yield "used"
    await page.locator("#stop").tap()
    await page.locator("#begin").tap()
    chosen = {"driver": "ftms:C0:FF:EE:00:00:07", "mode": "observe", "units": "km/h"}
    for name in LEADING_TO:
        await page.locator(f'#page[data-key="machine.{name}"]').wait_for()
        if name in chosen:
            await page.locator(f'[data-value="{chosen[name]}"]').tap()
        yield name
        await page.locator("#next").tap()
    await page.locator('[data-value="no"]').tap()
    yield "broker"
    await page.locator("#next").tap()
    await page.locator("pre").wait_for()
    yield "review"
    await page.locator("#write").tap()
    await page.get_by_text("It is set up").wait_for()
    yield "done"


async def draw(browser: Browser, size: Size, folder: Path) -> None:
    """Draw each view on one panel."""

    async def keep(page: Page, view: str) -> None:
        name = f"set-up-{view}-{size.width}x{size.height}"
        if name in KEPT or folder != FOLDER:
            await page.screenshot(path=folder / f"{name}.png")

    with tempfile.TemporaryDirectory() as place:
        world = World(Path(place) / "inclined.toml")
        async with world.served() as url:
            page = (await open_page(browser, f"{url}/console#key={KEY}", size)).page
            async for view in views(page, world):
                await keep(page, view)
            world.file.write_text(MISTAKEN, encoding="utf-8")
            await page.reload()
            await page.get_by_text("The configuration has mistakes").wait_for()
            await keep(page, "mistakes")
            stranger = (await open_page(browser, f"{url}/console", size)).page
            await stranger.get_by_text("not signed in").wait_for()
            await keep(stranger, "unsigned")


async def main(folder: Path) -> None:
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for size in SIZES[:3]:
            await draw(browser, size, folder)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
