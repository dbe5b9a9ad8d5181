"""The whole gym in one process: a broker, machines, a floor with weeks of history, and the two pages."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from api.floor.serving import serving
from daemon.author import Author
from daemon.clock import system_clock
from daemon.floor.audit import Actor
from daemon.floor.life import House as FloorHouse
from daemon.floor.life import build, live
from daemon.floor.service import serviced, take_out
from daemon.floor.settings import FloorSettings
from daemon.floor.store import About, FloorStore
from daemon.gym.machine import Treadmill, run, settings_of, treadmill
from daemon.gym.past import days, past

ZONES: Final = ("Window", "Wall", "Gallery")
WEEKS: Final = 13
SEED: Final = 2026
SERVICE_KM: Final = 1100
OUT, DUE, AWAY, SILENT = 3, 5, 6, 8
"""Numbers of the machines, where there are so many, that is out of order, that is due for service, whose treadmill is
switched off, and whose computer has no power."""
STAFF: Final = Actor(Author("demo", "staff", "127.0.0.1"), "the demo")


def names(count: int) -> list[str]:
    """Return the machines' names."""
    return [f"t-{number:03}" for number in range(1, count + 1)]


def zone_of(number: int, count: int) -> str:
    """Return where machine number (from 0) stands."""
    return ZONES[number * len(ZONES) // count]


def floor_settings(folder: Path, page: int, broker: int, zone: str) -> FloorSettings:
    """Return what stands in the floor's file."""
    return FloorSettings.model_validate(
        {
            "floor": {"site": "demo", "time_zone": zone, "clock": "trust"},
            "mqtt": {"host": "127.0.0.1", "port": broker, "version": "3.1.1"},
            "store": {"database": str(folder / "floor.db")},
            "service": {"distance_km": SERVICE_KM},
            "api": {"port": page},
        }
    )


def remember(store: FloorStore, count: int, now: datetime) -> int:
    """Store weeks of history of so many machines, and that one of them is out of order; return how many events."""
    told = 0
    for number, name in enumerate(names(count)):
        store.learn(name, About(f"Treadmill {number + 1}", zone_of(number, count), "treadmill"))
        for some in days(past(SEED, name, number, now, WEEKS, store.zone)):
            store.take(some, now)
            told += len(some)
        if number + 1 != DUE:
            serviced(store, name, "Belt waxed, deck levelled", round(now.timestamp() * 1000), STAFF)
    if count >= OUT:
        take_out(store, names(count)[OUT - 1], "The belt slips", round(now.timestamp() * 1000), STAFF)
    return told


async def play(folder: Path, count: int, page: int, broker: int, shut_down: Callable[[], Awaitable[None]]) -> int:
    """Play a gym of so many machines until Ctrl-C."""
    logging.getLogger("daemon").setLevel(logging.ERROR)  # what is amiss in this gym is amiss by design
    zone = local_zone()
    clock = system_clock(trust_wall=True)
    floor = await asyncio.to_thread(build, floor_settings(folder, page, broker, zone))
    print(f"{count} treadmills, and {WEEKS} weeks of their history: one moment.", flush=True)
    told = await asyncio.to_thread(remember, floor.store, count, datetime.now(UTC))
    for name in names(count):
        await asyncio.to_thread((folder / name).mkdir)
    here = [
        treadmill(settings_of(name, number, zone_of(number, count), folder, broker, zone), clock, SEED)
        for number, name in enumerate(names(count))
        if number + 1 != SILENT
    ]
    for one in here:
        one.link.powered = one.name != names(AWAY)[-1]
    print(f"{told:,} events are stored. Open http://127.0.0.1:{page}/", flush=True)
    print(f"MQTT is at 127.0.0.1:{broker}, topics inclined/v1/demo/#. Ctrl-C ends the gym.", flush=True)
    living = asyncio.ensure_future(_live(floor, here, folder))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, living.cancel)
    try:
        await living
    except asyncio.CancelledError:
        print("\nThe gym is closed.")
    finally:
        await shut_down()
    return 0


async def _live(floor: FloorHouse, machines: list[Treadmill], folder: Path) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(live(floor, lambda: None, serving(folder / "tokens.toml")))
        for number, one in enumerate(machines):
            there = one.name not in {names(OUT)[-1], names(AWAY)[-1]}
            soon = one.chance.uniform(1, 8) if number % 2 == 0 else one.chance.uniform(60, 300)
            tasks.create_task(run(one, soon if there else None))


def local_zone() -> str:
    """Return this computer's time zone; UTC where it does not say."""
    place = Path("/etc/localtime")
    name = str(place.resolve()).partition("zoneinfo/")[2] if place.is_symlink() else ""
    try:
        return ZoneInfo(name).key if name else "UTC"
    except (OSError, ValueError):
        return "UTC"
