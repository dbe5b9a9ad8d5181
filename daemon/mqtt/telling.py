"""What is told over one connection: state, what is retained, events, counters. Its tasks end with the connection."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import aiomqtt

from daemon.messages import Alert
from daemon.mqtt.inbox import Inbox
from daemon.mqtt.ports import Pace, Ports
from daemon.mqtt.topics import OFFLINE, ONLINE, PUBLISHED, STALE, Tree
from daemon.policy.state import Link
from daemon.snapshot import Phase, Snapshot
from daemon.wire import info_message, state_message

BATCH = 64
TREADMILL = "treadmill"
"""The fault that is told with the state, not as an alert: a treadmill that is switched off needs no staff."""
LINKS = {Link.UP: ONLINE, Link.DOWN: OFFLINE, Link.LENT: OFFLINE}


class Telling:
    """Publishes through one connected client; every wait for the broker has its limit."""

    def __init__(self, mqtt: aiomqtt.Client, tree: Tree, ports: Ports, inbox: Inbox, pace: Pace) -> None:
        self._mqtt = mqtt
        self._tree = tree
        self._ports = ports
        self._inbox = inbox
        self._pace = pace
        self._told: dict[str, str] = {}
        self._alerts: dict[str, Alert] = {}
        self._sent = inbox.stored or 0  # what lies beyond is sent again
        self._news = asyncio.Event()
        self._count = asyncio.Event()

    async def publish(self, name: str, payload: str) -> None:
        """Publish and, with QoS 1, wait until the broker has it; MqttError when it does not answer."""
        kind = PUBLISHED[name.partition("/")[0]]
        await self._mqtt.publish(self._tree.own(name), payload, qos=kind.qos, retain=kind.retain)
        if name == "info":
            self._inbox.told = True

    async def greet(self) -> None:
        """Say that we are there."""
        await self.publish("status", ONLINE)

    def refresh(self) -> None:
        """Tell all that is retained again."""
        self._told.clear()
        self._news.set()
        self._count.set()

    async def states(self) -> None:
        """Publish the state on each turn of link or phase, else once a second when it changes, at least every 30 s."""
        with self._ports.feed.subscribe(self._news.set, depth=1) as reader:
            while True:
                self._news.clear()
                new = reader.take()
                seen = new or replace(self._ports.feed.latest, at=self._ports.clock.now())  # it still holds
                state = state_message(seen, self._ports.clock, self._ports.faults().get(TREADMILL))
                await self.publish("state", state.model_dump_json())
                for name, payload in self._retained(seen):
                    if self._told.get(name) != payload:
                        self._told[name] = payload
                        await self.publish(name, payload)
                await self._due(seen)

    async def _due(self, told: Snapshot) -> None:
        """Wait until a state is due: at once on a turn, else after the least time when the next reading comes.

        What came meanwhile may be old, so it waits a moment for the next; then it is told as it is.
        """
        loop, feed = asyncio.get_running_loop(), self._ports.feed
        rested, came = loop.time() + self._pace.running, False
        while (left := rested - loop.time()) > 0 and not turned(told, feed.latest):
            if await happens(self._news, left):
                came = True
                self._news.clear()
        if not turned(told, feed.latest):
            await happens(self._news, self._pace.next if came else self._pace.idle - self._pace.running)

    def _retained(self, seen: Snapshot) -> Iterator[tuple[str, str]]:
        yield "link", link_word(seen)
        yield "info", info_message(self._ports.identity, seen).model_dump_json()
        yield "settings", self._ports.rulebook.current().model_dump_json()
        if (nearby := self._ports.nearby()) is not None:
            yield "nearby", nearby.model_dump_json()
        for code, text in self._ports.faults().items():
            if code != TREADMILL:
                yield f"alert/{code}", self._alert(code, text)

    def _alert(self, code: str, text: str | None) -> str:
        known = self._alerts.get(code)
        if text is None:
            self._alerts.pop(code, None)
            return ""
        if known is None or known.text != text:
            self._alerts[code] = Alert(code=code, text=text, ts=self._ports.clock.wall())
        return self._alerts[code].model_dump_json()

    async def events(self) -> None:
        """Publish what waits, in order; a number is done when the broker has taken it."""
        outbox = self._ports.outbox
        while True:
            outbox.changed.clear()
            while batch := outbox.after(self._sent, BATCH):
                for event in batch:
                    await self.publish(f"event/{event.kind}", event.model_dump_json())
                    self._sent = event.seq
                outbox.delivered(self._sent)
                self._news.set()  # what happened may have changed what is retained
            await outbox.changed.wait()

    async def repeats(self) -> None:
        """Send again what the floor has not stored in time: a broker may drop what a slow floor does not fetch."""
        wait = self._pace.repeat
        while True:
            stored, sent = self._inbox.stored, self._sent
            await asyncio.sleep(wait)
            if stored is None or stored != self._inbox.stored or stored >= sent:
                wait = self._pace.repeat
                continue
            wait = min(2 * wait, self._pace.repeat_most)
            self._sent = stored
            self._ports.outbox.changed.set()

    async def counters(self) -> None:
        """Publish the counters each minute."""
        while True:
            self._count.clear()
            counters = await self._ports.counters()
            if counters is not None:
                await self.publish("counters", counters.model_dump_json())
            await happens(self._count, self._pace.counters)


def link_word(seen: Snapshot) -> str:
    """Return the treadmill's state behind the daemon: stale while the link is up and nothing fresh comes."""
    return STALE if seen.link is Link.UP and seen.phase is Phase.UNKNOWN else LINKS[seen.link]


def turned(told: Snapshot, seen: Snapshot) -> bool:
    """Tell whether the link or the phase is another than was told."""
    return (told.link, told.phase) != (seen.link, seen.phase)


async def happens(event: asyncio.Event, limit_s: float) -> bool:
    """Wait for event, at most limit_s; return whether it came."""
    try:
        await asyncio.wait_for(event.wait(), limit_s)
    except TimeoutError:
        return False
    return True
