"""Draws the wizard's pictures of docs/pictures anew; with a folder, every view at every size into it. Look at them.

`python -m tests.commissioning.pictures [FOLDER]`
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.commissioning.stage import wizard
from tests.pages.pictures import FOLDER
from tests.pages.stage import CHROMIUM, FLAGS, SIZES, Size, open_page

KEPT = {
    "Spot-Press-incline-up": "commission-spot",
    "Units-0-typed": "commission-speed",
    "Raising-0-words": "commission-empty",
}
KEPT |= {"written": "commission-written"}
"""Those that the docs show, of the first size."""


async def draw(browser: Browser, size: Size, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        async with wizard(Path(place)) as here:
            opened = await open_page(browser, here.url, size)
            everything = folder != FOLDER

            async def see(view: str) -> None:
                name = f"{view}-{size.width}x{size.height}" if everything else KEPT.get(view)
                if name is not None:
                    await opened.page.screenshot(path=folder / f"{name}.png")

            await here.play(opened.page, see)


async def main(folder: Path) -> None:
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for size in SIZES if folder != FOLDER else SIZES[:1]:
            await draw(browser, size, folder)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
