"""A screen confirms what it draws, from a visible page, and never after Cancel."""

from itertools import pairwise

import pytest
from playwright.async_api import Browser, Page

from daemon.policy.events import Answer, Answered, Confirmed
from daemon.policy.state import Kind
from tests.pages.stage import Stage, drawn, open_console

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FRAMES = """() => new Promise((done) => {
  let n = 0;
  (function next() { ++n > 60 ? done() : requestAnimationFrame(next); })();
})"""
"""Sixty animation frames go by: a second, in which a page that confirms would have done so twice."""


async def counting(page: Page, stage: Stage, number: int = 7, digit: int = 20) -> None:
    """Show a countdown, and see that the page confirms it."""
    await drawn(page, stage.show(prompt=stage.prompt(Kind.COUNTDOWN, number, digit=digit)))
    await stage.until(lambda: stage.confirmed(number))


async def silent(page: Page, stage: Stage, number: int = 7) -> bool:
    """Tell whether the page confirms a prompt no more, while its frames go on."""
    before = len(stage.confirmed(number))
    await page.evaluate(FRAMES)
    return len(stage.confirmed(number)) == before


async def touch_down(page: Page) -> None:
    """Put a finger on Cancel, and leave it there."""
    box = await page.locator("#cancel").bounding_box()
    assert box is not None
    session = await page.context.new_cdp_session(page)
    spot = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    await session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [spot]})


async def test_it_confirms_the_digit_that_it_draws(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await counting(page, stage)
    stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 7, digit=19))
    await stage.until(lambda: 19 in stage.confirmed(7))
    stage.show(prompt=stage.prompt(Kind.RAISING, 8))
    await stage.until(lambda: stage.confirmed(8))
    assert set(stage.confirmed(7)) == {20, 19}
    assert set(stage.confirmed(8)) == {10}
    assert await page.locator("#digit").text_content() == "1.0 %"


async def test_it_confirms_often_enough(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await counting(page, stage)
    times = await page.evaluate("""() => new Promise((done) => {
      const [send, times] = [WebSocket.prototype.send, []];
      WebSocket.prototype.send = function (text) {
        if (text.includes("confirm")) times.push(performance.now());
        if (times.length > 5) done(times);
        send.call(this, text);
      };
    })""")
    gaps = sorted(after - before for before, after in pairwise(times))
    assert gaps[len(gaps) // 2] <= 400
    assert gaps[0] >= 200


async def test_what_is_not_on_the_screen_is_not_confirmed(browser: Browser, stage: Stage) -> None:
    """Whatever the page was told: what counts is what stands there."""
    page = (await open_console(browser, stage)).page
    await counting(page, stage)
    await page.evaluate("() => { document.getElementById('digit').textContent = '3'; }")
    await stage.until(lambda: stage.confirmed(7)[-1] == 3)
    await page.evaluate("() => { document.getElementById('cancel').hidden = true; }")
    await stage.until(lambda: isinstance(stage.events[-1], Confirmed) and stage.events[-1].prompt == 0)


async def test_without_a_prompt_it_says_that_it_is_there(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show())
    await stage.later(Confirmed, 2)
    assert {(e.prompt, e.digit) for e in stage.events if isinstance(e, Confirmed)} == {(0, 0)}


async def test_cancel_acts_on_touch_down_and_ends_confirmation(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await counting(page, stage)
    await touch_down(page)
    await stage.until(lambda: cancels(stage) == [7])
    assert await silent(page, stage)
    stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 8, digit=20))
    await stage.until(lambda: stage.confirmed(8))
    assert cancels(stage) == [7]


async def test_cancel_ends_confirmation_when_its_message_is_lost(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await counting(page, stage)
    await page.evaluate("""() => {
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (text) { if (!text.includes("touch")) send.call(this, text); };
    }""")
    await touch_down(page)
    await page.evaluate("() => new Promise(requestAnimationFrame)")
    assert await silent(page, stage)
    assert cancels(stage) == []
    assert await page.locator("#cancel").text_content() == "Cancelling"


async def test_cancel_without_a_line_holds_when_the_line_is_back(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await counting(page, stage)
    await stage.stop()
    await touch_down(page)
    before = len(stage.confirmed(7))
    stage.start()
    await drawn(page, stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 7, digit=18)))
    await stage.until(lambda: cancels(stage) == [7])  # said as soon as it can be
    assert await silent(page, stage)
    assert len(stage.confirmed(7)) == before
    assert cancels(stage) == [7]


async def test_the_member_sees_that_cancel_was_felt(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await counting(page, stage)
    assert await page.locator("#cancel").text_content() == "Cancel"
    await touch_down(page)
    assert await page.locator("#cancel").text_content() == "Cancelling"
    await drawn(page, stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 7, digit=19)))
    assert await page.locator("#cancel").text_content() == "Cancelling"
    await drawn(page, stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 8, digit=20)))
    assert await page.locator("#cancel").text_content() == "Cancel"


async def test_after_a_restart_the_same_number_is_another_prompt(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await counting(page, stage)
    await touch_down(page)
    await stage.until(lambda: cancels(stage) == [7])
    await drawn(page, stage.show())
    before = len(stage.confirmed(7))
    stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 7, digit=20))
    await stage.until(lambda: len(stage.confirmed(7)) > before)


@pytest.mark.parametrize("key", ["Enter", "Space", "Escape"])
async def test_a_keyboard_cancels_too(browser: Browser, stage: Stage, key: str) -> None:
    page = (await open_console(browser, stage)).page
    await counting(page, stage)
    await page.keyboard.press("Tab")
    await page.keyboard.down(key)
    await stage.until(lambda: cancels(stage) == [7])
    assert await silent(page, stage)


async def test_a_hidden_page_confirms_nothing(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await counting(page, stage)
    await page.evaluate("() => Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })")
    assert await silent(page, stage)


async def test_a_stuck_page_confirms_nothing(browser: Browser, stage: Stage) -> None:
    """No animation frames, no confirmations: timers and the line would go on."""
    page = (await open_console(browser, stage)).page
    await counting(page, stage)
    await page.evaluate("() => { window.requestAnimationFrame = () => 0; }")
    before = len(stage.confirmed(7))
    await page.evaluate("() => new Promise((done) => setTimeout(done, 900))")
    assert len(stage.confirmed(7)) <= before + 1  # the frame that was asked for already


def cancels(stage: Stage) -> list[int]:
    """Return the prompts that were cancelled."""
    return [e.prompt for e in stage.events if isinstance(e, Answered) and e.answer is Answer.CANCEL]
