"""A floor as it should be: stores events by id and in their order, tells how far, comes back after each outage."""

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any

import aiomqtt

from daemon.mqtt.client import Client
from tests.mqtt.world import STORED, TREE

AT_ONCE = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)


class Ledger:
    """What this floor has stored: the event of each number, in their order, and which came twice."""

    def __init__(self, port: int) -> None:
        self.events: list[dict[str, Any]] = []
        self.listening = asyncio.Event()
        self.twice = 0
        self.strays: list[dict[str, Any]] = []
        """Events with a number or an id that another event has."""
        self._ids: set[str] = set()
        self._port = port
        self._more = asyncio.Condition()

    async def run(self) -> None:
        """Listen for ever."""
        while True:
            client = Client("127.0.0.1", self._port, identifier="ledger", timeout=1.0, socket_options=AT_ONCE)
            try:
                await self._listen(client)
            except (aiomqtt.MqttError, OSError):
                await asyncio.sleep(0.01)  # as any client, not in a tight loop
            finally:
                client.drop()

    async def until(self, done: Callable[[], bool], limit_s: float = 60.0) -> None:
        """Wait until done, looking whenever something was stored."""
        async with asyncio.timeout(limit_s), self._more:
            await self._more.wait_for(done)

    async def _listen(self, client: Client) -> None:
        async with client:
            await client.subscribe(f"{TREE}/event/+", qos=1)
            await self._tell(client)
            self.listening.set()
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                await self._take(json.loads(message.payload))
                if not len(client.messages):
                    await self._tell(client)

    async def _tell(self, client: aiomqtt.Client) -> None:
        await client.publish(STORED, str(len(self.events)), retain=True)

    async def _take(self, event: dict[str, Any]) -> None:
        seq, known = event["seq"], event["id"] in self._ids
        if seq <= len(self.events):
            self.twice += 1
            if self.events[seq - 1] != event:
                self.strays.append(event)
        elif seq == len(self.events) + 1:  # what lies behind a gap comes again
            if known:
                self.strays.append(event)
            async with self._more:
                self.events.append(event)
                self._ids.add(event["id"])
                self._more.notify_all()
