"""Keeps the broker told: the newest state, every event in its order, and an answer to each wish.

A slow or missing broker holds up nothing: state is the latest one, events wait on the disk.
"""

import asyncio
import json
import logging
import random
import ssl
from collections.abc import Coroutine

import aiomqtt
from pydantic import BaseModel, ValidationError

from daemon.backoff import delay
from daemon.messages import Ack, SettingsWanted
from daemon.mqtt.broker import Broker, client
from daemon.mqtt.orders import Answered, Arrived, Garbage, Order, judge
from daemon.mqtt.ports import Ports
from daemon.mqtt.topics import PUBLISHED, Tree
from daemon.policy.state import Link
from daemon.rulebook import Refusal
from daemon.snapshot import Phase, Snapshot
from daemon.wire import info_message, state_message

log = logging.getLogger(__name__)

RUNNING_S = 1.0
IDLE_S = 30.0
COUNTERS_S = 60.0
BATCH = 64
LINKS = {Link.UP: "online", Link.DOWN: "offline", Link.LENT: "offline"}
ISOLATED = "The broker at {place} is out of reach: {why}. Events wait on the disk; trying again."


class Publisher:
    """One machine's side of the broker; `run` lives until cancelled."""

    def __init__(self, broker: Broker, ports: Ports) -> None:
        self.fault: str | None = "not connected yet"
        self.garbage = 0
        self._broker = broker
        self._ports = ports
        self._tree = Tree(ports.identity.site, ports.identity.machine)
        self._answered = Answered()
        self._sent = 0
        self._floor = 0
        self._refresh = asyncio.Event()

    async def run(self) -> None:
        """Connect and publish, for ever."""
        attempt = 0
        while True:
            try:
                async with await client(self._broker, self._tree) as mqtt:
                    if self.fault is not None:
                        log.info("Connected to the broker at %s.", self._broker.place)
                    attempt, self.fault = 0, None
                    await self._live(mqtt)
            except* (aiomqtt.MqttError, OSError, ssl.SSLError) as group:
                self._complain(group)
            await asyncio.sleep(delay(attempt, random.random()))  # noqa: S311, spread, not secret
            attempt += 1

    def _complain(self, group: BaseExceptionGroup[Exception]) -> None:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        fault = ISOLATED.format(place=self._broker.place, why=str(error).strip("[]") or type(error).__name__)
        if fault != self.fault:
            log.warning("%s", fault)
        self.fault = fault

    async def _live(self, mqtt: aiomqtt.Client) -> None:
        for topic in self._tree.subscribed:
            await mqtt.subscribe(topic, qos=1)
        self._sent = self._floor
        await self._publish(mqtt, "status", "online")
        await self._publish(mqtt, "settings", self._ports.rulebook.current())
        parts: tuple[Coroutine[None, None, None], ...] = (
            self._hear(mqtt),
            self._tell_state(mqtt),
            self._tell_events(mqtt),
            self._tell_counters(mqtt),
        )
        async with asyncio.TaskGroup() as tasks:
            for part in parts:
                tasks.create_task(part)

    async def _publish(self, mqtt: aiomqtt.Client, name: str, message: BaseModel | str) -> None:
        kind = PUBLISHED[name.split("/", 1)[0]]
        payload = message if isinstance(message, str) else message.model_dump_json()
        await mqtt.publish(self._tree.own(name), payload, qos=kind.qos, retain=kind.retain)

    async def _tell_state(self, mqtt: aiomqtt.Client) -> None:
        """Publish what changed: at most once a second, at least every 30 s."""
        info, link = None, None
        news = asyncio.Event()
        with self._ports.feed.subscribe(news.set, depth=1) as reader:
            while True:
                seen = reader.take() or self._ports.feed.latest
                news.clear()
                await self._publish(mqtt, "state", state_message(seen, self._ports.clock))
                if link != (now := link_word(seen)):
                    link = now
                    await self._publish(mqtt, "link", now)
                if info != (told := info_message(self._ports.identity, seen)):
                    info = told
                    await self._publish(mqtt, "info", told)
                await asyncio.sleep(RUNNING_S)
                await self._wait(news)

    async def _wait(self, news: asyncio.Event) -> None:
        try:
            await asyncio.wait_for(news.wait(), IDLE_S - RUNNING_S)
        except TimeoutError:
            return  # nothing new: say the same again, so that others see that we live

    async def _tell_events(self, mqtt: aiomqtt.Client) -> None:
        """Publish what waits, in order; a number is done when the broker has taken it."""
        outbox = self._ports.outbox
        while True:
            outbox.changed.clear()
            while batch := outbox.after(self._sent, BATCH):
                for event in batch:
                    await self._publish(mqtt, f"event/{event.kind}", event)
                    self._sent = event.seq
                outbox.delivered(self._sent)
            await outbox.changed.wait()

    async def _tell_counters(self, mqtt: aiomqtt.Client) -> None:
        while True:
            self._refresh.clear()
            await self._publish(mqtt, "counters", await self._ports.counters())
            await self._publish(mqtt, "settings", self._ports.rulebook.current())
            try:
                await asyncio.wait_for(self._refresh.wait(), COUNTERS_S)
            except TimeoutError:
                continue

    async def _hear(self, mqtt: aiomqtt.Client) -> None:
        async for message in mqtt.messages:
            topic = str(message.topic)
            payload = bytes(message.payload) if isinstance(message.payload, bytes | bytearray) else b""
            try:
                ack = self._take(topic, payload, retained=bool(message.retain))
            except Garbage as error:
                self.garbage += 1
                if self.garbage == 1:
                    log.warning("From the broker: %s; it is dropped. Further ones are only counted.", error)
                continue
            if ack is not None:
                self._answered.remember(ack)
                await self._publish(mqtt, "ack", ack)

    def _take(self, topic: str, payload: bytes, *, retained: bool) -> Ack | None:
        if topic == self._tree.stored:
            self._take_stored(payload)
        elif topic == self._tree.own("settings/desired"):
            return self._take_desired(payload)
        elif topic.startswith(self._tree.own("cmd/")):
            return self._command(Arrived(topic.rsplit("/", 1)[1], payload, retained))
        return None

    def _take_stored(self, payload: bytes) -> None:
        text = payload.decode("ascii", "replace").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise Garbage(f"the floor says that it has stored up to {text[:40]!r}")
        self._floor = int(text)
        self._ports.outbox.stored(self._floor)

    def _take_desired(self, payload: bytes) -> Ack | None:
        """Take the floor's settings; they are retained by design and mean the same however often they come."""
        try:
            wanted = SettingsWanted.model_validate_json(payload)
        except ValidationError as error:
            raise Garbage(f"settings/desired is not of its form: {error.errors()[0]['msg']}") from None
        return self._change(wanted, "floor", "settings-desired", "settings")

    def _command(self, arrived: Arrived) -> Ack:
        verdict = judge(arrived, self._ports.clock.wall())
        known = self._answered.earlier(verdict.id if isinstance(verdict, Ack) else verdict.command.id)
        if known is not None:
            return known
        return verdict if isinstance(verdict, Ack) else self._obey(verdict)

    def _obey(self, order: Order) -> Ack:
        ports, command = self._ports, order.command
        reason = None
        if order.verb == "refresh":
            self._refresh.set()
        elif order.verb == "identify":
            ports.identify()
        elif order.verb == "message":
            reason = self._message(command.args.get("text"))
        else:
            try:
                wanted = SettingsWanted.model_validate(command.args)
            except ValidationError as error:
                reason = f"args are not of their form: {error.errors()[0]['msg']}"
            else:
                return self._change(wanted, command.by, command.id, order.verb)
        return Ack(id=command.id, verb=order.verb, result="rejected" if reason else "accepted", reason=reason)

    def _message(self, text: object) -> str | None:
        if not isinstance(text, str) or not 0 < len(text) <= MESSAGE:
            return f"args.text must have 1 to {MESSAGE} characters"
        return None if self._ports.show(text) else "a countdown is on the screen"

    def _change(self, wanted: SettingsWanted, by: str, command_id: str, verb: str) -> Ack:
        try:
            self._ports.rulebook.change(wanted, by)
        except Refusal as error:
            return Ack(id=command_id, verb=verb, result="rejected", reason="; ".join(error.reasons)[:500])
        self._refresh.set()
        return Ack(id=command_id, verb=verb, result="accepted")


MESSAGE = 120
"""Longest message of staff on a screen, in characters."""


def link_word(seen: Snapshot) -> str:
    """Return the treadmill's state behind the daemon: stale while the link is up and nothing fresh comes."""
    return "stale" if seen.link is Link.UP and seen.phase is Phase.UNKNOWN else LINKS[seen.link]


def schema_of(model: type[BaseModel]) -> str:
    """Return a message's JSON Schema as text, the same for everyone who checks it."""
    return json.dumps(model.model_json_schema(), indent=1, sort_keys=True) + "\n"
