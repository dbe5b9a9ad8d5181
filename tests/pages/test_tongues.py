"""The member's screen in each language: its words fit, and a member may change the language of an idle screen."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from daemon.content import texts
from daemon.policy.catalogue import CORE, EXTRAS, HIPS, ROUND, WARM_UPS
from daemon.policy.session import Totals
from daemon.policy.state import Card, Kind, Prompt
from daemon.screen import WORDS
from daemon.snapshot import Phase
from tests.pages.ruler import AT_ONE_METRE, SOFT, bad, faults, look
from tests.pages.stage import SIZES, Size, Stage, drawn, open_console

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
TIGHTEST = [size for size in SIZES if {size.width, size.height} == {1280, 720}]
IDLE: dict[str, Any] = {"phase": Phase.IDLE, "speed": 0, "session": None}


async def speaking(stage: Stage, *languages: str) -> None:
    """Serve the page anew, with these languages."""
    stage.languages = languages
    await stage.stop()
    stage.start()


@pytest.mark.parametrize("language", ["de", "es", "fr"])
@pytest.mark.parametrize("size", TIGHTEST, ids=lambda size: f"{size.width}x{size.height}")
async def test_the_words_of_each_language_fit(browser: Browser, stage: Stage, size: Size, language: str) -> None:
    await speaking(stage, language, "en")
    opened = await open_console(browser, stage, size)
    wrong: dict[str, list[str]] = {}
    for kind, name in WORDS.items():
        for number in range(len(texts(language)[name])):
            prompt = stage.prompt(kind, 60 + number, can_raise=True, digit=20)
            seen = await look(opened.page, stage, prompt=prompt, totals=Totals(belt=7_384_000, flat=6_000_000))
            small = min(seen["headline"].capital, seen["body"].capital) < AT_ONE_METRE
            wrong[f"{name} {number}"] = faults(seen) + ["words are too small for one metre"] * small
    now = stage.clock.now()
    for item in ROUND:
        prompt = Prompt(5, Kind.SUGGESTION, now, None, item=item, rule="R4", why="why_R4_walk")
        wrong[item] = faults(await look(opened.page, stage, prompt=prompt), SOFT)
    wrong["running"] = faults(await look(opened.page, stage))
    wrong["idle"] = faults(await look(opened.page, stage, **IDLE))
    for item in (*WARM_UPS, *HIPS, *CORE, *EXTRAS, "pro.talk", "hip.sitting"):
        wrong[item] = faults(await look(opened.page, stage, card=Card(item, "R1", 0), **IDLE))
    assert not bad(wrong), "\n".join(bad(wrong))
    assert opened.faults == []


async def test_a_touch_changes_the_language_of_an_idle_screen(browser: Browser, stage: Stage) -> None:
    await speaking(stage, "en", "de")
    opened = await open_console(browser, stage)
    page = opened.page
    await drawn(page, stage.show(**IDLE))
    await expect(page.locator("#language")).to_have_text("Deutsch")
    await page.locator("#language").click()
    await expect(page.locator("#language")).to_have_text("English")
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page.locator("#trainer")).to_have_text("Trainer")
    await expect(page.locator("[data-label=speed], #numbers dt").first).to_contain_text("Tempo")
    await drawn(page, stage.show())
    await expect(page.locator("#language")).to_be_hidden()
    assert opened.faults == []


async def test_one_language_has_no_key(browser: Browser, stage: Stage) -> None:
    page = (await open_console(browser, stage)).page
    await drawn(page, stage.show(**IDLE))
    await expect(page.locator("#trainer")).to_be_visible()
    await expect(page.locator("#language")).to_be_hidden()
