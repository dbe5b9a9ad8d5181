"""Hears every machine, stores what they tell, says how far, and tells the gym what is free. Lives until cancelled.

The broker and the database may each be away as long as they like: machines keep their events until they are told that
they are stored, and that is told only of what a commit has put on the disk.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from daemon.backoff import delay
from daemon.clock import Clock
from daemon.floor.inbox import Inbox
from daemon.floor.link import connected
from daemon.floor.presence import Standing, floor_state, standing
from daemon.floor.sift import sift
from daemon.floor.store import About, FloorStore, ms
from daemon.messages import Info
from daemon.mqtt.broker import LOST, Broker
from daemon.mqtt.client import Client
from daemon.mqtt.faults import reason
from daemon.mqtt.topics import ROOT
from daemon.store import StoreError

log = logging.getLogger(__name__)

AWAY: Final = "The broker at {place} is out of reach: {why}. Machines keep their events; trying again."
UNWRITTEN: Final = "Nothing can be stored: {why}. Machines keep their events; trying again."
NO_CLOCK: Final = "This computer does not know the date yet. Machines keep their events until it does."
DEAF: Final = "{count} events came faster than they could be stored; their machines send them again."


type Part = Callable[[Client], Awaitable[None]]
"""Lives as long as one connection does."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things are done, in seconds."""

    state: float = 5.0  # between two _floor/state; machines believe one for 60 s
    batch: float = 0.1  # gathered before it is stored, so that a commit serves many events
    house: float = 3_600.0  # between two looks at what is too old
    retry: float = 1.0  # after a failure of the database, at first
    steady: float = 30.0  # a connection that lived this long was a good one


class Collector:
    """One floor's ear and mouth; `run` lives until cancelled."""

    def __init__(
        self, broker: Broker, site: str, store: FloorStore, clock: Clock, *, name: str = "1", keep_days: int = 400,
        pace: Pace | None = None, share: bool = False,
    ) -> None:  # fmt: skip
        self._broker = broker
        self._site = site
        self._store = store
        self._clock = clock
        self._name = name
        self._keep_days = keep_days
        self._share = share
        self._pace = pace or Pace()
        self.inbox = Inbox(site)
        self.parts: list[Part] = []
        """What else lives on our connection."""
        self._marks: dict[str, int] = {}
        self.broken: frozenset[str] = frozenset()
        """Machines that staff took out of order."""
        self._turned = asyncio.Event()
        self._faults: dict[str, str | None] = {"broker": "not connected yet", "database": None, "clock": None}
        self.connected = asyncio.Event()
        """Set while we listen."""

    def faults(self) -> dict[str, str | None]:
        """Return what is wrong with each part, in one line."""
        dropped = self.inbox.dropped
        return {**self._faults, "events": DEAF.format(count=dropped) if dropped else None}

    def standings(self) -> dict[str, Standing]:
        """Return what each machine is now; all are unknown while the date is."""
        wall = self._clock.wall()
        now = 0 if wall is None else ms(wall)
        return {name: standing(one, now, broken=name in self.broken) for name, one in self.inbox.seen.items()}

    async def run(self) -> None:
        """Collect for ever."""
        async with asyncio.TaskGroup() as tasks:
            for part in (self._keep_connected, self._keep_storing, self._keep_house):
                tasks.create_task(part())

    # the broker

    async def _keep_connected(self) -> None:
        attempt = 0
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._visit()
            except* LOST as group:
                self._say("broker", AWAY.format(place=self._broker.place, why=reason(group)))
            finally:
                self.connected.clear()
            attempt = 0 if loop.time() - began >= self._pace.steady else attempt + 1
            await asyncio.sleep(delay(attempt, random.random()))  # noqa: S311, spread, not secret

    async def _visit(self) -> None:
        async with connected(self._broker, self._site, self._name, share=self._share) as mqtt:
            log.info("Connected to the broker at %s.", self._broker.place)
            self._say("broker", None)
            self.inbox.begin()
            self.connected.set()
            async with asyncio.TaskGroup() as tasks:
                for part in (self._hear, self._tell_marks, self._tell_state, *self.parts):
                    tasks.create_task(_living(part(mqtt)))

    async def _hear(self, mqtt: Client) -> None:
        async for message in mqtt.messages:
            payload = bytes(message.payload) if isinstance(message.payload, bytes | bytearray) else b""
            wall = self._clock.wall()
            now = 0 if wall is None else ms(wall)
            topic = str(message.topic)
            if (hears := self.inbox.also.get(topic)) is not None:
                hears(payload)
            self.inbox.take(topic, payload, now, retained=bool(message.retain))

    async def _tell_marks(self, mqtt: Client) -> None:
        """Tell each machine how far it is stored: at once, and whenever that changes."""
        told: dict[str, int] = {}
        with self._patience("database"):
            self._marks.update(await asyncio.to_thread(self._store.marks))
        while True:
            self._turned.clear()
            for machine, stored in list(self._marks.items()):
                if told.get(machine) != stored:
                    topic = f"{ROOT}/{self._site}/_floor/stored/{machine}"
                    await mqtt.publish(topic, str(stored), qos=1, retain=True)
                    told[machine] = stored
            await self._turned.wait()

    async def _tell_state(self, mqtt: Client) -> None:
        while True:
            wall = self._clock.wall()
            if wall is not None:
                said = floor_state(self.inbox.seen, self.broken, self.inbox.waiting, ms(wall))
                await mqtt.publish(f"{ROOT}/{self._site}/_floor/state", said.model_dump_json(), qos=0, retain=True)
            await asyncio.sleep(self._pace.state)

    # the store

    async def _keep_storing(self) -> None:
        while True:
            await self.inbox.more.wait()
            self.inbox.more.clear()
            await asyncio.sleep(self._pace.batch)
            while self.inbox.waits:
                now = await self._date()
                await self._learn()
                await self._store_some(now)

    async def _store_some(self, now: datetime) -> None:
        some = self.inbox.some()
        if not some:
            return

        def store() -> dict[str, int]:
            return self._store.take([sift(machine, topic, payload) for machine, topic, payload in some], now).stored

        self._mark(await self._surely(store))

    async def _learn(self) -> None:
        """Keep what machines say of themselves; one that is new hears how far it is stored: not at all."""
        for machine, payload in self.inbox.introduced():
            try:
                info = Info.model_validate_json(payload)
            except ValidationError:
                continue
            about = About(info.name[:64], info.zone[:64], info.modality)

            def learn(machine: str = machine, about: About = about) -> dict[str, int]:
                return {machine: self._store.learn(machine, about)}

            self._mark(await self._surely(learn))

    def _mark(self, marks: dict[str, int]) -> None:
        self._marks.update(marks)
        self._turned.set()

    async def _surely[T](self, work: Callable[[], T]) -> T:
        """Do work in a thread, again and again until the database takes it."""
        attempt = 0
        while True:
            with self._patience("database"):
                done = await asyncio.to_thread(work)
                self._say("database", None)
                return done
            await asyncio.sleep(self._pace.retry * delay(attempt))
            attempt += 1

    async def _keep_house(self) -> None:
        """Let go of what is too old, now and then; learn what staff took out of order."""
        while True:
            now = await self._date()
            with self._patience("database"):
                gone = await asyncio.to_thread(self._store.let_go, now, self._keep_days)
                self.broken = await asyncio.to_thread(self._store.broken)
                log.debug("%d old events were deleted", gone)
            await asyncio.sleep(self._pace.house)

    async def _date(self) -> datetime:
        """Return the date, once this computer knows it: by a wrong one, events would be taken for wrong ones."""
        while (wall := self._clock.wall()) is None:
            self._say("clock", NO_CLOCK)
            await asyncio.sleep(1.0)
        self._say("clock", None)
        return wall

    @contextlib.contextmanager
    def _patience(self, part: str) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            self._say(part, UNWRITTEN.format(why=error))

    def _say(self, part: str, fault: str | None) -> None:
        """Note what is wrong with a part, and write it into the journal once."""
        if fault is not None and fault != self._faults[part]:
            log.warning("%s", fault)
        self._faults[part] = fault


async def _living(part: Awaitable[None]) -> None:
    await part
