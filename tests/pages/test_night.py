"""The page at night: black, awake by a touch that means nothing else, and never over a question."""

import pytest
from playwright.async_api import Browser

from daemon.policy.events import Answered, Confirmed, HelpAsked
from daemon.policy.session import Totals
from daemon.policy.state import Kind
from tests.pages.stage import Stage, drawn, open_console

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BLACK = """() => {
  const top = document.elementFromPoint(400, 240);
  return top.id === "dark" && getComputedStyle(top).backgroundColor === "rgb(0, 0, 0)"
    && top.getBoundingClientRect().width === innerWidth && top.getBoundingClientRect().height === innerHeight;
}"""


async def test_a_dark_page_is_black_and_wakes_by_a_touch(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    idle = {"speed": 0, "totals": Totals()}
    await drawn(opened.page, stage.show(**idle))
    assert not await opened.page.evaluate(BLACK)
    stage.asleep = True
    await drawn(opened.page, stage.show(**idle))
    assert await opened.page.evaluate(BLACK)
    place = await opened.page.locator("#help").bounding_box()
    assert place
    await opened.page.touchscreen.tap(place["x"] + 5, place["y"] + 5)
    await drawn(opened.page, stage.show(**idle))
    assert not await opened.page.evaluate(BLACK)
    assert not [event for event in stage.events if isinstance(event, HelpAsked | Answered)]
    assert opened.faults == []


async def test_a_dark_page_goes_on_saying_that_it_is_there(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    stage.asleep = True
    await drawn(opened.page, stage.show())
    await stage.later(Confirmed, 3)


async def test_a_question_is_never_covered(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    stage.asleep = True
    await drawn(opened.page, stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 7, digit=9)))
    assert not await opened.page.evaluate(BLACK)
    await stage.until(lambda: stage.confirmed(7))


async def test_a_lost_daemon_is_said_at_night_too(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    stage.asleep = True
    await drawn(opened.page, stage.show())
    await stage.stop()
    await opened.page.wait_for_selector("text=Reconnecting")
    assert not await opened.page.evaluate(BLACK)
    stage.start()
