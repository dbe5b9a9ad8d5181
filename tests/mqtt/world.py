"""What stands around the publisher in its tests: a machine's feed, rules and events, and a floor at the broker."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, override

import aiomqtt

from daemon.messages import Counters, Event, Nearby, NearbyMachine, Settings, SettingsWanted
from daemon.mqtt import Broker, Pace, Ports, Publisher
from daemon.mqtt.ports import Answered, at_once
from daemon.policy.events import Event as CoreEvent
from daemon.policy.events import Happened
from daemon.policy.rules import Mode
from daemon.policy.state import Link
from daemon.refusal import Refusal
from daemon.snapshot import Feed, Phase, Snapshot
from daemon.staff import Staff
from daemon.wire import Identity

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LIMIT_S = 20.0
QUICK = Pace(running=0.02, idle=5.0, counters=60.0, repeat=60.0, answer=5.0, rival=0.02, rival_most=0.1)
ROWER = NearbyMachine(machine="r01", kind="rower", standing="free")
NEARBY = Nearby(ts=datetime(2026, 6, 1, 12, tzinfo=UTC), machines=[ROWER])
IDENTITY = Identity("gym", "t07", "Treadmill 7", "hall", "simulated:", "0.1.0", run="run-1")
FIRST = Snapshot(at=1000, seq=0, link=Link.UP, phase=Phase.RUNNING, mode=Mode.NUDGE, speed=800, incline=5)
TREE = "inclined/v1/gym/t07"
STORED = "inclined/v1/gym/_floor/stored/t07"


@dataclass
class StillClock:
    """A clock that stands; wall is None until it is right."""

    boot: str = "boot-1"
    at: int = 1000
    right: datetime | None = NOON

    def now(self) -> int:
        return self.at

    def wall(self) -> datetime | None:
        return self.right


class MemoryOutbox:
    """Events in memory; `delivered` and `stored` only note what they heard."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.events: list[Event] = []
        self.sent = 0
        self.floor = 0

    def append(self, kind: str = "nudge", **data: str | int | bool | None) -> Event:
        seq = len(self.events) + 1
        form = {"id": f"t07-a-{seq}", "seq": seq, "kind": kind, "ts": NOON, "boot": "boot-1", "uptime_ms": seq}
        self.events.append(Event.model_validate(form | {"session": None, "data": data}))
        self.changed.set()
        return self.events[-1]

    def after(self, seq: int, limit: int) -> list[Event]:
        return [event for event in self.events if event.seq > max(seq, self.floor)][:limit]

    def delivered(self, seq: int) -> None:
        self.sent = seq

    def stored(self, seq: int) -> None:
        self.floor = seq


@dataclass
class Book:
    """Rules that only narrow; enforce is refused."""

    now: Settings = field(
        default_factory=lambda: Settings(rev=1, mode="nudge", values={"min_incline": 10}, sources={"mode": "file"})
    )
    changes: list[tuple[SettingsWanted, str]] = field(default_factory=list)

    def current(self) -> Settings:
        return self.now

    def change(self, wanted: SettingsWanted, by: str, if_match: int | None = None) -> Settings:
        assert if_match is None
        if wanted.mode == "enforce":
            raise Refusal(["mode: enforce goes beyond nudge"])
        self.changes.append((wanted, by))
        values = self.now.values | wanted.values
        self.now = self.now.model_copy(update={"rev": self.now.rev + 1, "values": values})
        return self.now


class World:
    """One machine's publisher with hand-driven surroundings."""

    def __init__(self, broker: Broker, pace: Pace = QUICK) -> None:
        self._broker = broker
        self.clock = StillClock()
        self.feed = Feed(FIRST)
        self.outbox = MemoryOutbox()
        self.book = Book()
        self.submitted: list[CoreEvent] = []
        self.shown: list[str] = []
        self.told: list[Happened] = []
        self.busy = False  # a countdown is on the screen
        self.faults: dict[str, str | None] = {}
        self.keeps = True  # the disk takes what it is given
        self.pace = pace
        self.ports = Ports(
            IDENTITY,
            self.feed,
            self.outbox,
            self.book,
            self.clock,
            self.submitted.append,
            self._counters,
            Staff(self.feed, self.clock, self.submitted.append, self.told.append),
            show=self._show,
            identify=lambda: self._show("identify"),
            faults=lambda: self.faults,
            nearby=lambda: NEARBY,
            committed=self._committed,
        )
        self.publisher = Publisher(broker, self.ports, pace)

    def name_run(self, run: str) -> None:
        """Be another run of the daemon, or another computer."""
        self.ports = replace(self.ports, identity=replace(self.ports.identity, run=run))
        self.publisher = Publisher(self._broker, self.ports, self.pace)

    def take_answers(self, answered: Answered) -> None:
        """Remember answers there."""
        self.ports = replace(self.ports, answered=answered, committed=at_once)
        self.publisher = Publisher(self._broker, self.ports, self.pace)

    def tell(self, **changes: Any) -> Snapshot:
        """Let the machine say something new."""
        latest = self.feed.latest
        self.feed.publish(replace(latest, seq=latest.seq + 1, **changes))
        return self.feed.latest

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Publisher]:
        """Run the publisher beside the test; end it as the daemon does."""
        task = asyncio.create_task(self.publisher.run())
        try:
            yield self.publisher
        finally:
            if task.done():
                task.result()  # it ended by itself: that is the failure
            task.cancel()
            await asyncio.wait([task])

    def _show(self, text: str) -> bool:
        if not self.busy:
            self.shown.append(text)
        return not self.busy

    async def _counters(self) -> Counters:
        sums = dict.fromkeys(("belt_s", "occupied_s", "eligible_s", "flat_s", "unknown_s", "gap_s", "distance_m"), 1)
        return Counters.model_validate({"ts": NOON, **sums, "sessions": 1, "nudges": {}, "raises": {}})

    async def _committed(self) -> bool:
        return self.keeps


@dataclass(frozen=True)
class Heard:
    """A message as a subscriber got it."""

    topic: str
    payload: bytes
    retained: bool
    qos: int

    @property
    def name(self) -> str:
        return self.topic.removeprefix(TREE + "/")

    @property
    def json(self) -> Any:
        return json.loads(self.payload)


class Floor:
    """The gym floor's own client: hears all, asks for things."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.heard: list[Heard] = []
        self._client = client
        self._more = asyncio.Condition()

    async def listen(self) -> None:
        async for message in self._client.messages:
            assert isinstance(message.payload, bytes)
            async with self._more:
                one = Heard(str(message.topic), message.payload, bool(message.retain), message.qos)
                self.heard.append(one)
                self._more.notify_all()

    async def until[T](self, find: Callable[[list[Heard]], T], limit_s: float = LIMIT_S) -> T:
        """Wait until find finds something (is truthy) in all that was heard; return it."""
        async with asyncio.timeout(limit_s), self._more:
            while not (found := find(self.heard)):
                await self._more.wait()
            return found

    async def message(self, name: str, nth: int = 0) -> Heard:
        """Wait for the nth message of this name."""
        return (await self.until(lambda heard: named(heard, name)[nth:]))[0]

    async def say(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        await self._client.publish(topic, payload, qos=1, retain=retain)

    async def command(self, verb: str, *, id: str = "c-1", retain: bool = False, **changes: Any) -> None:  # noqa: A002, the field's name
        await self.say(f"{TREE}/cmd/{verb}", json.dumps(order(id, **changes)), retain=retain)

    async def ack(self, command_id: str, nth: int = 0) -> Any:
        """Wait for the nth ack of a command."""
        acks = await self.until(lambda heard: [a.json for a in named(heard, "ack") if a.json["id"] == command_id][nth:])
        return acks[0]


def order(command_id: str, **changes: Any) -> dict[str, Any]:
    """Return a good command, with changes."""
    good = {"id": command_id, "ts": NOON.isoformat(), "ttl_ms": 10_000, "by": "alex", "args": {}}
    return good | changes


def named(heard: Iterable[Heard], name: str) -> list[Heard]:
    """Return what was heard under this name, or below it."""
    return [one for one in heard if one.name == name or one.name.startswith(f"{name}/")]


@asynccontextmanager
async def floor_at(port: int, **options: Any) -> AsyncIterator[Floor]:
    """Yield a floor that listens to everything on the broker."""
    async with aiomqtt.Client("127.0.0.1", port, identifier="floor", **options) as client:
        await client.subscribe("#", qos=1)
        floor = Floor(client)
        listening = asyncio.create_task(floor.listen())
        try:
            yield floor
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError, aiomqtt.MqttError):
                await listening


def at(port: int, **options: Any) -> Broker:
    """Return how to reach the broker on this port."""
    return Broker("127.0.0.1", port, **options)


class Ear(logging.Handler):
    """Hears what is logged, and lets a test wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._news = asyncio.Event()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        self._news.set()

    async def until(self, words: str, limit_s: float = LIMIT_S) -> str:
        """Wait for a line with these words."""
        async with asyncio.timeout(limit_s):
            while not (found := [line for line in self.lines if words in line]):
                self._news.clear()
                await self._news.wait()
            return found[0]
