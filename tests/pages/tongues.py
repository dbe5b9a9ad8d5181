"""Pictures of each language in the states with the most words, into FOLDER: `python -m tests.pages.tongues FOLDER`."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

from daemon.content import LANGUAGES
from daemon.policy.state import Card, Kind, Prompt
from daemon.snapshot import Phase
from tests.pages.stage import CHROMIUM, FLAGS, Size, Stage, drawn, open_console, staged

SIZES = (Size(800, 480, 5.2), Size(480, 800, 5.2))


async def main(folder: Path) -> None:
    """Draw them."""
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for language in LANGUAGES:
            async with staged(languages=(language, *(one for one in LANGUAGES if one != language))) as stage:
                await draw(browser, stage, language, folder)
        await browser.close()


async def draw(browser: Browser, stage: Stage, language: str, folder: Path) -> None:
    now = stage.clock.now()
    row = Prompt(5, Kind.SUGGESTION, now, None, item="mod.row", rule="R4", why="why_R4_walk")
    idle = {"phase": Phase.IDLE, "speed": 0, "session": None}
    scenes: dict[str, dict[str, Any]] = {
        "running": {},
        "idle": idle,
        "nudge": {"prompt": stage.prompt(Kind.NUDGE, 3, can_raise=True)},
        "countdown": {"prompt": stage.prompt(Kind.COUNTDOWN, 4, digit=14)},
        "suggestion": {"prompt": row},
        "card": {"card": Card("glute.bridge", "R1", 0), **idle},
    }
    for size in SIZES:
        opened = await open_console(browser, stage, size)
        for name, changes in scenes.items():
            await drawn(opened.page, stage.show(**changes))
            await opened.page.wait_for_timeout(100)
            await opened.page.screenshot(path=folder / f"{name}-{language}-{size.width}.png")
        await opened.page.context.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
