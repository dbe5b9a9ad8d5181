"""An event as the floor keeps it: its id taken apart, its data as they came."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from daemon.messages import Event
from daemon.outbox.fold import FOLDED, KEPT, sums_of

ID: Final = re.compile(
    r"(?P<machine>[a-z0-9-]{1,32})-(?P<origin>[a-z0-9]{1,32})-(?P<first>[0-9]{1,15})(\.\.(?P<last>[0-9]{1,15}))?"
)
"""`{machine}-{origin}-{n}`, of `hours` `{machine}-{origin}-{first}..{last}`; see docs/topics.md."""


@dataclass(frozen=True, slots=True)
class Record:
    """One event of one machine. origin, first and last are its id; ts is Unix ms, None when it was not dated."""

    machine: str
    origin: str
    first: int
    last: int
    seq: int
    kind: str
    boot: str
    at: int
    ts: int | None
    session: str | None
    data: dict[str, Any]

    @property
    def key(self) -> tuple[str, int, int]:
        """What tells it from the machine's other events, for ever."""
        return self.origin, self.first, self.last

    @property
    def id(self) -> str:
        """Its id, as the machine gave it."""
        last = f"..{self.last}" if self.kind == FOLDED else ""
        return f"{self.machine}-{self.origin}-{self.first}{last}"

    @property
    def telemetry(self) -> bool:
        """Whether it may be folded; safety and audit never are."""
        return self.kind not in KEPT

    @property
    def events(self) -> int:
        """How many events of telemetry it stands for."""
        return self.number("events") if self.kind == FOLDED else int(self.telemetry)

    @property
    def begins(self) -> int:
        """The first of the numbers that it stands for."""
        return self.number("from") if self.kind == FOLDED else self.seq

    def number(self, name: str) -> int:
        """Return a number of its data. KeyError when there is none."""
        return int(self.data[name])

    def sums(self) -> Counter[str]:
        """Return what it adds to totals, named as the machine's own folding names them."""
        return sums_of(self.kind, self.data)

    def same(self, other: "Record") -> bool:
        """Tell whether other says the same; number and date may have come later."""
        return (self.key, self.kind, self.boot, self.at, self.session, told(self)) == (
            other.key, other.kind, other.boot, other.at, other.session, told(other)
        )  # fmt: skip


def told(record: Record) -> dict[str, Any]:
    """Return the data that never change: of `hours`, all but the number that it begins with."""
    return {name: value for name, value in record.data.items() if name != "from" or record.kind != FOLDED}


def record_of(event: Event, machine: str) -> Record:
    """Return the event of machine as a record. ValueError when its id is not one of that machine."""
    found = ID.fullmatch(event.id)
    if found is None or found["machine"] != machine:
        raise ValueError(f"the id {event.id[:80]!r} is none of machine {machine}")
    first = int(found["first"])
    return Record(
        machine=machine,
        origin=found["origin"],
        first=first,
        last=int(found["last"] or first),
        seq=event.seq,
        kind=event.kind,
        boot=event.boot,
        at=event.uptime_ms,
        ts=unix_ms(event.ts),
        session=event.session,
        data=dict(event.data),
    )


def unix_ms(ts: datetime | None) -> int | None:
    """Return Unix ms of an aware moment; None of None, and of one that says no zone."""
    return None if ts is None or ts.tzinfo is None else round(ts.timestamp() * 1000)
