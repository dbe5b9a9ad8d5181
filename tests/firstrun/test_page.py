"""The set-up's page in Chromium: by touch alone, from nothing to a file that is good."""

import pytest
from playwright.async_api import Browser, Page, expect

from daemon.commands.check import no_driver
from daemon.firstrun.look import look
from tests.firstrun.world import CODE, KEY, World
from tests.pages.stage import Size, open_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SIZES = [Size(800, 480, 5.2), Size(1024, 600, 6.6), Size(720, 1280, 8.2)]
CUT = """() => [...document.querySelectorAll("h1, #lead, #keys button, .choice, .row button, .digits, .address")]
  .filter((e) => e.checkVisibility() && !e.closest(".choices")).filter((e) => {
    const box = e.getBoundingClientRect();
    const out = box.left < 0 || box.top < 0 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
    const content = document.getElementById("content").getBoundingClientRect();
    const hidden = content.contains?.(e) || (e.closest("#content") && box.bottom > content.bottom + 1);
    return out || hidden || e.scrollWidth > e.clientWidth + 1;
  }).map((e) => e.textContent)"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll("button")].filter((e) => e.checkVisibility())
  .map((e) => e.getBoundingClientRect().height))"""


async def at(page: Page, key: str) -> None:
    await expect(page.locator("#page")).to_have_attribute("data-key", key)


async def choose(page: Page, key: str, value: str | None = None) -> None:
    """Answer the question with this key, and go on."""
    await at(page, key)
    if value is not None:
        await page.locator(f'[data-value="{value}"]').tap()
    await page.locator("#next").tap()


async def whole(page: Page, size: Size) -> None:
    """See that nothing is cut off, and that every key is 7 mm high at least."""
    assert await page.evaluate(CUT) == []
    assert await page.evaluate(SMALLEST) / size.mm >= 7


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_by_touch_alone_from_nothing_to_a_good_file(browser: Browser, world: World, size: Size) -> None:
    async with world.served() as url:
        opened = await open_page(browser, f"{url}/console#key={KEY}", size)
        page = opened.page
        await expect(page.locator("h1")).to_have_text("This screen is not set up yet")
        assert "key" not in page.url
        await whole(page, size)
        await page.locator("#begin").tap()
        await choose(page, "machine.driver", "ftms:C0:FF:EE:00:00:07")
        await at(page, "machine.mode")
        await expect(page.locator("#next")).to_be_disabled()  # there is no default
        await whole(page, size)
        await choose(page, "machine.mode", "observe")
        await choose(page, "machine.units", "km/h")
        await at(page, "machine.name")
        await whole(page, size)
        await page.get_by_label("Delete").tap()
        for key in ("⇧", "Q", "z", "7"):
            await page.locator(".row button", has_text=key).first.tap()
        await choose(page, "machine.name")
        await choose(page, "machine.zone")
        await at(page, "machine.machine")
        for key in ("⇧", "A"):
            await page.locator(".row button", has_text=key).first.tap()
        await page.locator("#next").tap()
        await expect(page.locator("#wrong")).to_contain_text("Small letters, digits, dashes")
        await whole(page, size)
        await page.get_by_label("Delete").tap()
        await choose(page, "machine.machine")
        await choose(page, "machine.site")
        await at(page, "machine.time_zone")
        await page.get_by_text("Another part of the world").tap()
        await page.locator('[data-value="America"]').tap()
        await choose(page, "machine.time_zone", "America/Lima")
        await choose(page, "mqtt", "no")
        await expect(page.locator("pre")).to_contain_text('name = "Treadmill Qz7"')
        assert not world.file.exists()
        await page.locator("#write").tap()
        await expect(page.locator("h1")).to_have_text("It is set up")
        assert [fault for fault in opened.faults if "Permissions-Policy" not in fault] == []
    settings = look(world.file, no_driver).settings
    assert settings is not None
    machine = settings.machine
    assert (machine.name, machine.time_zone, machine.mode) == ("Treadmill Qz7", "America/Lima", "observe")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_another_device_with_the_code(browser: Browser, world: World, size: Size) -> None:
    async with world.served() as url, world.served(screen=False) as other:
        screen = (await open_page(browser, f"{url}/console#key={KEY}", size)).page
        await screen.locator("#another").tap()
        await expect(screen.locator(".digits")).to_have_text("042 137")
        await expect(screen.locator(".address")).to_have_text("http://192.0.2.7:8080/setup")
        await whole(screen, size)
        phone = (await open_page(browser, f"{other}/setup", Size(390, 844, 5.0))).page
        await phone.locator("#code").fill("000000")
        await phone.locator("#send").tap()
        await expect(phone.locator("#wrong")).to_contain_text("not the code")
        await phone.locator("#code").fill(CODE)
        await phone.locator("#send").tap()
        await at(phone, "machine.driver")
        await expect(screen.locator("h1")).to_have_text("Another device sets this up")
        await screen.locator("#stop").tap()
        await expect(screen.locator("#begin")).to_be_visible()
        await expect(phone.locator("h1")).to_have_text("Which code is on the screen?")


async def test_mistakes_are_listed_as_text_and_go_when_they_are_mended(browser: Browser, world: World) -> None:
    world.file.write_text('[machine]\nsite = "<img src=x onerror=alert(1)>"\n', encoding="utf-8")
    async with world.served() as url:
        page = (await open_page(browser, f"{url}/console#key={KEY}", SIZES[0])).page
        await expect(page.locator("h1")).to_have_text("The configuration has mistakes")
        await expect(page.locator("li").first).to_contain_text("<img src=x onerror=alert(1)>")
        assert await page.locator("li").count() == len(look(world.file, no_driver).mistakes)
        world.file.unlink()
        await expect(page.locator("h1")).to_have_text("This screen is not set up yet")


async def test_a_page_without_the_key_says_what_to_do(browser: Browser, world: World) -> None:
    async with world.served() as url:
        page = (await open_page(browser, f"{url}/console", SIZES[0])).page
        await expect(page.locator("#content")).to_contain_text("sudo inclined setup")
        assert await page.locator("button").count() == 0
