"""`inclined run --first-run` as systemd starts it: from nothing, over mistakes, to the member's screen."""

import socket
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect

from tests.pages.stage import open_page
from tests.service.ear import LIMIT_S, daemon, listening, told_to_stop
from tests.service.test_run import CONFIG, free_ports

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
LONG_MS = LIMIT_S * 1000


def words(folder: Path, screen: int) -> tuple[str, ...]:
    """Return the words behind `inclined run --config FILE`."""
    return "--first-run", "--port", str(screen), "--key-file", str(folder / "console.key")


async def test_from_nothing_over_mistakes_to_the_members_screen(browser: Browser, tmp_path: Path) -> None:
    config = tmp_path / "inclined.toml"
    broker, web, screen = free_ports()
    whole = CONFIG.format(folder=tmp_path, broker=broker, web=web, screen=screen, mqtt="")
    address = f"http://127.0.0.1:{screen}"
    with listening(str(tmp_path / "notify")) as ear:
        async with daemon(config, ear, *words(tmp_path, screen)) as process:
            await ear.until("READY=1")
            key = (tmp_path / "console.key").read_text(encoding="ascii")
            page = (await open_page(browser, f"{address}/console#key={key}")).page
            await expect(page.locator("h1")).to_have_text("This screen is not set up yet")
            await ear.until("WATCHDOG=1")
            config.write_text(whole[:100], encoding="utf-8")
            await expect(page.locator("h1")).to_have_text("The configuration has mistakes", timeout=LONG_MS)
            config.write_text(whole.replace("nudge", "fast"), encoding="utf-8")
            await expect(page.locator("li")).to_contain_text('[machine] mode: "fast" is none', timeout=LONG_MS)
            assert not (tmp_path / "inclined.db").exists()
            with pytest.raises(httpx.ConnectError):
                await _status(f"http://127.0.0.1:{web}/api/v1/health")
            config.write_text(whole, encoding="utf-8")
            await page.wait_for_selector("#screen[data-seq]", timeout=LONG_MS)
            await ear.until("WATCHDOG=1")
            assert await _status(f"{address}/setup/state", key) == 404
            assert await _status(f"{address}/static/console.css", key) == 200
            assert await _status(f"http://127.0.0.1:{web}/setup") == 404
            await expect(page.get_by_text("not signed in")).to_have_count(0)
            status, log = await told_to_stop(process)
    assert status == 0, log
    assert "Traceback" not in log
    assert log.count("There is a good configuration now") == 1
    assert log.count("is not there: the screen shows how") == 1


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def _status(address: str, key: str = "") -> int:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"} if key else {}) as client:
        return (await client.get(address)).status_code


@pytest.mark.parametrize("taken", [False, True])
async def test_a_daemon_that_waits_is_watched_and_ends_when_told(tmp_path: Path, *, taken: bool) -> None:
    with socket.socket() as other, listening(str(tmp_path / "notify")) as ear:
        other.bind(("127.0.0.1", 0))
        if taken:
            other.listen()
        screen = other.getsockname()[1] if taken else free_ports()[2]
        async with daemon(tmp_path / "inclined.toml", ear, *words(tmp_path, screen)) as process:
            before = await ear.until("READY=1")
            assert all(word.startswith("STATUS=") for word in before[:-1])
            await ear.until("WATCHDOG=1")
            status, log = await told_to_stop(process)
        await ear.until("STOPPING=1")
    assert status == 0, log
    assert "Told to stop before there was a configuration." in log
    assert "Traceback" not in log
    assert ("in use" in log) is taken, log
    assert names_in(tmp_path) == ["console.key", "notify"]


async def test_a_good_configuration_begins_at_once(tmp_path: Path) -> None:
    broker, web, screen = free_ports()
    config = tmp_path / "inclined.toml"
    text = CONFIG.format(folder=tmp_path, broker=broker, web=web, screen=screen, mqtt="")
    config.write_text(text, encoding="utf-8")
    with listening(str(tmp_path / "notify")) as ear:
        async with daemon(config, ear, *words(tmp_path, screen)) as process:
            await ear.until("READY=1")
            status, log = await told_to_stop(process)
    assert status == 0, log
    assert "configuration" not in log
