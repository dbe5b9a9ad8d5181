"""The demo's page: a treadmill to play with, beside the member's screen."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from api.demo import Line, Panel, demo_routes
from daemon.policy.state import Kind
from tests.pages.stage import KEY, SIZES, Opened, Size, Stage, open_page, staged

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DESKS = [Size(1280, 800, 1), Size(1440, 900, 1)]
PHONE = Size(400, 800, 1)
EVIL = "<img src=x onerror=alert(1)>"
LOG = [Line(t=f"{20 - n}:05", text="The member touched Cancel. The deck stays where it is.") for n in range(20)]


@dataclass
class Mill:
    """What the panel shows, and the keys that were pressed."""

    shown: Panel = field(default_factory=lambda: Panel(speed_kmh=6, incline_pct=-0.5, belt="moving", log=LOG))
    pressed: list[str] = field(default_factory=list)


@pytest.fixture
def mill() -> Mill:
    return Mill()


@pytest_asyncio.fixture(loop_scope="session")
async def demo(mill: Mill) -> AsyncIterator[Stage]:
    async with staged(lambda feed: demo_routes(feed, mill.pressed.append, lambda: mill.shown)) as stage:
        yield stage


async def play(browser: Browser, stage: Stage, size: Size) -> Opened:
    opened = await open_page(browser, f"{stage.url}/demo#key={KEY}", size)
    await expect(opened.page.locator("#speed")).to_have_text("6.0")
    await expect(opened.page.frame_locator("#console").locator("#speed")).to_have_text("12.5")
    return opened


@pytest.mark.parametrize("size", [*DESKS, PHONE], ids=lambda size: f"{size.width}x{size.height}")
async def test_it_fits_its_window(browser: Browser, demo: Stage, size: Size) -> None:
    opened = await play(browser, demo, size)
    demo.show(prompt=demo.prompt(Kind.NUDGE, can_raise=True))
    await expect(opened.page.frame_locator("#console").locator("#raise")).to_be_visible()
    across, down = await opened.page.evaluate(
        "() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
    )
    assert across <= 0
    assert down <= 0 or size is PHONE
    wide = await opened.page.locator("button, b, p, iframe").evaluate_all(
        "(all) => all.filter((e) => e.getBoundingClientRect().right > innerWidth || e.scrollWidth > e.clientWidth + 1)"
        ".filter((e) => e.tagName !== 'B').map((e) => e.outerHTML)"
    )
    assert wide == []
    assert opened.faults == []


async def test_every_key_reaches_the_treadmill(browser: Browser, demo: Stage, mill: Mill) -> None:
    page = (await play(browser, demo, DESKS[0])).page
    keys = [await key.get_attribute("data-key") for key in await page.locator("[data-key]").all()]
    for key in keys:
        async with page.expect_response("**/demo/key") as answer:
            await page.locator(f"[data-key={key}]").click()
        assert (await answer.value).status == 204
    assert mill.pressed == keys
    assert set(keys) == {
        *("start", "stop", "pause", "safety"),
        *("speed_up", "speed_down", "incline_up", "incline_down"),
    }


async def test_it_shows_the_treadmill_and_what_happens(browser: Browser, demo: Stage, mill: Mill) -> None:
    opened = await play(browser, demo, DESKS[0])
    await expect(opened.page.locator("#incline")).to_have_text("\N{MINUS SIGN}0.5")
    await expect(opened.page.locator("#log li")).to_have_count(len(LOG))
    mill.shown = Panel(speed_kmh=0, incline_pct=0, belt="safety", log=[Line(t="0:01", text=EVIL)])
    demo.show()
    await expect(opened.page.locator("#belt")).to_have_text("The safety key is out. No other key works.")
    await expect(opened.page.locator("#safety")).to_have_text("Put the safety key back")
    await expect(opened.page.locator("#log li span")).to_have_text(EVIL)
    assert await opened.page.locator("img").count() == 0
    assert opened.faults == []


async def test_it_comes_back_by_itself(browser: Browser, demo: Stage) -> None:
    page = (await play(browser, demo, SIZES[3])).page
    await demo.stop()
    await expect(page.locator("#belt")).to_have_text("The demo has ended, or is starting again.")
    await expect(page.locator("#speed")).to_have_text("–")  # noqa: RUF001, a dash as it is drawn
    await page.locator("[data-key=start]").click()
    demo.start()
    await expect(page.locator("#speed")).to_have_text("6.0")
