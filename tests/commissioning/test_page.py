"""The wizard's page in Chromium, by touch alone, while staff press the treadmill's own keys."""

from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect

from daemon.settings import load
from tests.commissioning.hands import DAY
from tests.commissioning.stage import KEY, wizard
from tests.firstrun.test_page import CUT, SIZES, SMALLEST
from tests.pages.conftest import browser, chromium
from tests.pages.stage import Size, open_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

__all__ = ["browser", "chromium"]


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_by_touch_alone_to_a_proven_machine(browser: Browser, tmp_path: Path, size: Size) -> None:
    async with wizard(tmp_path) as here:
        opened = await open_page(browser, here.url, size)

        async def whole(view: str) -> None:
            assert await opened.page.evaluate(CUT) == [], view
            assert await opened.page.evaluate(SMALLEST) / size.mm >= 7, view

        await here.play(opened.page, whole)
        await expect(opened.page.locator(".label path")).to_be_visible()
        assert "key" not in opened.page.url
        assert here.hands.bench.wire() == [b"\x00", b"\x03\x0a\x00"]
        assert load(here.task.path).proved.incline == DAY.date()


async def test_nobody_without_the_kiosks_key_sees_or_touches_anything(tmp_path: Path) -> None:
    async with wizard(tmp_path) as here, httpx.AsyncClient(base_url=f"http://127.0.0.1:{here.port}") as client:
        for said in (b"", b"Bearer x", b"Bearer \xfc"):
            raw = {b"authorization": said}
            assert (await client.get("/commission/state", headers=raw)).status_code == 401
            touch = {"number": 1, "text": "Begin"}
            assert (await client.post("/commission/answer", headers=raw, json=touch)).status_code == 401
        assert here.screen.asked is not None


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"number": 1, "text": "Begin"}, 204),
        ({"number": 2, "text": "Begin"}, 409),
        ({"number": 0, "text": "Begin"}, 409),
        ({"number": 1, "text": "Raise it"}, 409),
        ({"number": "1", "text": "Begin"}, 422),
        ({"number": 1}, 422),
        ({"number": 1, "text": "x" * 65}, 422),
        ({"number": 1, "text": "Begin", "more": 1}, 422),
        ([], 422),
    ],
)
async def test_a_touch_that_comes_late_or_makes_no_sense_is_refused(tmp_path: Path, said: object, status: int) -> None:
    async with wizard(tmp_path) as here:
        headers = {"authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{here.port}", headers=headers) as client:
            shown = (await client.get("/commission/state")).json()
            assert (shown["number"], shown["prompt"], shown["choices"][0]["value"]) == (1, "Is that so?", "Begin")
            assert (await client.post("/commission/answer", json=said)).status_code == status


async def test_a_members_page_that_was_open_gives_way(browser: Browser, tmp_path: Path) -> None:
    async with wizard(tmp_path) as here:
        opened = await open_page(browser, here.url, SIZES[0])
        await opened.page.locator("#choice-0").wait_for()
        await opened.page.evaluate(
            """async () => {
              const { connect } = await import("/static/console/link.js");
              window.before = true;
              connect({ told() {}, lost() {} });
            }"""
        )
        await opened.page.wait_for_function("() => window.before === undefined")
