"""What comes from the broker, sorted: events wait to be stored, of all else only the newest is kept."""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from pydantic import ValidationError
from pydantic_core import from_json

from daemon.floor.presence import Seen, Waiting
from daemon.messages import Ack, Alert
from daemon.mqtt.inbox import DESIRED
from daemon.mqtt.topics import ROOT

AT_ONCE: Final = 500
"""Events in one transaction."""
MOST: Final = 20_000
"""Events that wait at most; what comes beyond is sent again by its machine."""
MACHINES: Final = 10_000
"""Names that are listened to; more are no gym, and would fill the memory."""
WORD: Final = 16
LARGEST: Final = 16 * 1024
SLUG: Final = re.compile(r"[a-z0-9-]{1,32}")
CODE: Final = re.compile(r"[a-z0-9_-]{1,32}")
AS_IT_COMES: Final = frozenset({"settings", "nearby"})
ALERTS: Final = 32
"""Codes of one machine that are listened to."""

type Arrived = tuple[str, str, bytes]
"""Machine, topic, payload."""


class Inbox:
    """Takes messages in their order; nothing here waits."""

    def __init__(self, site: str) -> None:
        self.seen: dict[str, Seen] = {}
        self.waiting: deque[Waiting] = deque(maxlen=16)
        self.more = asyncio.Event()
        """Set when there is something to store or to learn."""
        self.dropped = self.heard = 0
        """Events that came and found no place, and all that came."""
        self.acks: Callable[[str, Ack], object] = lambda _machine, _ack: None
        """Hears what machines answer to commands."""
        self.infos: dict[str, bytes] = {}
        """What each machine says of itself."""
        self.also: dict[str, Callable[[bytes], object]] = {}
        """Who hears what comes at other topics than the machines'."""
        self._events: deque[Arrived] = deque()
        self._new: dict[str, bytes] = {}
        self._head = f"{ROOT}/{site}/"

    def begin(self) -> None:
        """Forget what was true of another connection: the broker tells what it keeps anew."""
        for one in self.seen.values():
            one.status = one.link = ""
            one.alerts.clear()

    def take(self, topic: str, payload: bytes, now: int, *, retained: bool) -> None:
        """Take one message; now: Unix ms."""
        if not topic.startswith(self._head):
            return
        machine, _, name = topic[len(self._head) :].partition("/")
        if not SLUG.fullmatch(machine) or (machine not in self.seen and len(self.seen) >= MACHINES):
            return
        seen = self.seen.setdefault(machine, Seen())
        if name.startswith("event/"):
            self._event(machine, topic, payload, now)
        elif name == "state" and len(payload) <= LARGEST:
            seen.state, seen.at, seen.kept = payload, now, retained
        elif name == "info" and len(payload) <= LARGEST:
            self._info(machine, payload, seen)
        elif name in AS_IT_COMES and len(payload) <= LARGEST:
            setattr(seen, name, payload)
        elif name == "ack" and not retained and len(payload) <= LARGEST:
            self._ack(machine, payload, seen)
        elif name.startswith("alert/") and len(payload) <= LARGEST:
            _alert(name.removeprefix("alert/"), payload, seen)
        elif name in {"status", "link"}:
            setattr(seen, name, payload[:WORD].decode("ascii", "replace"))

    def _event(self, machine: str, topic: str, payload: bytes, now: int) -> None:
        self.heard += 1
        if topic.endswith("event/limit"):
            self._limit(payload, now)
        if len(self._events) >= MOST:
            self.dropped += 1
            return
        self._events.append((machine, topic, payload))
        self.more.set()

    def _limit(self, payload: bytes, now: int) -> None:
        """Hear at once that people wait, or that nobody does; an event of long ago says nothing of now."""
        try:
            found = from_json(payload)
            step, at = found["data"]["step"], round(datetime.fromisoformat(found["ts"]).timestamp() * 1000)
        except (ValueError, TypeError, KeyError, OverflowError):
            return
        if step in {"waiting", "nobody_waits"} and at <= now:
            self.waiting.append(Waiting(at, step == "waiting"))

    def _ack(self, machine: str, payload: bytes, seen: Seen) -> None:
        try:
            ack = Ack.model_validate_json(payload)
        except ValidationError:
            return
        if ack.id == DESIRED:
            seen.refusal = None if ack.result == "accepted" else (ack.reason or "the machine gave no reason")[:500]
        else:
            self.acks(machine, ack)

    def _info(self, machine: str, payload: bytes, seen: Seen) -> None:
        if not payload:
            self.infos.pop(machine, None)
        if self.infos.get(machine) == payload or not payload:
            return
        self.infos[machine] = self._new[machine] = payload
        try:
            found = from_json(payload)
            modality, seen.limit_action = found["modality"], str(found.get("limit_action", ""))[:WORD]
        except (ValueError, TypeError, KeyError, AttributeError):
            modality = "treadmill"
        seen.modality = modality if isinstance(modality, str) and SLUG.fullmatch(modality) else "treadmill"
        self.more.set()

    @property
    def waits(self) -> bool:
        """Whether there is something to store or to learn."""
        return bool(self._events or self._new)

    def some(self) -> list[Arrived]:
        """Return the oldest events, as many as one transaction takes; they are not here any more."""
        return [self._events.popleft() for _ in range(min(AT_ONCE, len(self._events)))]

    def introduced(self) -> list[tuple[str, bytes]]:
        """Return what machines said anew of themselves, once."""
        new, self._new = self._new, {}
        return list(new.items())


def _alert(code: str, payload: bytes, seen: Seen) -> None:
    """Keep what staff should see to, until the machine says that it is over: by an empty message."""
    if not payload:
        seen.alerts.pop(code, None)
    elif CODE.fullmatch(code) and (code in seen.alerts or len(seen.alerts) < ALERTS):
        with suppress(ValidationError):
            seen.alerts[code] = Alert.model_validate_json(payload)
