"""What may be stored and what makes no sense; nothing is dropped without a word. Pure.

What makes no sense is kept aside with the reason (the quarantine) and counts as stored, so that one bad event does not
hold up all behind it.
"""

from dataclasses import dataclass
from typing import TypeGuard

from pydantic import ValidationError
from pydantic_core import from_json

from daemon.floor.record import Record, record_of
from daemon.messages import Event
from daemon.outbox.fold import FOLDED, SUMS

LARGEST = 16 * 1024
"""Bytes of one event; a machine's are under 1 KiB."""
MOST_NUMBER = 1 << 53
"""Numbers up to here are the same in every program that reads JSON."""
LONGEST_MS = 400 * 86_400_000
"""Longest time that one event may stand for; a machine keeps nothing longer."""
LARGEST_SUM = 10 * LONGEST_MS
"""Of one sum: ms, m, events, or a time of one boot in ms."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """What makes no sense: why, and the number that it had, where one can be read."""

    machine: str
    topic: str
    payload: bytes
    reason: str
    seq: int | None = None


def sift(machine: str, topic: str, payload: bytes) -> Record | Unfit:
    """Return the event of machine that payload is, or why it is none."""
    if len(payload) > LARGEST:
        return Unfit(machine, topic, payload[:LARGEST], f"{len(payload)} bytes; {LARGEST} are the most")
    try:
        event = Event.model_validate_json(payload)
        record = record_of(event, machine)
        wrong = mistake(record, topic.rpartition("/")[2])
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        wrong = f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
    except ValueError as error:
        wrong = str(error)
    else:
        if wrong is None:
            return record
    return Unfit(machine, topic, payload, wrong, readable_seq(payload))


def mistake(record: Record, kind: str) -> str | None:
    """Return what an event says that cannot be, or None."""
    if record.kind != kind:
        return f"kind: {record.kind} on the topic of {kind[:32]}"
    if not 0 < record.seq <= MOST_NUMBER:
        return f"seq: {record.seq} is no number of an event"
    if not 0 <= record.at <= MOST_NUMBER:
        return f"uptime_ms: {record.at} cannot be"
    if "\0" in record.boot + (record.session or ""):
        return "boot or session: holds a NUL"  # which PostgreSQL does not take
    if record.kind == FOLDED:
        return _folded(record)
    if record.first != record.last:
        return "id: only hours stand for more than one event"
    ended = record.kind == "session" and record.data.get("step") == "end"
    return _session(record) if ended else None


def _session(record: Record) -> str | None:
    started, ended = record.data.get("started"), record.data.get("ended")
    if not integer(started) or not integer(ended) or not started <= ended <= record.at:
        return "data: a session that does not begin before it ends"  # it may begin before 0: in the boot before
    if ended - started > LONGEST_MS:
        return f"data: a session of {(ended - started) // 86_400_000} days"
    missing = [name for name in SUMS if not whole(record.data.get(name))]
    return f"data: {missing[0]} is no sum" if missing else _parts(record)


def _folded(record: Record) -> str | None:
    data = record.data
    bad = [name for name, value in data.items() if not whole(value)]
    lacks = [name for name in ("first", "last", "from", "since", "events") if name not in data]
    if bad or lacks:
        return f"data: {bad[0]} is no sum" if bad else f"data: {lacks[0]} is missing"
    if (data["first"], data["last"]) != (record.first, record.last) or record.first > record.last:
        return "data: first and last are not those of the id"
    if not 0 < data["from"] <= record.seq or not 0 < data["events"] <= record.last - record.first + 1:
        return "data: from or events cannot be"
    if not data["since"] <= record.at or record.at - data["since"] > LONGEST_MS:
        return "data: since cannot be"
    return _parts(record)


def _parts(record: Record) -> str | None:
    """Return which part is larger than its whole, or None."""
    belt, eligible, flat, unknown = (record.data.get(name, 0) for name in ("belt", "eligible", "flat", "unknown"))
    return "data: a part is larger than the whole" if flat > eligible or eligible > belt or unknown > belt else None


def integer(value: object) -> TypeGuard[int]:
    """Tell whether value is a whole number of a size that can be."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST_NUMBER


def whole(value: object) -> TypeGuard[int]:
    """Tell whether value is a sum that can be: not negative, and no larger than any ever is."""
    return integer(value) and 0 <= value <= LARGEST_SUM


def readable_seq(payload: bytes) -> int | None:
    """Return the number of something that is no event, where one can be read."""
    try:
        found = from_json(payload)
    except ValueError:
        return None
    seq = found.get("seq") if isinstance(found, dict) else None
    return seq if isinstance(seq, int) and not isinstance(seq, bool) and 0 < seq <= MOST_NUMBER else None
