"""The line of the member's screen."""

import asyncio
import json
from contextlib import AsyncExitStack

import httpx
import pytest
from websockets.asyncio.client import ClientConnection

from api import console
from api.room import CONSOLES, STRANGERS
from api.serve import LARGEST_FRAME
from daemon.messages import Console
from daemon.policy.events import Answer, Answered, Confirmed, HelpAsked, LendAsked, ScreenGone
from daemon.policy.state import Kind, Prompt
from tests.api.world import KEY, LIMIT_S, World, closing, said, say, seen

LIVE = "/console/live"
pytestmark = pytest.mark.usefixtures("client")


async def hello(page: ClientConnection, key: str = KEY) -> None:
    await say(page, type="hello", key=key)


async def shown(page: ClientConnection) -> Console:
    return Console.model_validate(await said(page))


async def cancel(world: World, page: ClientConnection, prompt: int) -> None:
    """Touch Cancel, and see that it is the next event."""
    await say(page, type="touch", key="cancel", prompt=prompt)
    assert await world.next_event() == Answered(world.clock.now(), prompt, Answer.CANCEL)


async def test_the_page_is_served(screen: httpx.AsyncClient) -> None:
    answer = await screen.get("/console")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>console</title>" in answer.text
    assert (await screen.get("/static/console.js")).headers["content-type"].startswith("text/javascript")


async def test_a_page_with_the_key_is_shown_all(world: World) -> None:
    world.notice = "Pool closes at 9"
    async with world.socket(LIVE) as page:
        await hello(page)
        first = await shown(page)
        assert (first.seq, first.speed, first.incline, first.units, first.lease) == (1, 8.0, 0.5, "km/h", False)
        assert first.notice == "Pool closes at 9"
        prompt = Prompt(5, Kind.COUNTDOWN, 100_000, 112_000, target=10, digit=12)
        world.feed.publish(seen(2, prompt=prompt))
        while (second := await shown(page)).seq != 2:
            pass
        assert second.prompt is not None
        assert (second.prompt.id, second.prompt.kind, second.prompt.digit) == (5, "countdown", 12)
        assert "1.0" in second.prompt.headline + second.prompt.body


async def test_the_digit_goes_on_without_a_change(world: World) -> None:
    world.feed.publish(seen(2, prompt=Prompt(5, Kind.COUNTDOWN, 100_000, 120_000, target=10, digit=20)))
    async with world.socket(LIVE) as page, asyncio.timeout(LIMIT_S):
        await hello(page)
        await shown(page)
        world.clock.at += 5_000
        while (now := (await shown(page)).prompt) is None or now.digit != 15:
            pass


async def test_the_lease_is_told_to_its_holder_only(world: World) -> None:
    async with world.socket(LIVE) as one, world.socket(LIVE) as other, asyncio.timeout(LIMIT_S):
        await hello(one)
        await hello(other)
        await say(one, type="confirm", prompt=0, digit=0)
        event = await world.next_event()
        assert isinstance(event, Confirmed)
        world.feed.publish(seen(2, screen=event.screen))
        while not (await shown(one)).lease:
            pass
        while (told := await shown(other)).seq != 2:
            pass
        assert not told.lease


async def test_what_the_page_says_becomes_events(world: World) -> None:
    async with world.socket(LIVE) as page:
        await hello(page)
        await say(page, type="confirm", prompt=5, digit=12)
        confirmed = await world.next_event()
        assert isinstance(confirmed, Confirmed)
        assert (confirmed.at, confirmed.prompt, confirmed.digit) == (100_000, 5, 12)
        world.clock.at = 100_250
        await say(page, type="touch", key="raise", prompt=5)
        assert await world.next_event() == Answered(100_250, 5, Answer.RAISE)
        await say(page, type="touch", key="decline", prompt=5)
        assert await world.next_event() == Answered(100_250, 5, Answer.DECLINE)
        await say(page, type="touch", key="help")
        assert await world.next_event() == HelpAsked(100_250)
        await say(page, type="touch", key="lend")
        assert await world.next_event() == LendAsked(100_250)
    assert await world.next_event() == ScreenGone(100_250, confirmed.screen)


async def test_a_page_whose_line_is_cut_is_gone(world: World) -> None:
    async with world.socket(LIVE) as page:
        await hello(page)
        await shown(page)
        page.transport.abort()
        assert isinstance(await world.next_event(), ScreenGone)


@pytest.mark.parametrize("key", ["", "wrong", KEY + "x", KEY[:-1], "ключ", "\x00", "é"])
async def test_a_wrong_key_is_sent_away(world: World, key: str) -> None:
    async with world.socket(LIVE) as page:
        await hello(page, key)
        assert await closing(page) == 4401
    assert world.events.empty()


async def test_a_page_without_a_hello_is_sent_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "HELLO_S", 0.05)
    async with world.socket(LIVE) as page:
        assert await closing(page) == 1013  # it may try again: 4401 would end it


async def test_cancel_needs_no_key(world: World) -> None:
    async with world.socket(LIVE) as page:
        await cancel(world, page, 5)
    assert world.events.empty()


async def test_without_a_key_nothing_but_cancel_is_obeyed(client: httpx.AsyncClient, world: World) -> None:
    async with world.socket(LIVE) as page:
        for key in ("raise", "decline", "help", "trainer", "lend", "return"):
            await say(page, type="touch", key=key, prompt=5)
        await say(page, type="confirm", prompt=5, digit=12)
        await cancel(world, page, 5)
    told = (await client.get("/api/v1/metrics")).text
    assert 'kind="out of turn"} 7' in told


async def test_garbage_is_counted_logged_once_and_dropped(
    client: httpx.AsyncClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    garbage = ["", "{", "null", "[]", "{}", '{"type":"start"}', '{"type":"touch","key":"start"}', "ü"]
    garbage += ['{"type":"confirm","prompt":NaN,"digit":1}', '{"type":"hello","key":"\\ud800"}', "[" * 4000]
    async with world.socket(LIVE) as page:
        await hello(page)
        for text in garbage:
            await page.send(text)
        await page.send(b"\x00\xff")
        await page.send(json.dumps({"type": "confirm", "prompt": 1, "digit": 1}).encode())
        await hello(page)
        await cancel(world, page, 1)
    told = (await client.get("/api/v1/metrics")).text
    assert f'kind="malformed"}} {len(garbage) + 2}' in told
    assert 'kind="out of turn"} 1' in told
    warned = [r.getMessage() for r in caplog.records if r.name == "api.dropped"]
    assert len(warned) == 2
    assert all(len(line) < 250 for line in warned)
    assert KEY not in "".join(warned)


async def test_a_frame_that_is_too_large_ends_the_line(world: World) -> None:
    async with world.socket(LIVE) as page:
        await hello(page)
        await shown(page)
        await page.send("x" * (LARGEST_FRAME + 1))
        assert await closing(page) == 1009
        assert isinstance(await world.next_event(), ScreenGone)


async def test_bytes_that_are_no_websocket_end_the_line(client: httpx.AsyncClient, world: World) -> None:
    async with world.socket(LIVE) as page:
        await hello(page)
        await shown(page)
        page.transport.write(b"\xff" * 64)
        assert isinstance(await world.next_event(), ScreenGone)
    assert (await client.get("/api/v1/state")).status_code == 200


async def test_a_flood_is_dropped_but_for_cancel(client: httpx.AsyncClient, world: World) -> None:
    async with world.socket(LIVE) as page:
        await hello(page)  # it counts as one
        for digit in range(console.MOST_A_WINDOW + 20):
            await say(page, type="confirm", prompt=1, digit=digit)
        await say(page, type="touch", key="cancel", prompt=1)
        came = [await world.next_event()]
        while not isinstance(came[-1], Answered):
            came.append(await world.next_event())
        assert len(came) == console.MOST_A_WINDOW + 1
        assert sum(isinstance(event, ScreenGone) for event in came) == 1  # nobody draws so fast
        world.clock.at += console.WINDOW_MS
        await say(page, type="confirm", prompt=1, digit=7)
        assert isinstance(await world.next_event(), Confirmed)
    assert 'kind="flood"} 21' in (await client.get("/api/v1/metrics")).text


async def test_there_are_only_so_many_screens(world: World) -> None:
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(world.socket(LIVE)) for _ in range(CONSOLES)]
        for page in pages:
            await hello(page)
            await shown(page)
        one_more = await stack.enter_async_context(world.socket(LIVE))
        await hello(one_more)
        assert await closing(one_more) == 1013
        await pages[0].close()
        assert isinstance(await world.next_event(), ScreenGone)
        again = await stack.enter_async_context(world.socket(LIVE))
        await hello(again)
        await shown(again)


async def test_strangers_take_no_place_from_screens(world: World) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(CONSOLES):
            page = await stack.enter_async_context(world.socket(LIVE))
            await cancel(world, page, 1)
        kiosk = await stack.enter_async_context(world.socket(LIVE))
        await hello(kiosk)
        await shown(kiosk)
        for _ in range(STRANGERS - CONSOLES):
            await cancel(world, await stack.enter_async_context(world.socket(LIVE)), 1)
        one_more = await stack.enter_async_context(world.socket(LIVE))
        assert await closing(one_more) == 1013
