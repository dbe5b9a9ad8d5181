"""What the page shows of the line to the daemon: old numbers go, unknown is not zero, it comes back by itself."""

import pytest
from playwright.async_api import Browser, Error, Page, Response, expect

from daemon.policy.state import Kind, Link
from daemon.snapshot import Phase
from tests.pages.stage import KEY, Stage, drawn, open_console, open_page, staged

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

UNKNOWN = "\N{EN DASH}"
NUMBERS = ("speed", "incline", "time", "distance")


async def texts(page: Page, *ids: str) -> list[str | None]:
    return [await page.locator(f"#{name}").text_content() for name in ids]


@pytest.fixture
def mute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the daemon say nothing between two changes."""
    monkeypatch.setattr("api.console.SHOW_S", 600)


async def test_it_shows_the_numbers_of_the_belt(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show(speed=804, incline=-15))
    assert await texts(page, *NUMBERS, "least") == ["8.0", "\N{MINUS SIGN}1.5", "22:05", "3.12", "min 1.0"]
    assert await texts(page, "speed-unit", "distance-unit") == ["km/h", "km"]


async def test_miles(browser: Browser) -> None:
    async with staged(units="mph") as stage:
        page = (await open_console(browser, stage)).page
        await drawn(page, stage.show(speed=1609))
        assert await texts(page, "speed", "speed-unit", "distance-unit") == ["10.0", "mph", "mi"]


async def test_unknown_is_not_zero(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show(speed=None, incline=None))
    assert await texts(page, "speed", "incline") == [UNKNOWN, UNKNOWN]
    await drawn(page, stage.show(speed=0, incline=0))
    assert await texts(page, "speed", "incline") == ["0.0", "0.0"]


@pytest.mark.parametrize(("link", "headline"), [
    (Link.DOWN, "Link to the treadmill lost"),
    (Link.LENT, "Your app has the treadmill"),
])  # fmt: skip
async def test_without_a_link_no_number_stays(browser: Browser, stage: Stage, link: Link, headline: str) -> None:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show())
    await drawn(page, stage.show(link=link, phase=Phase.UNKNOWN))
    assert await texts(page, "headline", *NUMBERS) == [headline, *[UNKNOWN] * 4]
    await drawn(page, stage.show())
    assert await texts(page, "speed") == ["12.5"]


@pytest.mark.usefixtures("mute")
async def test_old_numbers_go_after_two_seconds(browser: Browser, stage: Stage) -> None:
    """The page's own clock stands, and is moved by hand; the line is open all the time, and silent."""
    page = (await open_page(browser, "about:blank")).page
    await page.clock.install(time=0)
    await page.clock.pause_at(1000)
    await page.goto(f"{stage.url}/console#key={KEY}")
    seq = stage.show(prompt=stage.prompt(Kind.COUNTDOWN, 7, digit=12))
    await page.wait_for_selector(f"#screen[data-seq='{seq}']")
    await page.clock.run_for(1990)
    assert await texts(page, "speed", "digit") == ["12.5", "12"]
    await page.clock.run_for(20)
    assert await texts(page, "headline", *NUMBERS) == ["Reconnecting", *[UNKNOWN] * 4]
    await expect(page.locator("#cancel")).to_be_hidden()
    await page.clock.run_for(600)  # it gave the silent line up, and opens another
    await expect(page.locator("#cancel")).to_be_visible()


async def test_it_comes_back_by_itself(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    await drawn(opened.page, stage.show())
    await stage.stop()
    await expect(opened.page.locator("#headline")).to_have_text("Reconnecting")
    assert await texts(opened.page, *NUMBERS) == [UNKNOWN] * 4
    stage.start()
    await expect(opened.page.locator("#speed")).to_have_text("12.5")
    await expect(opened.page.locator("#prompt")).to_be_hidden()


async def test_what_makes_no_sense_does_not_keep_old_numbers_alive(browser: Browser, stage: Stage) -> None:
    page = (await open_page(browser, "about:blank")).page
    await page.add_init_script("""
      const parse = JSON.parse;
      JSON.parse = (text) => parse(window.garbled ? text.slice(1) : text);
    """)
    await page.goto(f"{stage.url}/console#key={KEY}")
    await drawn(page, stage.show())
    await page.evaluate("() => { window.garbled = true; }")
    await expect(page.locator("#headline")).to_have_text("Reconnecting")
    assert await texts(page, "speed") == [UNKNOWN]


async def test_a_wrong_key_is_told_and_says_nothing(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage, key="wrong")).page
    await expect(page.locator("#headline")).to_have_text("This screen is not signed in")
    assert stage.events == []
    await page.goto(f"{stage.url}/console#key={KEY}")  # staff type the right address
    await drawn(page, stage.show())
    assert await texts(page, "speed") == ["12.5"]


async def test_the_key_leaves_the_address_bar_and_outlives_a_reload(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show())
    assert page.url == f"{stage.url}/console"
    await page.reload()
    await drawn(page, stage.show())
    assert await texts(page, "speed") == ["12.5"]


EVIL = '<img src=x onerror="document.title=1"><b>'


async def test_all_words_are_text(browser: Browser, stage: Stage) -> None:
    opened = await open_console(browser, stage)
    stage.word(Kind.NUDGE, EVIL, EVIL)
    await drawn(opened.page, stage.show(prompt=stage.prompt(Kind.NUDGE)))
    assert await texts(opened.page, "headline", "body") == [EVIL, EVIL]
    stage.notice = EVIL
    await drawn(opened.page, stage.show())
    assert await texts(opened.page, "notice") == [EVIL]
    assert await opened.page.locator("img, b").count() == 0
    assert await opened.page.title() == "inclined"


async def test_a_word_of_staff_waits_for_a_prompt(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    stage.notice = "This is Treadmill 7."
    await drawn(page, stage.show())
    await expect(page.locator("#notice")).to_have_text(stage.notice)
    await drawn(page, stage.show(prompt=stage.prompt(Kind.NUDGE)))
    await expect(page.locator("#notice")).to_be_hidden()
    await drawn(page, stage.show())
    await expect(page.locator("#notice")).to_have_text(stage.notice)


async def test_it_is_small_and_needs_nothing_else(browser: Browser, stage: Stage) -> None:
    """Everything over the wire, with headers, and no violation of the page's own policy."""
    opened = await open_page(browser, "about:blank")
    answers: list[Response] = []
    opened.page.on("response", lambda answer: answers.append(answer))  # Playwright writes an attribute on it
    await opened.page.goto(f"{stage.url}/console#key={KEY}")
    await drawn(opened.page, stage.show(prompt=stage.prompt(Kind.NUDGE)))
    sizes = [await size(answer) for answer in answers]
    assert 0 < sum(sizes) <= 60_000
    assert {answer.status for answer in answers} == {200}
    assert all(answer.url.startswith(stage.url) for answer in answers)
    assert "default-src 'none'" in answers[0].headers["content-security-policy"]
    assert opened.faults == []


async def size(answer: Response) -> int:
    sizes = await answer.request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


async def test_an_inline_script_would_be_seen(browser: Browser, stage: Stage) -> None:
    """The check above can fail: a violation reaches the page's console, and the script is refused."""
    opened = await open_console(browser, stage)
    with pytest.raises(Error, match="TrustedScript"):
        await opened.page.evaluate("() => { document.body.setAttribute('onclick', '1'); }")
    assert any("TrustedScript" in fault for fault in opened.faults)
