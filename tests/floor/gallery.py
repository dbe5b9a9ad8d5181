"""A small gym for the floor's page: weeks of history, and machines at each of the four levels, at a real broker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final

from playwright.async_api import Browser, Page

from daemon.floor.store import About, FloorStore
from daemon.messages import Alert
from daemon.policy.rules import Mode
from daemon.policy.state import Link
from daemon.snapshot import Phase, Snapshot
from daemon.wire import info_message, state_message
from tests.floor.gym import until
from tests.floor.lives import ZONE, Life, hear
from tests.floor.office import Office, as_, office
from tests.mqtt.mosquitto import mosquitto
from tests.mqtt.world import IDENTITY, NOON, Floor, StillClock, floor_at

WEEKS: Final = 13
OBSERVED_WEEKS: Final = 2
HOURS: Final = (7, 8, 12, 16, 17, 18, 18, 19, 19, 20)
"""When people come: mornings, noon, and most of them in the evening."""
ZONES: Final = ("window", "wall", "gallery")
DESKTOP: Final = (1280, 900)
PHONE: Final = (390, 844)
WALL: Final = (1920, 1080)


@dataclass(frozen=True, slots=True)
class Gallery:
    """The gym and its server."""

    place: Office
    ear: Floor
    url: str


def names(count: int) -> list[str]:
    return [f"t{number:02}" for number in range(1, count + 1)]


def past(store: FloorStore, count: int, seed: int = 7) -> None:
    """Store weeks of sessions; in the first two nobody was asked."""
    for number, name in enumerate(names(count)):
        store.learn(name, About(f"Treadmill {number + 1}", ZONES[number * len(ZONES) // count], "treadmill"))
        life = Life(name, began=NOON - timedelta(weeks=WEEKS))
        chance = Random(seed * 1000 + number)
        for day in range(7 * WEEKS - 1):
            for hour in sorted(chance.sample(HOURS, chance.randint(1, 3))):
                visit(life, chance, day, hour)
        hear(store, life, life.rows, NOON)


def visit(life: Life, chance: Random, day: int, hour: int) -> None:
    """Let somebody come: fewer belts stay flat from week to week, once the screen asks."""
    week = day // 7
    asked = week >= OBSERVED_WEEKS
    life.at = max(life.at, (day * 24 + hour - 12) * 3_600_000 + chance.randint(0, 2_400_000))
    belt = chance.randint(900, 3000)
    flat = min(1.0, max(0.0, chance.gauss(0.62 - (0.03 * (week - 1) if asked else 0), 0.2)))
    if asked and flat > 0.3:
        life.tell("nudge", step="offered")
        outcome = chance.choices(
            ("accepted_key", "accepted_self", "declined", "expired", "withdrawn", "undelivered"), (30, 12, 24, 20, 9, 5)
        )
        life.tell("nudge", step="ended", outcome=outcome[0])
    elif flat > 0.3:
        life.tell("spell", step="ended", outcome=chance.choices(("ended", "stayed"), (1, 4))[0])
    if chance.random() < 0.1:
        life.tell("suggestion", step="offered")
        life.tell("suggestion", step="ended", outcome=chance.choice(("taken", "declined", "expired")))
    life.session(belt, round(flat * belt / 2), chance.randint(0, 60), mode="nudge" if asked else "observe")


async def speak(ear: Floor, name: str, number: int, count: int, *, busy: bool) -> None:
    """Let a machine say who and how it is, as its daemon does."""
    zone = ZONES[number * len(ZONES) // count]
    seen = Snapshot(at=1000, seq=1, link=Link.UP, phase=Phase.RUNNING if busy else Phase.IDLE, mode=Mode.NUDGE)
    identity = replace(IDENTITY, machine=name, name=f"Treadmill {number + 1}", zone=zone, run=name)
    told = {"info": info_message(identity, seen), "state": state_message(seen, StillClock())}
    for topic, message in told.items():
        await ear.say(f"inclined/v1/gym/{name}/{topic}", message.model_dump_json(), retain=True)
    for topic in ("link", "status"):
        await ear.say(f"inclined/v1/gym/{name}/{topic}", "online", retain=True)


async def alert(ear: Floor, name: str, code: str, text: str) -> None:
    """Let a machine say that staff should see to something."""
    told = Alert(code=code, text=text, ts=NOON - timedelta(minutes=40)).model_dump_json()
    await ear.say(f"inclined/v1/gym/{name}/alert/{code}", told, retain=True)


@asynccontextmanager
async def gallery(folder: Path, count: int = 12, *, reading_open: bool = True) -> AsyncIterator[Gallery]:
    """Yield the gym: one machine must be seen to, one is out of order, one is silent, and some are in use."""
    store = await asyncio.to_thread(FloorStore.open, str(folder / "floor.db"), "gym", ZONE)
    with closing(store), mosquitto(folder) as broker:
        await asyncio.to_thread(past, store, count)
        async with (
            office(store, broker.port, reading_open=reading_open) as place,
            floor_at(broker.port) as ear,
        ):
            for number, name in enumerate(names(count)):
                await speak(ear, name, number, count, busy=number % 3 == 1)
            if not count:
                yield Gallery(place, ear, f"http://127.0.0.1:{place.port}/")
                return
            await alert(ear, "t02", "demoted", "It moved its deck by itself: it only asks until staff re-arm it there.")
            await ear.say("inclined/v1/gym/t04/status", "offline", retain=True)
            seen = place.house.collector.inbox.seen
            await until(lambda: len(seen) == count and seen["t02"].alerts and seen["t04"].status == "offline")
            await place.house.board.refresh()
            body = {"out": True, "reason": "the belt slips"}
            await place.client.post("/api/v1/machines/t03/out-of-order", json=body, headers=as_("staff"))
            yield Gallery(place, ear, f"http://127.0.0.1:{place.port}/")


async def opened(browser: Browser, url: str, size: tuple[int, int] = DESKTOP, *, dark: bool = False) -> Page:
    """Return a page of the gym whose day is the gym's."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light", locale="en-GB"
    )
    page = await context.new_page()
    await page.clock.set_fixed_time(NOON)
    await page.goto(url)
    return page
