"""The keys of the member's screen, by finger and by keyboard."""

import pytest
from playwright.async_api import Browser, Page, expect

from daemon.policy.events import Answer, Answered, Confirmed, Event, HelpAsked, LendAsked, ReturnAsked
from daemon.policy.state import Kind, Link
from tests.pages.stage import SIZES, Stage, drawn, open_console

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CHOICES = [("#raise", Answer.RAISE), ("#decline", Answer.DECLINE)]


def answers(stage: Stage) -> list[tuple[int, Answer]]:
    return [(e.prompt, e.answer) for e in stage.events if isinstance(e, Answered)]


async def nudged(browser: Browser, stage: Stage, number: int = 9, *, can_raise: bool = True) -> Page:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show(prompt=stage.prompt(Kind.NUDGE, number, can_raise=can_raise)))
    return page


@pytest.mark.parametrize(("key", "answer"), CHOICES)
async def test_a_nudge_has_two_answers(browser: Browser, stage: Stage, key: str, answer: Answer) -> None:
    page = await nudged(browser, stage)
    await page.locator(key).tap()
    await stage.until(lambda: answers(stage) == [(9, answer)])


@pytest.mark.parametrize(("key", "answer"), CHOICES)
async def test_a_keyboard_answers(browser: Browser, stage: Stage, key: str, answer: Answer) -> None:
    page = await nudged(browser, stage)
    await page.locator(key).focus()
    await page.keyboard.press("Enter")
    await stage.until(lambda: answers(stage) == [(9, answer)])


async def test_the_words_say_who_moves_the_deck(browser: Browser, stage: Stage) -> None:
    page = await nudged(browser, stage, can_raise=False)
    await expect(page.locator("#raise")).to_have_text("I will")
    await drawn(page, stage.show(prompt=stage.prompt(Kind.NUDGE, 10, can_raise=True)))
    await expect(page.locator("#raise")).to_have_text("Raise it")


@pytest.mark.parametrize(("state", "key", "event"), [
    ({}, "#help", HelpAsked),
    ({}, "#lend", LendAsked),
    ({"link": Link.LENT, "speed": None, "incline": None}, "#return", ReturnAsked),
])  # fmt: skip
async def test_small_keys(
    browser: Browser, stage: Stage, state: dict[str, object], key: str, event: type[Event]
) -> None:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show(**state))
    await page.locator(key).tap()
    await stage.until(lambda: [e for e in stage.events if isinstance(e, event)])


async def test_help_is_there_with_a_nudge(browser: Browser, stage: Stage) -> None:
    page = await nudged(browser, stage)
    await page.locator("#help").tap()
    await stage.until(lambda: any(isinstance(e, HelpAsked) for e in stage.events))


async def test_answers_act_when_the_finger_leaves(browser: Browser, stage: Stage) -> None:
    page = await nudged(browser, stage)
    await page.locator("#raise").hover()
    await page.mouse.down()
    await stage.later(Confirmed, 2)
    assert answers(stage) == []
    await page.mouse.up()
    await stage.until(lambda: answers(stage) == [(9, Answer.RAISE)])


async def test_two_touches_at_once_are_one_answer(browser: Browser, stage: Stage) -> None:
    """Both come from one script, since two commands to a busy browser may be further apart than a hasty finger's."""
    page = await nudged(browser, stage)
    await page.locator("#raise").evaluate("""(key) => {
      const { x, y } = key.getBoundingClientRect();
      const at = { bubbles: true, pointerId: 7, button: 0, clientX: x + 9, clientY: y + 9 };
      for (const kind of ["down", "up", "down", "up"]) key.dispatchEvent(new PointerEvent(`pointer${kind}`, at));
    }""")
    await stage.later(Confirmed, 2)
    assert answers(stage) == [(9, Answer.RAISE)]


async def test_a_finger_that_came_down_on_another_prompt_answers_nothing(browser: Browser, stage: Stage) -> None:
    page = await nudged(browser, stage)
    await page.locator("#raise").hover()
    await page.mouse.down()
    await drawn(page, stage.show(prompt=stage.prompt(Kind.NUDGE, 10, can_raise=True)))
    await page.mouse.up()
    await stage.later(Confirmed, 2)
    assert answers(stage) == []


async def finger(page: Page, key: str, across_mm: float, held: int = 0, *, cancelled: bool = False) -> None:
    """Put a finger on the middle of a key, slide it, hold it for so many frames, and let go."""
    box = await page.locator(key).bounding_box()
    assert box is not None
    cdp = await page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 6):
        spot = {"x": x + across_mm * SIZES[0].mm * step / 5, "y": y}
        await cdp.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [spot]})
    await page.evaluate(
        """(left) => new Promise((done) => {
          (function next() { left-- > 0 ? requestAnimationFrame(next) : done(); })();
        })""",
        held,
    )
    end = "touchCancel" if cancelled else "touchEnd"
    await cdp.send("Input.dispatchTouchEvent", {"type": end, "touchPoints": []})


@pytest.mark.parametrize(("across_mm", "held"), [(0, 60), (5, 0), (20, 0), (-12, 60)])
async def test_a_runners_finger_may_slide_and_stay(browser: Browser, stage: Stage, across_mm: float, held: int) -> None:
    """A browser calls it no click any more after 3 mm."""
    page = await nudged(browser, stage)
    await finger(page, "#decline", across_mm, held)
    await stage.until(lambda: answers(stage) == [(9, Answer.DECLINE)])


@pytest.mark.parametrize(("across_mm", "cancelled"), [(-60, False), (-36, False), (0, True)])
async def test_a_finger_that_leaves_its_key_takes_it_back(
    browser: Browser, stage: Stage, across_mm: float, *, cancelled: bool
) -> None:
    """At -60 mm it leaves on the other key, at -36 mm between the two."""
    page = await nudged(browser, stage)
    await finger(page, "#decline", across_mm, cancelled=cancelled)
    await stage.later(Confirmed, 2)
    assert answers(stage) == []


async def test_no_answer_is_no_consent(browser: Browser, stage: Stage) -> None:
    page = await nudged(browser, stage)
    await drawn(page, stage.show())
    assert answers(stage) == []
    await expect(page.locator("#prompt")).to_be_hidden()


@pytest.mark.parametrize(("kind", "keys"), [
    (Kind.NUDGE, ["raise", "decline", "trainer", "help"]),
    (Kind.COUNTDOWN, ["cancel"]),
    (Kind.RAISING, ["cancel"]),
    *((kind, []) for kind in (Kind.DECLINED, Kind.RAISED, Kind.NOT_MOVED, Kind.USE_KEYS, Kind.HELP)),
])  # fmt: skip
async def test_each_prompt_has_its_keys_and_its_name(
    browser: Browser, stage: Stage, kind: Kind, keys: list[str]
) -> None:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show(prompt=stage.prompt(kind, 4, digit=20)))
    shown = await page.get_by_role("button").evaluate_all("(all) => all.map((e) => e.id)")
    assert shown == keys
    assert await page.locator("html").get_attribute("lang") == "en"


async def test_a_countdown_is_read_out_once(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 5, digit=20)))
    said = await page.locator("#spoken").text_content()
    assert said is not None
    assert "20 s" in said
    await drawn(page, stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 5, digit=19)))
    assert "19 s" in str(await page.locator("#headline").text_content())
    assert await page.locator("#spoken").text_content() == said
    assert await page.locator("#spoken").get_attribute("aria-live") == "polite"
