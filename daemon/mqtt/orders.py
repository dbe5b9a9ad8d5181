"""What the floor may ask of a machine over MQTT: checked before anything happens, answered with an ack. Pure.

There is no verb that moves, starts, stops or speeds up a belt, and none will be taken.
"""

import re
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError
from pydantic_core import from_json

from daemon.messages import Ack, Command

LARGEST = 8 * 1024
"""Longest message taken, in bytes."""
REMEMBERED = 256
"""Acks kept, to answer a command that comes again."""
AHEAD = timedelta(minutes=5)
"""How far the sender's clock may be ahead of ours."""
FIRST_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*"([^"\\\x00-\x1f]{1,64})"')


@dataclass(frozen=True, slots=True)
class Order:
    """A command that passed every check."""

    verb: str
    command: Command

    @property
    def until(self) -> datetime:
        """When it will be too old."""
        return self.command.ts + timedelta(milliseconds=self.command.ttl_ms)


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message on cmd/{verb}, as it came."""

    verb: str
    payload: bytes
    retained: bool


class Garbage(ValueError):
    """Nothing can be read of it, so nobody can be answered; counted, logged once per kind, dropped."""


def judge(arrived: Arrived, now: datetime | None, verbs: Collection[str]) -> Order | Ack:
    """Return the order, or the ack that refuses it; now is None while our clock is not right.

    Garbage when it is no command and no id can be read of it.
    """
    if len(arrived.payload) > LARGEST:
        return _unreadable(arrived, f"too large: {len(arrived.payload)} bytes; {LARGEST} are the most")
    try:
        command = Command.model_validate_json(arrived.payload)
    except ValidationError as error:
        return _unreadable(arrived, f"no command: {first_mistake(error)}")
    reason = _refusal(arrived, command, now, verbs)
    if reason is None:
        return Order(arrived.verb, command)
    return refused(command.id, arrived.verb, reason)


def refused(command_id: str, verb: str, reason: str) -> Ack:
    """Return the ack that says no."""
    return Ack(id=command_id, verb=verb, result="expired" if reason == "expired" else "rejected", reason=reason)


def first_mistake(error: ValidationError) -> str:
    """Return the first thing that is wrong, with its place."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]


def _unreadable(arrived: Arrived, reason: str) -> Ack:
    command_id = readable_id(arrived.payload)
    if command_id is None:
        raise Garbage(f"on cmd/{arrived.verb[:40]}: {reason}")
    return refused(command_id, arrived.verb, reason)


def readable_id(payload: bytes) -> str | None:
    """Return the id of something that is no command, where one can be read; of what is too large, only its head."""
    if len(payload) <= LARGEST:
        try:
            whole = from_json(payload)
        except ValueError:
            whole = None
        found = whole.get("id") if isinstance(whole, dict) else None
        if isinstance(found, str) and 0 < len(found) <= 64:
            return found
    head = FIRST_ID.match(payload[:256])
    return head[1].decode("utf-8", "replace") if head else None


def _refusal(arrived: Arrived, command: Command, now: datetime | None, verbs: Collection[str]) -> str | None:
    if arrived.retained:
        return "retained"  # it would come again at every reconnect
    if arrived.verb not in verbs:
        return "unknown verb"
    if now is None:
        return "clock"
    if command.ts.tzinfo is None:
        return "ts without offset"
    age = now - command.ts
    if age > timedelta(milliseconds=command.ttl_ms):
        return "expired"
    return "from the future" if age < -AHEAD else None


class Memory:
    """The last acks by command id, in memory only: a command that comes again gets the same answer and does nothing."""

    def __init__(self) -> None:
        self._acks: OrderedDict[str, Ack] = OrderedDict()

    def earlier(self, command_id: str) -> Ack | None:
        """Return the ack that this id got before."""
        return self._acks.get(command_id)

    def remember(self, ack: Ack, _: datetime | None = None) -> None:
        """Keep ack; the oldest is forgotten."""
        self._acks[ack.id] = ack
        while len(self._acks) > REMEMBERED:
            self._acks.popitem(last=False)
