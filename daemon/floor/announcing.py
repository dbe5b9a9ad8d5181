"""Announces each machine to Home Assistant: at once, when what it says of itself changes, and at its every start."""

import asyncio
import json
import logging
from contextlib import suppress

from pydantic import ValidationError

from daemon.floor.homeassistant import birth, document, topic
from daemon.floor.inbox import Inbox
from daemon.messages import Info
from daemon.mqtt.client import Client
from daemon.mqtt.topics import ONLINE, REFUSED

log = logging.getLogger(__name__)

DENIED = "The broker does not let the floor tell Home Assistant of its machines; see deploy/mosquitto/acl."


class Announcing:
    """Keeps the documents at the broker as they should be; `visit` lives as long as one connection."""

    def __init__(self, inbox: Inbox, site: str, prefix: str, *, look_s: float = 5.0) -> None:
        self._inbox = inbox
        self._site = site
        self._prefix = prefix
        self._look_s = look_s
        self._told: dict[str, bytes] = {}
        self._turned = asyncio.Event()
        inbox.also[birth(prefix)] = self._born

    def _born(self, payload: bytes) -> None:
        """Hear that Home Assistant has started: it may know nothing."""
        if payload == ONLINE.encode():
            self._told.clear()
            self._turned.set()

    async def visit(self, mqtt: Client) -> None:
        """Announce over this connection until cancelled; the broker may be a new one."""
        self._told.clear()
        (answer,) = await mqtt.subscribe(birth(self._prefix), 1)
        if (answer if isinstance(answer, int) else answer.value) >= REFUSED:
            log.warning("%s", DENIED)
        while True:
            self._turned.clear()
            for machine, payload in self._wanted().items():
                if self._told.get(machine) != payload:
                    self._told[machine] = payload
                    await mqtt.publish(topic(self._prefix, self._site, machine), payload, qos=1, retain=True)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_s):
                    await self._turned.wait()

    def _wanted(self) -> dict[str, bytes]:
        """Return what should be at the broker, by machine; nothing for one that took its word back."""
        wanted = {machine: b"" for machine, payload in self._told.items() if payload}
        for machine, said in self._inbox.infos.items():
            with suppress(ValidationError):
                info = Info.model_validate_json(said)
                if (info.site, info.machine) == (self._site, machine):
                    wanted[machine] = json.dumps(document(info), separators=(",", ":")).encode()
        return wanted
