"""A panel that is narrower than a window of Chromium may be, 500 points: the rest of the window is not seen."""

import pytest
from playwright.async_api import Browser, Page

from tests.pages.stage import KEY, Stage, drawn

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RIGHTMOST = (
    "() => Math.max(...[...document.querySelectorAll('#screen *')].map((one) => one.getBoundingClientRect().right))"
)


async def rightmost(page: Page, stage: Stage) -> float:
    await page.goto(f"{stage.url}/console#key={KEY}")
    await drawn(page, stage.show())
    found: float = await page.evaluate(RIGHTMOST)
    return found


@pytest.mark.parametrize(("panel", "limit"), [(480, 480), (500, 500)])
async def test_nothing_lies_beyond_the_panel(browser: Browser, stage: Stage, panel: int, limit: int) -> None:
    context = await browser.new_context(
        viewport={"width": 500, "height": 800}, screen={"width": panel, "height": 800}, has_touch=True
    )
    seen = await rightmost(await context.new_page(), stage)
    assert limit - 40 < seen <= limit
