"""What the floor may ask of a machine over MQTT: checked before anything happens, answered with an ack. Pure.

There is no verb that moves, starts, stops or speeds up a belt, and none will be taken.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError

from daemon.messages import Ack, Command

LARGEST = 8 * 1024
REMEMBERED = 256

VERBS = frozenset({"identify", "message", "refresh", "settings"})
"""Verbs that this version carries out."""
LATER = frozenset({"extend", "lift", "waiting", "out_of_order"})
"""Verbs of the tree that need a policy of time limits or a floor."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command that passed every check."""

    verb: str
    command: Command


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message on cmd/{verb}, as it came."""

    verb: str
    payload: bytes
    retained: bool


class Garbage(ValueError):
    """No command can be read, so nobody can be answered; counted, logged once, dropped."""


def judge(arrived: Arrived, now: datetime | None) -> Order | Ack:
    """Return the order, or the ack that refuses it. now is None while our clock is not right. Garbage."""
    if len(arrived.payload) > LARGEST:
        raise Garbage(f"{len(arrived.payload)} bytes on cmd/{arrived.verb}; {LARGEST} are the most")
    try:
        command = Command.model_validate_json(arrived.payload)
    except ValidationError as error:
        raise Garbage(f"cmd/{arrived.verb} is no command: {error.errors()[0]['msg']}") from None
    reason = _refusal(arrived, command, now)
    if reason is None:
        return Order(arrived.verb, command)
    return Ack(id=command.id, verb=arrived.verb, result="expired" if reason == "expired" else "rejected", reason=reason)


def _refusal(arrived: Arrived, command: Command, now: datetime | None) -> str | None:
    if arrived.retained:
        return "retained"  # it would come again at every reconnect
    if arrived.verb in LATER:
        return "unsupported"
    if arrived.verb not in VERBS:
        return "unknown verb"
    if now is None:
        return "clock"
    if command.ts.tzinfo is None:
        return "ts without offset"
    age = now - command.ts
    if age > timedelta(milliseconds=command.ttl_ms):
        return "expired"
    return "from the future" if age < timedelta(minutes=-5) else None


class Answered:
    """The last acks by command id: a command that comes again gets the same answer and does nothing."""

    def __init__(self) -> None:
        self._acks: OrderedDict[str, Ack] = OrderedDict()

    def earlier(self, command_id: str) -> Ack | None:
        """Return the ack that this id got before."""
        return self._acks.get(command_id)

    def remember(self, ack: Ack) -> None:
        """Keep ack; the oldest is forgotten."""
        self._acks[ack.id] = ack
        while len(self._acks) > REMEMBERED:
            self._acks.popitem(last=False)
