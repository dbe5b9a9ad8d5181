"""Puts one floor together: store and collector. What serves its API is handed in, so that this room knows no web."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from daemon.clock import Clock, system_clock
from daemon.floor.announcing import Announcing
from daemon.floor.asking import Asking
from daemon.floor.board import Board
from daemon.floor.collector import Collector
from daemon.floor.pushing import Pushing
from daemon.floor.service import Intervals
from daemon.floor.settings import FloorSettings
from daemon.floor.store import FloorStore
from daemon.messages import Health
from daemon.mqtt import Broker
from daemon.mqtt.topics import ONLINE
from daemon.settings.credentials import credential
from daemon.settings.model import Mqtt

VERSIONS = {"3.1.1": 4, "5": 5}
"""As the protocol numbers them (MQTT 5 section 3.1.2.2)."""


@dataclass
class House:
    """The parts of one floor."""

    settings: FloorSettings
    clock: Clock
    store: FloorStore
    collector: Collector
    pushing: Pushing
    asking: Asking
    board: Board
    web: str | None = None
    """What is wrong with the web server."""

    def health(self) -> Health:
        """Tell what is well and what is not, each in one line."""
        faults = {**self.collector.faults(), "settings": self.pushing.fault, "web": self.web}
        checks = {name: fault or "ok" for name, fault in faults.items()}
        return Health(status="degraded" if any(faults.values()) else "ok", checks=checks)


type Serving = Callable[[House, Callable[[], object]], Awaitable[None]]


def build(settings: FloorSettings) -> House:
    """Open the database and make the parts; blocks. StoreError when the database cannot be used."""
    clock = system_clock(trust_wall=settings.floor.clock == "trust")
    site = settings.floor.site
    store = FloorStore.open(settings.store.database, site, ZoneInfo(settings.floor.time_zone))
    days, name, share = settings.store.keep_days, settings.floor.name, settings.floor.share
    collector = Collector(broker_of(settings.mqtt), site, store, clock, name=name, keep_days=days, share=share)
    return furnish(settings, clock, store, collector)


def furnish(settings: FloorSettings, clock: Clock, store: FloorStore, collector: Collector) -> House:
    """Put around a collector what works on its connection."""
    inbox = collector.inbox
    pushing = Pushing(store, inbox)
    asking = Asking(store.site, clock, lambda name: name in inbox.seen and inbox.seen[name].status == ONLINE)
    inbox.acks = asking.hear
    collector.parts += [pushing.visit, asking.visit]
    if settings.homeassistant is not None:
        collector.parts.append(Announcing(inbox, store.site, settings.homeassistant.prefix).visit)
    service = settings.service
    intervals = Intervals(distance=service.distance_km * 1000, belt=service.hours * 3_600_000)
    board = Board(collector, pushing, store, clock, intervals)
    return House(settings, clock, store, collector, pushing, asking, board)


def broker_of(mqtt: Mqtt) -> Broker:
    """Return where the broker is, and as whom we come."""
    handed = credential("floor") if mqtt.username else None
    tls = mqtt.tls
    return Broker(
        host=mqtt.host,
        port=mqtt.port,
        username=mqtt.username,
        password_file=mqtt.password_file or handed,
        keepalive=mqtt.keepalive,
        version=None if mqtt.version == "auto" else VERSIONS[mqtt.version],
        ca=tls.ca if tls else None,
        cert=tls.cert if tls else None,
        key=tls.key if tls else None,
    )


async def live(house: House, ready: Callable[[], object], serving: Serving | None = None) -> None:
    """Keep the floor alive until cancelled; serving is its web server, which says ready once it listens."""
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(house.collector.run())
            tasks.create_task(house.board.run())
            if serving is None:
                ready()
            else:
                tasks.create_task(_coroutine(serving(house, ready)))
    finally:
        await asyncio.to_thread(house.store.close)


async def _coroutine(work: Awaitable[None]) -> None:
    await work
