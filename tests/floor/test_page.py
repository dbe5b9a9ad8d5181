"""The floor's page in Chromium: what it shows is what the API says, and nobody does more than they may."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.floor.gallery import DESKTOP, PHONE, WALL, Gallery, alert, gallery, opened, speak
from tests.floor.office import as_
from tests.pages.stage import CHROMIUM, FLAGS

pytestmark = [
    pytest.mark.browser, pytest.mark.xdist_group("floor page"), pytest.mark.asyncio(loop_scope="module")
]  # fmt: skip
VIEWS = ("#/", "#/wall", "#/usage", "#/machine/t02")
FIGURES = 30_000
"""ms until figures must be there."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gym(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gallery]:
    async with gallery(tmp_path_factory.mktemp("gym")) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def closed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gallery]:
    """A gym that asks who one is, with two machines."""
    async with gallery(tmp_path_factory.mktemp("closed"), 5, reading_open=False) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as player:
        found = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        await found.close()


@pytest_asyncio.fixture(loop_scope="module")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    yield chromium
    for context in chromium.contexts:
        await context.close()


async def ask(gym: Gallery, path: str, **query: Any) -> Any:
    answer = await gym.place.client.get(f"/api/v1/{path}", params=query, headers=as_("viewer"))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def usage(browser: Browser, gym: Gallery) -> Page:
    page = await opened(browser, gym.url + "#/usage")
    await page.wait_for_selector(".export", timeout=FIGURES)
    return page


async def test_the_map_has_every_machine_and_follows_it(browser: Browser, gym: Gallery) -> None:
    page = await opened(browser, gym.url)
    await expect(page.locator(".tile")).to_have_count(12)
    await expect(page.locator("#counts")).to_have_text("6 free · 4 in use · 1 out of order · 1 unknown")
    await expect(page.locator(".attention li strong")).to_have_text(["t02", "t04", "t03"])
    await expect(page.locator(".zone h2")).to_have_text(
        ["gallery 3 of 4 free", "wall 2 of 4 free", "window 1 of 4 free"]
    )
    tile = page.locator(".tile", has_text="t01")
    await expect(tile).to_have_attribute("aria-label", "Treadmill 1: Free, All well")
    await speak(gym.ear, "t01", 0, 12, busy=True)
    await expect(tile).to_contain_text("In use")
    await alert(gym.ear, "t01", "disk", "Its card is full.")
    await expect(tile).to_have_attribute("data-level", "act")
    await expect(page.locator(".attention li", has_text="Its card is full.")).to_be_visible()
    await gym.ear.say("inclined/v1/gym/t01/alert/disk", "", retain=True)
    await speak(gym.ear, "t01", 0, 12, busy=False)
    await expect(tile).to_have_attribute("data-level", "ok")


async def test_a_machines_words_are_only_text(browser: Browser, gym: Gallery) -> None:
    page = await opened(browser, gym.url)
    hostile = "<img src=x onerror=document.title='gone'>"
    await alert(gym.ear, "t05", "odd", hostile)
    await expect(page.locator(".attention li", has_text=hostile)).to_be_visible()
    assert await page.title() == "gym: the floor"
    await gym.ear.say("inclined/v1/gym/t05/alert/odd", "", retain=True)


async def test_usage_says_what_the_api_says(browser: Browser, gym: Gallery) -> None:
    page = await usage(browser, gym)
    span = {"from": "2026-05-05", "to": "2026-06-02"}
    (row,) = (await ask(gym, "usage", **span, bucket="total"))["rows"]
    cards = page.locator(".card .value")
    shown = f"{row['belt_s'] / 3600:,.0f} h", f"{row['sessions']:,}", f"{row['flat_share']:.0%}".replace("%", " %")
    assert (await cards.all_inner_texts())[:3] == list(shown)
    funnel = page.locator(".funnel li strong")
    offered, seen = row["nudges_offered"], row["nudges_offered"] - row["nudges_undelivered"]
    accepted = row["nudges_accepted_key"] + row["nudges_accepted_self"]
    assert [int(words) for words in await funnel.all_inner_texts()] == [
        offered, seen, seen - row["nudges_withdrawn"], accepted
    ]  # fmt: skip
    weeks = (await ask(gym, "usage", **{"from": "2025-06-02", "to": "2026-06-02"}, bucket="week"))["rows"]
    flat, eligible = (sum(week[f"observed_{name}_s"] for week in weeks) for name in ("flat", "eligible"))
    await expect(page.locator(".trend")).to_contain_text(f"Baseline {flat / eligible:.0%}".replace("%", " %"))
    cells = {(cell["weekday"], cell["hour"]): cell for cell in (await ask(gym, "heat", **span))["rows"]}
    friday = page.locator(".heat tbody tr").nth(4).locator("td").nth(21)
    await friday.hover()
    share = cells[5, 21]["occupied_s"] / (3600 * 4 * 12)
    await expect(page.locator(".heat .told")).to_have_text(
        f"Friday, 21 to 22 o'clock: {round(share * 100)} % in use, {cells[5, 21]['sessions']} sessions ended"
    )
    assert await page.locator(".plot canvas").count() == 1


async def test_a_part_of_the_gym_and_twelve_weeks(browser: Browser, gym: Gallery) -> None:
    page = await usage(browser, gym)
    await page.get_by_role("button", name="12 weeks").click()
    await page.get_by_label("Part of the gym").select_option("zone: wall")
    span = {"from": "2026-03-10", "to": "2026-06-02", "zone": "wall"}
    (row,) = (await ask(gym, "usage", **span, bucket="total"))["rows"]
    await expect(page.locator(".card .value").nth(1)).to_have_text(str(row["sessions"]))
    await expect(page.locator(".groups tbody tr")).to_have_count(4)
    await page.locator(".trend summary").click()
    await expect(page.locator(".trend tbody tr")).to_have_count(12)
    await page.get_by_role("button", name="Zone", exact=True).click()
    await expect(page.locator(".groups tbody tr")).to_have_count(1)
    await page.get_by_label("Part of the gym").select_option("The whole gym")
    await expect(page.locator(".groups tbody th")).to_have_text(["gallery", "wall", "window"])
    await page.get_by_role("button", name="Belt time").click()
    belts = [
        row["belt_s"] for row in (await ask(gym, "usage", **span | {"zone": []}, bucket="total", by="zone"))["rows"]
    ]
    shown = await page.locator(".groups tbody td:nth-child(2)").all_inner_texts()
    assert shown == [f"{belt / 3600:,.0f} h" for belt in sorted(belts, reverse=True)]


async def test_the_file_is_the_apis(browser: Browser, gym: Gallery) -> None:
    page = await usage(browser, gym)
    async with page.expect_download() as download:
        await page.locator(".export li", has_text="Each day").get_by_text("for Excel").click()
    saved = await (await download.value).path()
    text = await asyncio.to_thread(saved.read_text, "utf-8")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    found = await ask(
        gym, "usage", **{"from": "2026-05-05", "to": "2026-06-02"}, bucket="day", by="machine", limit=5000
    )
    assert [(row["group"], row["belt_s"]) for row in rows] == [(r["group"], str(r["belt_s"])) for r in found["rows"]]


async def test_a_machines_own_page(browser: Browser, gym: Gallery) -> None:
    page = await opened(browser, gym.url)
    await page.locator(".tile", has_text="t02").click()
    await page.wait_for_selector(".export", timeout=FIGURES)
    await expect(page.locator(".now h2")).to_contain_text("Treadmill 2 t02 Go there")
    await expect(page.locator(".causes")).to_contain_text("It moved its deck by itself")
    await expect(page.locator(".deeds")).to_contain_text("Staff sign in")
    (row,) = (await ask(gym, "usage", **{"from": "2026-05-05", "to": "2026-06-02"}, bucket="total", machine="t02"))[
        "rows"
    ]
    await expect(page.locator(".card .value").nth(1)).to_have_text(str(row["sessions"]))
    await page.goto(gym.url + "#/machine/t99")
    await expect(page.locator("#view")).to_contain_text("The floor knows no machine of this name.")
    await expect(page.locator("#view")).to_contain_text("Nothing was recorded in this period.")


async def test_what_fails_is_said_and_tried_again(browser: Browser, gym: Gallery) -> None:
    page = await opened(browser, gym.url)
    await page.route("**/api/v1/usage*", lambda route: route.abort())
    await page.get_by_role("link", name="Usage").click()
    wrong = page.locator(".figures .wrong")
    await expect(wrong).to_have_text(
        "The figures could not be had. The floor does not answer. See whether its computer runs, and the network."
    )
    await page.unroute("**/api/v1/usage*")
    await page.get_by_role("button", name="Try again").click()
    await page.wait_for_selector(".export", timeout=FIGURES)


async def test_without_the_library_the_table_is_open(browser: Browser, gym: Gallery) -> None:
    page = await opened(browser, "about:blank")
    await page.route("**/kept/uplot.js", lambda route: route.fulfill(status=404))
    await page.goto(gym.url + "#/usage")
    await page.wait_for_selector(".export", timeout=FIGURES)
    await expect(page.locator(".trend tbody tr").first).to_be_visible()


async def test_a_lost_line_is_told_and_comes_back(browser: Browser, gym: Gallery) -> None:
    page = await opened(browser, "about:blank")
    lines: list[Any] = []

    def between(line: Any) -> None:
        line.connect_to_server()
        lines.append(line)

    await page.route_web_socket("**/api/v1/live", between)
    await page.goto(gym.url)
    await expect(page.locator(".tile")).to_have_count(12)
    await lines[0].close()
    await expect(page.locator("#link")).to_contain_text("The floor does not answer since 14:00.")
    await expect(page.locator("#link")).to_be_hidden()
    assert len(lines) >= 2
    await expect(page.locator("html[data-stale]")).to_have_count(0)


@pytest.mark.parametrize("size", [(360, 640), PHONE, DESKTOP, WALL], ids=str)
async def test_nothing_runs_over_the_edge(browser: Browser, gym: Gallery, size: tuple[int, int]) -> None:
    complaints: list[str] = []
    page = await opened(browser, "about:blank", size)
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(gym.url) else complaints.append(asked.url))
    for view in VIEWS:
        await page.goto(gym.url + view)
        await page.wait_for_selector(".attention, .export", timeout=FIGURES)
        over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, (view, over)
        small = await page.evaluate(
            "[...document.querySelectorAll('button, select, nav a')].filter((one) => one.offsetParent)"
            ".filter((one) => one.getBoundingClientRect().height < 24).map((one) => one.textContent)"
        )
        assert small == []  # WCAG 2.2, 2.5.8
    assert complaints == []


async def test_one_signs_in_with_a_token(browser: Browser, closed: Gallery) -> None:
    page = await opened(browser, closed.url)
    token, dialog = page.get_by_label("Token"), page.locator("dialog")
    await token.fill("nonsense")
    await page.keyboard.press("Enter")
    await expect(dialog.locator(".wrong")).to_have_text("This token is not known here.")
    assert await page.locator(".tile").count() == 0
    await token.fill("viewer")
    await dialog.get_by_role("button", name="Sign in").click()
    await expect(page.locator(".tile")).to_have_count(5)
    await expect(page.locator("#who")).to_contain_text("viewer-1 (viewer)")
    assert await page.evaluate("document.cookie") == ""
    await page.reload()
    await expect(page.locator(".tile")).to_have_count(5)
    await page.goto(closed.url + "#/machine/t01")
    await expect(page.locator(".deeds")).to_contain_text("Staff sign in")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator("dialog")).to_be_visible()
    await expect(page.locator(".tile")).to_have_count(0)


async def test_staff_see_to_a_machine(browser: Browser, closed: Gallery) -> None:
    page = await opened(browser, closed.url + "#/machine/t01")
    await page.get_by_label("Token").fill("staff")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Out of order").click()
    await page.get_by_label("What is wrong").fill("a noise")
    await page.locator("dialog").get_by_role("button", name="Out of order").click()
    await expect(page.locator(".deeds .told")).to_have_text("It counts as out of order.")
    await expect(page.locator(".causes")).to_contain_text("Out of order: a noise")
    await page.get_by_role("button", name="Back in order").click()
    await page.get_by_label("What was mended").fill("oiled")
    await page.locator("dialog").get_by_role("button", name="Back in order").click()
    await expect(page.locator(".causes li")).to_have_count(0)
    closed.place.house.asking.answer_s = 0.2
    await page.get_by_role("button", name="Show which one it is").click()
    await expect(page.locator(".deeds .told")).to_contain_text("t01 did not answer within 0.2 s")
    audit = await closed.place.client.get("/api/v1/audit", headers=as_("manager"))
    assert [(one["what"], one["by"]) for one in audit.json()[:3]] == [
        ("identify", "staff-1"), ("out_of_order", "staff-1"), ("out_of_order", "staff-1")
    ]  # fmt: skip


async def test_an_empty_gym_says_so(browser: Browser, tmp_path: Path) -> None:
    async with gallery(tmp_path, 0) as empty:
        page = await opened(browser, empty.url)
        await expect(page.locator("#view")).to_contain_text("No machine has been heard yet.")
        await page.get_by_role("link", name="Usage").click()
        await expect(page.locator(".figures")).to_contain_text("Nothing was recorded in this period.")
