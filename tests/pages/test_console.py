"""The member's screen in Chromium, at the sizes of the panels that people buy."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from daemon.content import texts
from daemon.policy.events import Answer, Answered, HelpAsked, LendAsked, ReturnAsked
from daemon.policy.state import Kind, Link
from daemon.screen import WORDS
from daemon.snapshot import Phase
from tests.pages.conftest import Stage, open_console

pytestmark = pytest.mark.browser

SIZES = [(800, 480, 5.2), (720, 1280, 8.2), (1024, 600, 6.6), (1280, 800, 5.9)]
"""Width and height in pixels, and pixels per mm, of 7 inch, Touch Display 2, 7 inch and 10 inch panels."""

UNKNOWN = "\N{EN DASH}"

OUTSIDE = """() => {
  const wrong = [];
  for (const e of document.querySelectorAll('#screen, #screen *')) {
    if (!e.checkVisibility()) continue;
    const r = e.getBoundingClientRect();
    if (r.left < -1 || r.top < -1 || r.right > innerWidth + 1 || r.bottom > innerHeight + 1)
      wrong.push(`${e.id || e.className} is outside`);
    if (['words', 'notice'].includes(e.id) && e.scrollHeight > e.clientHeight + 1) wrong.push(`${e.id} is cut`);
    if (e.tagName === 'BUTTON' && e.scrollWidth > e.clientWidth + 1) wrong.push(`${e.id} is cut`);
  }
  const all = document.querySelectorAll('button, #headline, #body, #numbers output');
  const shown = [...all].filter(e => e.checkVisibility());
  for (const a of shown) for (const b of shown) {
    if (a === b || a.contains(b) || b.contains(a)) continue;
    const [p, q] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
    const across = p.left < q.right - 1 && q.left < p.right - 1;
    if (p.width && q.width && across && p.top < q.bottom - 1 && q.top < p.bottom - 1)
      wrong.push(`${a.id} lies on ${b.id}`);
  }
  return wrong;
}"""


def size_of(selector: str) -> str:
    return f"""() => {{
      const e = document.querySelector('{selector}');
      const mm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--mm'));
      const r = e.getBoundingClientRect();
      return {{ text: parseFloat(getComputedStyle(e).fontSize) / mm, width: r.width / mm, height: r.height / mm }};
    }}"""


async def shown(page: Page, text: str) -> None:
    await expect(page.locator("#headline")).to_have_text(re.compile(text))


@pytest.mark.parametrize(("width", "height"), [size[:2] for size in SIZES])
async def test_nothing_is_cut_or_outside_with_any_text(browser: Browser, stage: Stage, width: int, height: int) -> None:
    opened = await open_console(browser, stage, width, height)
    wrong: dict[str, Any] = {}
    for kind, name in WORDS.items():
        for number, text in enumerate(texts()[name]):
            variants = len(texts()[name])
            stage.show(prompt=stage.prompt(kind, 100 * variants + number, can_raise=True, digit=20))
            await shown(opened.page, re.escape(text.headline.split("{")[0]))
            await opened.page.evaluate("() => new Promise(requestAnimationFrame)")
            if found := await opened.page.evaluate(OUTSIDE):
                wrong[f"{name} {number}"] = found
            if (await opened.page.evaluate(size_of("#body")))["text"] * 0.72 < 4.7:
                wrong[f"{name} {number}"] = "too small"
    for state in ({}, {"link": Link.DOWN, "speed": None}, {"link": Link.LENT, "speed": None}):
        stage.show(**state)
        await opened.page.wait_for_timeout(100)
        if found := await opened.page.evaluate(OUTSIDE):
            wrong[str(state)] = found
    assert wrong == {}
    assert opened.faults == []


@pytest.mark.parametrize(("width", "height", "mm"), SIZES)
async def test_sizes_are_readable_and_touchable_at_one_metre(
    browser: Browser, stage: Stage, width: int, height: int, mm: float
) -> None:
    """Capitals are about 0.72 of the font's size; 5.8 mm is 20 minutes of arc at one metre, 4.7 mm is 16."""
    opened = await open_console(browser, stage, width, height)
    stage.show()
    await expect(opened.page.locator("#speed")).to_have_text("12.5")
    assert (await opened.page.evaluate(size_of("#speed")))["text"] * 0.72 >= 20
    stage.show(prompt=stage.prompt(Kind.NUDGE, can_raise=True))
    await shown(opened.page, ".")
    for key in ("#raise", "#decline"):
        size = await opened.page.evaluate(size_of(key))
        assert size["height"] >= 25
        assert size["width"] >= 25
        assert size["text"] * 0.72 >= 8
    assert (await opened.page.evaluate(size_of("#headline")))["text"] * 0.72 >= 5.8
    assert (await opened.page.evaluate(size_of("#body")))["text"] * 0.72 >= 4.7
    stage.show(prompt=stage.prompt(Kind.COUNTDOWN, digit=20))
    await shown(opened.page, "20 s|20|hill|Rais")
    assert (await opened.page.evaluate(size_of("#digit")))["text"] * 0.72 >= 20
    assert (await opened.page.evaluate(size_of("#cancel")))["height"] >= 30
    guess = await opened.page.evaluate("() => parseFloat(document.documentElement.style.getPropertyValue('--mm'))")
    assert guess == pytest.approx(mm, rel=0.03)


async def test_contrast_is_at_least_seven_to_one(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    stage.show(prompt=stage.prompt(Kind.NUDGE, can_raise=True))
    await shown(opened.page, ".")
    ratios = await opened.page.evaluate("""() => {
      const lum = c => { const [r, g, b] = c.match(/\\d+/g).map(v => { v /= 255;
        return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const back = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
        if (c !== 'rgba(0, 0, 0, 0)') return c; } };
      return [...document.querySelectorAll('#headline, #body, button, output, .unit')].filter(e => e.checkVisibility())
        .map(e => { const [a, b] = [lum(getComputedStyle(e).color), lum(back(e))];
          return [e.id, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)]; });
    }""")
    assert [name for name, ratio in ratios if ratio < 7] == []


async def test_it_confirms_what_it_draws(browser: Browser, stage: Stage) -> None:
    await open_console(browser, stage)
    stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 7, digit=20))
    await stage.until(lambda: len(stage.confirmed(7)) >= 3)
    assert set(stage.confirmed(7)) == {20}
    stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 7, digit=19))
    await stage.until(lambda: 19 in stage.confirmed(7))


async def test_cancel_acts_on_touch_down_and_ends_confirmation_at_once(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 7, digit=20))
    await stage.until(lambda: stage.confirmed(7))
    box = await opened.page.locator("#cancel").bounding_box()
    assert box is not None
    await opened.page.mouse.move(box["x"] + 20, box["y"] + 20)
    await opened.page.mouse.down()
    await stage.until(lambda: any(isinstance(e, Answered) and e.answer is Answer.CANCEL for e in stage.events))
    before = len(stage.confirmed(7))
    await opened.page.wait_for_timeout(1200)
    assert len(stage.confirmed(7)) == before
    stage.show(prompt=stage.prompt(Kind.DECLINED, 8))
    await stage.until(lambda: stage.confirmed(8))


async def test_cancel_with_a_dead_line_ends_confirmation_too(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 7, digit=20))
    await stage.until(lambda: stage.confirmed(7))
    # messages of the page get lost from here on, but those of the lease would still come through
    await opened.page.evaluate("""() => { const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (text) { if (!text.includes('touch')) send.call(this, text); }; }""")
    await opened.page.locator("#cancel").dispatch_event("pointerdown")
    await opened.page.wait_for_timeout(200)
    before = len(stage.confirmed(7))
    await opened.page.wait_for_timeout(1000)
    assert len(stage.confirmed(7)) == before
    assert not any(isinstance(e, Answered) for e in stage.events)


async def test_a_hidden_page_confirms_nothing(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 7, digit=20))
    await stage.until(lambda: stage.confirmed(7))
    await opened.page.evaluate("() => Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })")
    await opened.page.wait_for_timeout(100)
    before = len(stage.confirmed(7))
    await opened.page.wait_for_timeout(1000)
    assert len(stage.confirmed(7)) == before


@pytest.mark.parametrize(
    ("key", "event"),
    [("#raise", Answer.RAISE), ("#decline", Answer.DECLINE), ("#help", HelpAsked), ("#lend", LendAsked)],
)
async def test_each_key_says_what_it_is(browser: Browser, stage: Stage, key: str, event: object) -> None:
    opened = await open_console(browser, stage)
    if isinstance(event, Answer):
        stage.show(prompt=stage.prompt(Kind.NUDGE, 9, can_raise=True))
    else:
        stage.show()
    await opened.page.locator(key).tap()
    await stage.until(
        lambda: any(
            e.answer is event and e.prompt == 9 if isinstance(e, Answered) else type(e) is event for e in stage.events
        )
    )


async def test_a_lent_link_can_be_given_back(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    stage.show(link=Link.LENT, speed=None, incline=None)
    await shown(opened.page, "Your app has the treadmill")
    await opened.page.locator("#return").tap()
    await stage.until(lambda: any(isinstance(e, ReturnAsked) for e in stage.events))


async def test_unknown_is_not_zero_and_miles_are_shown(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    stage.show(incline=None)
    await expect(opened.page.locator("#incline")).to_have_text(UNKNOWN)
    stage.show(link=Link.DOWN, speed=None, incline=None, phase=Phase.UNKNOWN)
    await shown(opened.page, "Link to the treadmill lost")
    await expect(opened.page.locator("#speed")).to_have_text(UNKNOWN)


async def test_stale_numbers_go_and_it_comes_back_by_itself(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    await expect(opened.page.locator("#speed")).to_have_text("12.5")
    await stage.stop()
    await shown(opened.page, "Reconnecting")
    await expect(opened.page.locator("#speed")).to_have_text(UNKNOWN)
    stage.start()
    await expect(opened.page.locator("#speed")).to_have_text("12.5")


async def test_a_wrong_key_is_told_and_confirms_nothing(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage, key="wrong")
    await shown(opened.page, "not signed in")
    assert stage.events == []


async def test_the_key_leaves_the_address_bar(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    await expect(opened.page.locator("#speed")).to_have_text("12.5")
    assert "key" not in opened.page.url


async def test_a_word_of_staff_is_text(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    stage.notice = "<img src=x onerror=alert(1)>"
    stage.show()
    await expect(opened.page.locator("#notice")).to_have_text(stage.notice)
    assert await opened.page.locator("#notice img").count() == 0


async def test_the_page_is_small(browser: Browser, stage: Stage) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    sizes: list[int] = []

    async def weigh(response: Any) -> None:
        sizes.append(len(await response.body()))

    page.on("response", weigh)
    await page.goto(f"{stage.url}/console")
    await page.wait_for_timeout(500)
    assert 0 < sum(sizes) <= 60_000
