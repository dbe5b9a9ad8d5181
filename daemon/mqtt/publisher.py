"""Keeps the broker told: the newest state, every event in its order, and an answer to each wish.

A slow or missing broker holds up nothing: state is the latest one, events wait on the disk.
"""

import asyncio
import logging
import random
from collections.abc import Coroutine
from dataclasses import replace

import aiomqtt

from daemon.backoff import delay
from daemon.messages import Ack
from daemon.mqtt.broker import LOST, Broker, connected
from daemon.mqtt.client import Client
from daemon.mqtt.faults import LOST as LOST_WORDS
from daemon.mqtt.faults import SILENT, causes, old_broker, reason, taken_over
from daemon.mqtt.inbox import Inbox
from daemon.mqtt.ports import Pace, Ports
from daemon.mqtt.telling import Telling
from daemon.mqtt.tls import too_early
from daemon.mqtt.topics import Tree
from daemon.mqtt.twin import Rivalry, ended, pause

log = logging.getLogger(__name__)

ISOLATED = "The broker at {place} is out of reach: {why}. Events wait on the disk; trying again."
DENIED = (
    "The broker at {place} refuses some of our messages: its access list does not let {username} write all topics of"
    " this machine. Events wait on the disk; see deploy/mosquitto/acl."
)
UNANSWERED = (SILENT, LOST_WORDS)
"""What a broker makes of a version of MQTT that it does not know."""
WAITS_FOR_CLOCK = " This computer's own clock is not right yet: we try again as soon as it is."
UNKEPT = "in force, but the disk did not take it: it may be gone after a restart"


class Publisher:
    """One machine's side of the broker; `run` lives until cancelled."""

    def __init__(self, broker: Broker, ports: Ports, pace: Pace | None = None) -> None:
        self._broker = broker
        self._asked = broker  # with the version of MQTT that is tried
        self._understood = broker.version is not None
        self._ports = ports
        self._pace = pace or Pace()
        self._tree = Tree(ports.identity.site, ports.identity.machine)
        self._inbox = Inbox(self._tree, ports)
        self._away: str | None = "not connected yet"
        self._mqtt: Client | None = None
        self._rivalry = Rivalry()
        self._said: str | None = None
        self._early = False

    @property
    def fault(self) -> str | None:
        """None, or one line: why the broker does not hear us, and what to do."""
        if self._away is None and self._mqtt is not None and self._mqtt.denied:
            return DENIED.format(place=self._broker.place, username=self._broker.username or "us")
        return self._away

    @property
    def twin(self) -> str | None:
        """None, or one line: another computer has this machine's name."""
        seen = replace(self._rivalry, seen=self._rivalry.seen or self._inbox.twin is not None)
        return seen.text(f"{self._tree.site}/{self._tree.machine}")

    async def run(self) -> None:
        """Connect and publish, for ever; a connection lost is waited out, longer each time in a row."""
        attempt = 0
        while True:
            began = self._ports.clock.now()
            try:
                await self._visit()
            except* LOST as group:
                lived_s = (self._ports.clock.now() - began) / 1000
                self._learn(group, lived_s)
                attempt = 0 if lived_s >= self._pace.steady else attempt
            chance = random.random()  # noqa: S311, spread, not secret
            rival = self._rivalry.takeovers
            away = pause(self._rivalry, self._pace.rival, self._pace.rival_most, chance) if rival else 0.0
            await self._rest(max(away, delay(attempt, chance)))
            attempt += 1

    async def _visit(self) -> None:
        self._inbox.known = self._inbox.told
        async with connected(self._asked, self._tree, self._pace.answer) as mqtt:
            self._mqtt = mqtt
            telling = Telling(mqtt, self._tree, self._ports, self._inbox, self._pace)
            await telling.greet()
            log.info("Connected to the broker at %s.", self._broker.place)
            self._away, self._understood = None, True
            parts: tuple[Coroutine[None, None, None], ...] = (
                self._hear(mqtt, telling),
                telling.states(),
                telling.events(),
                telling.repeats(),
                telling.counters(),
            )
            async with asyncio.TaskGroup() as tasks:
                for part in parts:
                    tasks.create_task(part)

    def _learn(self, group: BaseExceptionGroup[Exception], lived_s: float) -> None:
        """Draw the conclusions from a connection that was lost, or never made."""
        if self._away is not None and not self._understood and (old_broker(group) or reason(group) in UNANSWERED):
            self._asked = replace(self._asked, version=4 if self._asked.version is None else self._broker.version)
        if self._away is None:
            self._note_rival(lived_s, taken_over=taken_over(group) or self._inbox.twin is not None)
        self._early = any(too_early(cause) for cause in causes(group)) and self._ports.clock.wall() is None
        fault = ISOLATED.format(place=self._broker.place, why=reason(group))
        fault += WAITS_FOR_CLOCK if self._early else ""
        if fault != self._away and not self._rivalry.takeovers:
            log.warning("%s", fault)
        self._away = fault

    def _note_rival(self, lived_s: float, *, taken_over: bool) -> None:
        """Count a lost connection for or against a twin."""
        self._rivalry = ended(self._rivalry, lived_s, self._pace.rival_most, taken_over=taken_over)
        self._inbox.twin = None  # what it said belongs to the connection that ended
        self._say_twin()

    def _say_twin(self) -> None:
        """Write it into the journal, once."""
        if self.twin not in (None, self._said):
            log.error("%s", self.twin)
        self._said = self.twin

    async def _rest(self, seconds: float) -> None:
        """Stay away; where only the clock was in the way, no longer than until it is right."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0:
            if self._early and self._ports.clock.wall() is not None:
                return
            await asyncio.sleep(min(left, 1.0) if self._early else left)

    async def _hear(self, mqtt: aiomqtt.Client, telling: Telling) -> None:
        async for message in mqtt.messages:
            payload = bytes(message.payload) if isinstance(message.payload, bytes | bytearray) else b""
            ack = self._inbox.take(str(message.topic), payload, retained=bool(message.retain))
            self._say_twin()
            if ack is None:
                continue
            self._inbox.remember(ack)
            ack = await self._kept(ack)
            await telling.publish("ack", ack.model_dump_json())
            if ack.result == "accepted":
                telling.refresh()

    async def _kept(self, ack: Ack) -> Ack:
        """Return ack once what it accepts is on the disk, and that it was answered."""
        if ack.result != "accepted" or await self._ports.committed() or ack.verb != "settings":
            return ack
        return ack.model_copy(update={"reason": UNKEPT})
