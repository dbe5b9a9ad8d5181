"""Whole machines at a real broker for the collector's tests: their own publisher, outbox and disk."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from daemon.floor.collector import Collector, Pace
from daemon.floor.life import House, furnish
from daemon.floor.settings import FloorSettings
from daemon.floor.store import FloorStore
from daemon.mqtt import Publisher
from daemon.outbox import Outbox
from daemon.policy.events import Happened
from daemon.store import Store
from tests.mqtt.world import QUICK, StillClock, World, at

HURRY = Pace(state=0.05, batch=0.01, retry=0.05)
MACHINE = replace(QUICK, repeat=0.2, repeat_most=0.4, answer=2.0)
LIMIT_S = 30.0


async def until(done: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    """Wait until done."""
    async with asyncio.timeout(limit_s):
        while not done():  # noqa: ASYNC110, it looks at a database, which tells nobody
            await asyncio.sleep(0.02)


@asynccontextmanager
async def machine(port: int, folder: Path) -> AsyncIterator[tuple[World, Outbox]]:
    """Yield t07 of the site gym, publishing, with its outbox on a disk."""
    clock = StillClock()
    store = await asyncio.to_thread(Store.open, folder / "machine.db", clock, "t07")
    outbox = Outbox(store, "t07", clock)
    world = World(at(port))
    world.publisher = Publisher(at(port), replace(world.ports, outbox=outbox), MACHINE)
    try:
        async with world.running():
            yield world, outbox
    finally:
        await asyncio.to_thread(store.close)


@asynccontextmanager
async def collecting(port: int, store: FloorStore, name: str = "1") -> AsyncIterator[Collector]:
    """Yield a collector at work."""
    async with living(Collector(at(port), "gym", store, StillClock(), name=name, pace=HURRY)) as collector:
        yield collector


@asynccontextmanager
async def living(collector: Collector) -> AsyncIterator[Collector]:
    """Yield collector, at work."""
    task = asyncio.create_task(collector.run())
    try:
        yield collector
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def furnished(store: FloorStore, port: int = 1, clock: StillClock | None = None) -> House:
    """Return a floor's parts around store, at the broker on port; nothing lives yet."""
    settings = FloorSettings.model_validate(
        {"floor": {"site": store.site, "time_zone": "UTC"}, "mqtt": {"host": "127.0.0.1", "port": port}}
    )
    clock = clock or StillClock()
    return furnish(settings, clock, store, Collector(at(port), store.site, store, clock, pace=HURRY))


def happen(outbox: Outbox, count: int, kind: str = "nudge") -> None:
    """Let things happen on the machine."""
    for _ in range(count):
        outbox.append(Happened(1000, kind, (("step", "ended"), ("outcome", "declined"))))
