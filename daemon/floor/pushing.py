"""Tells each machine what is wanted of it: kept by the broker, so that one that is away gets it when it returns."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

from daemon.floor.foresight import Known
from daemon.floor.inbox import Inbox
from daemon.floor.layering import Told, documents, keep, read
from daemon.floor.layers import NOTHING, Document, Standing, stands, widest_of
from daemon.floor.store import FloorStore
from daemon.messages import Settings
from daemon.mqtt.client import Client
from daemon.mqtt.topics import ROOT
from daemon.overlay import ModeName
from daemon.store import StoreError

log = logging.getLogger(__name__)

LOOK_S: Final = 5.0
"""Between two looks at the store: another floor, a new machine or a move to another zone may have changed it."""


class Pushing:
    """The settings of one site on their way to its machines."""

    def __init__(self, store: FloorStore, inbox: Inbox, look_s: float = LOOK_S) -> None:
        self.wanted: Mapping[str, Document] = {}
        """What each machine is told now."""
        self.fault: str | None = None
        self._store = store
        self._inbox = inbox
        self._look_s = look_s
        self._turned = asyncio.Event()

    def look(self) -> None:
        """Look at once whether something changed."""
        self._turned.set()

    def told(self) -> Told:
        """Return what each machine says is in force."""
        return {name: (one.told(), one.limit_action) for name, one in self._inbox.seen.items()}

    def standing(self, machine: str) -> Standing:
        """Return what became of what a machine was told."""
        return stands(self.wanted.get(machine, NOTHING), *self.heard(machine))

    def heard(self, machine: str) -> tuple[Settings | None, str | None]:
        """Return what a machine says is in force, and why it would not take what it was told."""
        seen = self._inbox.seen.get(machine)
        return (None, None) if seen is None else (seen.told(), seen.refusal)

    async def visit(self, mqtt: Client) -> None:
        """Tell machines over this connection until cancelled; each hears all once: the broker may be a new one."""
        published: dict[str, Document] = {}
        while True:
            self._turned.clear()
            try:
                self.wanted = await asyncio.to_thread(self._settle, self.told())
                self.fault = None
            except StoreError as error:
                self.fault = f"Settings cannot be read: {error}"
                log.warning("%s", self.fault)
            for machine, one in self.wanted.items():
                before = published.get(machine, NOTHING)
                if not one.same(before):
                    await self._publish(mqtt, machine, one)
                    published[machine] = one
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_s):
                    await self._turned.wait()

    async def _publish(self, mqtt: Client, machine: str, one: Document) -> None:
        if machine in self._inbox.seen:
            self._inbox.seen[machine].refusal = None
        topic = f"{ROOT}/{self._store.site}/{machine}/settings/desired"
        await mqtt.publish(topic, one.wanted().model_dump_json(exclude_none=True), qos=1, retain=True)

    def _settle(self, told: Told) -> dict[str, Document]:
        """Return what each machine is told, written down before it is; blocks. StoreError."""
        rev, layers, known = read(self._store, told)
        learnt = [replace_widest(one) for one in known]
        found = documents(layers, learnt)
        new: dict[str, tuple[Document, ModeName | None]] = {
            one.machine: (found[one.machine], one.widest)
            for one, old in zip(learnt, known, strict=True)
            if one.widest != old.widest or not found[one.machine].same(one.before)
        }
        keep(self._store, rev, new)
        return found


def replace_widest(one: Known) -> Known:
    """Return one with what its settings show of its file."""
    widest = one.widest if one.told is None else widest_of(one.told, one.before.mode, one.widest)
    return replace(one, widest=widest)
