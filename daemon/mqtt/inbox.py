"""What comes from the broker: sorted by topic, answered where it can be, counted where it is nonsense."""

import logging
from collections import Counter
from datetime import datetime

from pydantic import ValidationError
from pydantic_core import from_json

from daemon.messages import Ack, FloorState, SettingsWanted
from daemon.mqtt.orders import LARGEST, Arrived, Garbage, first_mistake, judge, refused
from daemon.mqtt.ports import Ports
from daemon.mqtt.topics import Tree
from daemon.mqtt.verbs import VERBS, change, obey
from daemon.policy.events import FloorTold
from daemon.policy.rules import FLOOR_MS

log = logging.getLogger(__name__)

AHEAD_MS = 10_000
"""How far the floor's clock may be ahead of ours."""
DESIRED = "settings/desired"
"""Stands for the id in the ack of the floor's settings, which have none."""


class Inbox:
    """Takes messages in their order; `stored` is how far the floor has stored our events, None before it said so."""

    def __init__(self, tree: Tree, ports: Ports) -> None:
        self.stored: int | None = None
        self.garbage: Counter[str] = Counter()
        self._tree = tree
        self._ports = ports
        self._until: dict[str, datetime] = {}
        self.told = False
        """Our info was told in this run."""
        self.known = False
        """It was told over an earlier connection: what the broker keeps since then is ours, or a twin's."""
        self.twin: str | None = None
        """The run of the daemon that speaks for this machine and is not ours."""

    def take(self, topic: str, payload: bytes, *, retained: bool) -> Ack | None:
        """Do what the message asks and return its ack, if it gets one; never raises."""
        verb = self._tree.verb(topic)
        kind = "command" if verb is not None else topic
        try:
            if verb is not None:
                return self._command(Arrived(verb, payload, retained))
            if topic == self._tree.desired:
                return self._desired(payload)
            if topic == self._tree.floor:
                self._floor(payload)
            if topic == self._tree.stored:
                self._mark(payload)
            if topic == self._tree.info:
                self._info(payload, retained=retained)
        except Garbage as error:
            self._count(kind, error)
        return None

    def remember(self, ack: Ack) -> None:
        """Give the same ack to a command that comes again."""
        if ack.id != DESIRED:
            self._ports.answered.remember(ack, self._until.pop(ack.id, None))

    def _count(self, kind: str, error: Garbage) -> None:
        self.garbage[kind] += 1
        if self.garbage[kind] == 1:
            log.warning("From the broker, %s; it is dropped. More of its kind are only counted.", error)

    def _command(self, arrived: Arrived) -> Ack:
        verdict = judge(arrived, self._ports.clock.wall(), VERBS)
        known = self._ports.answered.earlier(verdict.id if isinstance(verdict, Ack) else verdict.command.id)
        if known is not None:
            return known
        if isinstance(verdict, Ack):
            return verdict
        self._until[verdict.command.id] = verdict.until
        return obey(verdict, self._ports)

    def _desired(self, payload: bytes) -> Ack | None:
        """Take the floor's settings; retained by design, they mean the same however often they come."""
        if not payload:
            return None  # the retained message was cleared
        if len(payload) > LARGEST:
            raise Garbage(f"on {DESIRED}: {len(payload)} bytes; {LARGEST} are the most")
        try:
            wanted = SettingsWanted.model_validate_json(payload)
        except ValidationError as error:
            raise Garbage(f"on {DESIRED}: {first_mistake(error)}") from None
        reason = change(self._ports, wanted, "floor")
        return refused(DESIRED, "settings", reason) if reason else Ack(id=DESIRED, verb="settings", result="accepted")

    def _floor(self, payload: bytes) -> None:
        """Take what the floor says of the gym; what is old, of tomorrow, or cannot be dated is not believed."""
        now = self._ports.clock.wall()
        if not payload or now is None:
            return
        if len(payload) > LARGEST:
            raise Garbage(f"on _floor/state: {len(payload)} bytes; {LARGEST} are the most")
        try:
            told = FloorState.model_validate_json(payload)
        except ValidationError as error:
            raise Garbage(f"on _floor/state: {first_mistake(error)}") from None
        if told.ts.tzinfo is None:
            raise Garbage("on _floor/state: ts without offset")
        age = round((now - told.ts).total_seconds() * 1000)
        if -AHEAD_MS <= age <= FLOOR_MS:
            at = self._ports.clock.now() - max(0, age)
            self._ports.submit(FloorTold(at, told.waiting, tuple(sorted(told.free.items()))))

    def _info(self, payload: bytes, *, retained: bool) -> None:
        """Notice a twin: before we told our own, what the broker keeps may be of a computer that is gone."""
        if len(payload) > LARGEST:
            raise Garbage(f"on our own info: {len(payload)} bytes")
        try:
            found = from_json(payload) if payload else None
        except ValueError:
            raise Garbage(f"on our own info: {payload[:40]!r}") from None
        run = found.get("run") if isinstance(found, dict) else None
        ours = not isinstance(run, str) or run == self._ports.identity.run
        if not ours and (self.known if retained else self.told):
            self.twin = run

    def _mark(self, payload: bytes) -> None:
        if not payload:
            return
        if not (payload.isdigit() and len(payload) < 19):  # what a 64-bit integer holds
            raise Garbage(f"the floor says that it has stored events up to {payload[:40]!r}")
        self.stored = int(payload)
        self._ports.outbox.stored(self.stored)
