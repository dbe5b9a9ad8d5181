"""Draws the floor page's pictures of docs/pictures anew; with a folder, every view at every size into it. Look at them.

`python -m tests.floor.pictures [FOLDER]`
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.floor.gallery import DESKTOP, PHONE, WALL, gallery, opened
from tests.pages.pictures import FOLDER
from tests.pages.stage import CHROMIUM, FLAGS

VIEWS = {"floor": "#/", "usage": "#/usage", "machine": "#/machine/t02"}
KEPT = {("floor", DESKTOP), ("usage", DESKTOP), ("machine", PHONE), ("wall", WALL)}
"""Those that the docs show."""


async def main(folder: Path) -> None:
    everything = folder != FOLDER
    with tempfile.TemporaryDirectory() as place:
        async with gallery(Path(place)) as gym, async_playwright() as player:
            browser = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for view, where in {**VIEWS, "wall": "#/wall"}.items():
                for size in (DESKTOP, PHONE, WALL):
                    for dark in (False, True) if everything else (False,):
                        if not everything and (view, size) not in KEPT:
                            continue
                        page = await opened(browser, gym.url + where, size, dark=dark)
                        await page.wait_for_selector(".attention, .export")
                        await page.wait_for_timeout(300)  # the charts take a frame to their size
                        name = f"floor-{view}" + (f"-{size[0]}{'-dark' if dark else ''}" if everything else "")
                        await page.screenshot(path=folder / f"{name}.png", full_page=view in {"usage", "machine"})
                        await page.context.close()
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
