"""Draws the console's pictures of docs/pictures anew; with a folder, every state at every size into it. Look at them.

`python -m tests.pages.pictures [FOLDER]`
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

from daemon.policy.state import Card, Kind, Link, Prompt
from daemon.snapshot import Phase
from tests.pages.stage import CHROMIUM, FLAGS, SIZES, Stage, drawn, open_console, staged

NOTICE = "The gym closes at 22:00 today. Please plan your cool-down. Thank you, and see you tomorrow."
FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


def scenes(stage: Stage) -> dict[str, dict[str, Any]]:
    """Return what the pictures show, by name: changes of the stage's first snapshot."""
    now = stage.clock.now()
    return {
        "calm": {},
        "notice": {"speed": 930, "incline": -35},
        "nudge": {"prompt": stage.prompt(Kind.NUDGE, 3, can_raise=True)},
        "nudge-keys": {"prompt": stage.prompt(Kind.NUDGE, 5)},
        "countdown": {"prompt": stage.prompt(Kind.COUNTDOWN, 3, digit=14)},
        "raising": {"prompt": stage.prompt(Kind.RAISING, 4), "incline": 5, "raising": True},
        "raised": {"prompt": stage.prompt(Kind.RAISED, 4), "incline": 10},
        "declined": {"prompt": stage.prompt(Kind.DECLINED, 3)},
        "help": {"prompt": stage.prompt(Kind.HELP, 3)},
        "suggestion": {
            "prompt": Prompt(5, Kind.SUGGESTION, now, None, item="mod.row", rule="R4", why="why_R4", free=True)
        },
        "time": {
            "prompt": Prompt(6, Kind.TIME, now, None, minutes=10),
            "limit": "counting",
            "limit_left": 598,
            "limit_minutes": 30,
        },
        "card": {"card": Card("glute.bridge", "R1", 0), "phase": Phase.IDLE, "speed": 0, "session": None},
        "link-lost": {"link": Link.DOWN, "speed": None, "incline": None},
        "lent": {"link": Link.LENT, "speed": None, "incline": None},
    }


KEPT = {
    *("calm-800x480", "nudge-800x480", "countdown-800x480", "link-lost-800x480"),
    *("nudge-720x1280", "nudge-1024x600", "nudge-1280x800"),
    *("declined-800x480", "help-800x480", "suggestion-800x480", "time-800x480", "card-800x480"),
}
"""Those that the docs show."""


async def draw(browser: Browser, stage: Stage, folder: Path) -> None:
    for size in SIZES:
        opened = await open_console(browser, stage, size)
        for scene, changes in scenes(stage).items():
            stage.notice = NOTICE if scene == "notice" else None
            await drawn(opened.page, stage.show(**changes))
            name = f"{scene}-{size.width}x{size.height}"
            if name in KEPT or folder != FOLDER:
                await opened.page.screenshot(path=folder / f"{name}.png")
        await opened.page.context.close()


async def main(folder: Path) -> None:
    async with async_playwright() as player, staged() as stage:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        await draw(browser, stage, folder)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
