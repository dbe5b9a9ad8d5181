"""Time limits, stops, suggestions and cards on the member's screen."""

import pytest
from playwright.async_api import Browser, expect

from daemon.policy.events import Answer, Answered, Confirmed, WaitingTold
from daemon.policy.state import Card, Kind
from daemon.snapshot import Phase
from tests.pages.stage import SIZES, Size, Stage, drawn, open_console

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def answers(stage: Stage) -> list[tuple[int, Answer]]:
    return [(e.prompt, e.answer) for e in stage.events if isinstance(e, Answered)]


async def suggested(browser: Browser, stage: Stage):  # type: ignore[no-untyped-def]  # noqa: ANN201, a page
    page = (await open_console(browser, stage)).page
    prompt = stage.prompt(Kind.SUGGESTION, 9, item="mod.row", rule="R2", why="why_R2", free=True)
    await drawn(page, stage.show(prompt=prompt))
    return page


@pytest.mark.parametrize(
    ("key", "answer"), [("#take", Answer.TAKE), ("#decline", Answer.DECLINE), ("#not_today", Answer.NOT_TODAY)]
)
async def test_a_suggestion_has_three_answers(browser: Browser, stage: Stage, key: str, answer: Answer) -> None:
    page = await suggested(browser, stage)
    await page.locator(key).tap()
    await stage.until(lambda: answers(stage) == [(9, answer)])


async def test_a_suggestion_says_why_at_a_touch_and_what_is_free(browser: Browser, stage: Stage) -> None:
    page = await suggested(browser, stage)
    await expect(page.locator("#body")).to_contain_text("One is free now.")
    await page.locator("#why").tap()
    await expect(page.locator("#body")).to_have_text(stage.texts["why_R2"][0].headline)
    await drawn(page, stage.show(prompt=stage.prompt(Kind.SUGGESTION, 9, item="mod.row", why="why_R2", free=True)))
    await expect(page.locator("#body")).to_have_text(stage.texts["why_R2"][0].headline)
    assert answers(stage) == []


async def test_before_a_stop_any_touch_cancels(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show(prompt=stage.prompt(Kind.STOP, 9, digit=30)))
    await stage.later(Confirmed)
    assert stage.confirmed(9)
    assert set(stage.confirmed(9)) == {30}
    await page.touchscreen.tap(SIZES[0].width - 40, 20)
    await stage.until(lambda: answers(stage) == [(9, Answer.CANCEL)])


async def test_staff_hold_the_corner_to_say_that_people_wait(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show())
    await page.mouse.move(10, 10)
    await page.mouse.down()
    await stage.until(lambda: [e for e in stage.events if isinstance(e, WaitingTold) and e.waiting])
    await page.mouse.up()
    await drawn(page, stage.show(waiting=True))
    await expect(page.locator("#limit")).to_have_text("People are waiting")


@pytest.mark.parametrize(
    ("limit", "left", "text"),
    [("counting", 1_440, "24 min left"), ("counting", 45, "45 s left"), ("grace", 270, "Cool down: 4:30")],
)
async def test_the_time_that_is_left(browser: Browser, stage: Stage, limit: str, left: int, text: str) -> None:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show(limit=limit, limit_left=left))
    await expect(page.locator("#limit")).to_have_text(text)


@pytest.mark.parametrize("size", SIZES)
async def test_a_card_on_the_idle_screen(browser: Browser, stage: Stage, size: Size) -> None:
    opened = await open_console(browser, stage, size)
    shown = stage.show(card=Card("glute.bridge", "R1", 0), phase=Phase.IDLE, speed=0, session=None)
    await drawn(opened.page, shown)
    await expect(opened.page.locator("#headline")).to_have_text(stage.texts["glute.bridge"][0].headline)
    assert await opened.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    await drawn(opened.page, stage.show(phase=Phase.RUNNING))
    await expect(opened.page.locator("#headline")).to_be_hidden()
    assert opened.faults == []
