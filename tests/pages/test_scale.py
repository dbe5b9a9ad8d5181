"""How large a millimetre is on the member's screen: guessed, given, or measured by staff; and a turned screen."""

import pytest
from playwright.async_api import Browser

from daemon.policy.state import Kind
from tests.pages.ruler import faults, look
from tests.pages.stage import SIZES, Size, Stage, open_console

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("size", SIZES[::3], ids=lambda size: f"{size.width}x{size.height}"),
]


async def test_the_scale_can_be_given(browser: Browser, stage: Stage, size: Size) -> None:
    opened = await open_console(browser, stage, size)
    await opened.page.goto(f"{stage.url}/console?mm={size.mm * 0.9}")
    seen = await look(opened.page, stage, prompt=stage.prompt(Kind.NUDGE))
    assert seen.mm == pytest.approx(size.mm * 0.9)
    assert faults(seen) == []


async def test_the_scale_that_staff_measured_is_used(browser: Browser, stage: Stage, size: Size) -> None:
    stage.px_per_mm = size.mm * 0.9
    await stage.stop()
    stage.start()
    opened = await open_console(browser, stage, size)
    seen = await look(opened.page, stage, prompt=stage.prompt(Kind.NUDGE))
    assert seen.mm == pytest.approx(size.mm * 0.9)
    assert faults(seen) == []


async def test_a_turned_screen_is_drawn_anew(browser: Browser, stage: Stage, size: Size) -> None:
    opened = await open_console(browser, stage, size)
    await look(opened.page, stage, prompt=stage.prompt(Kind.NUDGE))
    turned = next(other for other in SIZES if (other.width < other.height) != (size.width < size.height))
    await opened.page.set_viewport_size({"width": turned.width, "height": turned.height})
    seen = await look(opened.page, stage, prompt=stage.prompt(Kind.NUDGE))
    assert seen.mm == pytest.approx(turned.mm, rel=0.03)
    assert faults(seen) == []
