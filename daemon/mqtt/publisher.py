"""Keeps the broker told: the newest state, every event in its order, and an answer to each wish.

A slow or missing broker holds up nothing: state is the latest one, events wait on the disk.
"""

import asyncio
import logging
import random
from collections.abc import Coroutine

import aiomqtt

from daemon.backoff import delay
from daemon.messages import Ack
from daemon.mqtt.broker import LOST, Broker, connected
from daemon.mqtt.faults import reason
from daemon.mqtt.inbox import Inbox
from daemon.mqtt.ports import Pace, Ports
from daemon.mqtt.telling import Telling
from daemon.mqtt.topics import Tree

log = logging.getLogger(__name__)

ISOLATED = "The broker at {place} is out of reach: {why}. Events wait on the disk; trying again."
UNKEPT = "in force, but the disk did not take it: it may be gone after a restart"


class Publisher:
    """One machine's side of the broker; `run` lives until cancelled, `fault` says what is wrong, if anything."""

    def __init__(self, broker: Broker, ports: Ports, pace: Pace | None = None) -> None:
        self.fault: str | None = "not connected yet"
        self._broker = broker
        self._ports = ports
        self._pace = pace or Pace()
        self._tree = Tree(ports.identity.site, ports.identity.machine)
        self._inbox = Inbox(self._tree, ports)

    async def run(self) -> None:
        """Connect and publish, for ever; a connection lost is waited out, longer each time in a row."""
        attempt = 0
        while True:
            began = self._ports.clock.now()
            try:
                await self._visit()
            except* LOST as group:
                self._complain(group)
            steady = self._ports.clock.now() - began >= self._pace.steady * 1000
            attempt = 0 if steady else attempt
            await asyncio.sleep(delay(attempt, random.random()))  # noqa: S311, spread, not secret
            attempt += 1

    async def _visit(self) -> None:
        async with connected(self._broker, self._tree, self._pace.answer) as mqtt:
            telling = Telling(mqtt, self._tree, self._ports, self._inbox, self._pace)
            await telling.greet()
            log.info("Connected to the broker at %s.", self._broker.place)
            self.fault = None
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

    def _complain(self, group: BaseExceptionGroup[Exception]) -> None:
        fault = ISOLATED.format(place=self._broker.place, why=reason(group))
        if fault != self.fault:
            log.warning("%s", fault)
        self.fault = fault

    async def _hear(self, mqtt: aiomqtt.Client, telling: Telling) -> None:
        async for message in mqtt.messages:
            payload = bytes(message.payload) if isinstance(message.payload, bytes | bytearray) else b""
            ack = self._inbox.take(str(message.topic), payload, retained=bool(message.retain))
            if ack is None:
                continue
            ack = await self._kept(ack)
            self._inbox.remember(ack)
            await telling.publish("ack", ack.model_dump_json())
            if ack.result == "accepted":
                telling.refresh()

    async def _kept(self, ack: Ack) -> Ack:
        """Return ack once what it accepts is on the disk."""
        if (ack.verb, ack.result) != ("settings", "accepted") or await self._ports.committed():
            return ack
        return ack.model_copy(update={"reason": UNKEPT})
