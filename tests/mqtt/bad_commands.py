"""Commands that no machine may obey: forged, kept, expired, of the future, oversized, malformed, of no known verb."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from daemon.mqtt.orders import AHEAD, LARGEST
from tests.mqtt.world import NOON, order

MOTION = ("incline", "start", "stop", "speed", "resume", "raise", "lower", "pause", "reset", "target", "control")


@dataclass(frozen=True)
class Bad:
    """One command and what becomes of it; id None: it gets no ack."""

    id: str | None
    reason: str = ""
    verb: str = "identify"
    result: str = "rejected"
    retained: bool = False
    clock: datetime | None = NOON
    raw: bytes | None = None
    fields: tuple[tuple[str, Any], ...] = ()

    def payload(self) -> bytes:
        return json.dumps(order(self.id or "", **dict(self.fields))).encode() if self.raw is None else self.raw


def bad(id_: str, reason: str, **fields: Any) -> Bad:
    return Bad(id_, reason, fields=tuple(fields.items()))


def ago(**time: float) -> str:
    return (NOON - timedelta(**time)).isoformat()


def raw(id_: str | None, reason: str, payload: Callable[[], bytes]) -> Bad:
    return Bad(id_, reason, raw=payload())


def whole(id_: str, **fields: Any) -> bytes:
    return json.dumps(order(id_, **fields)).encode()


BAD: dict[str, Bad] = {
    "kept": Bad("b-kept", "retained", retained=True),
    "kept, and wrong in all else": Bad("b-kept-2", "retained", "start", retained=True, clock=None),
    "expired by a moment": Bad(
        "b-old", "expired", result="expired", fields=(("ts", ago(milliseconds=10_001)),)
    ),
    "of last year": Bad("b-year", "expired", result="expired", fields=(("ts", ago(days=365)),)),
    "of the future": bad("b-early", "from the future", ts=(NOON + AHEAD + timedelta(seconds=1)).isoformat()),
    "of another century": bad("b-2136", "from the future", ts="2136-06-01T12:00:00Z"),
    "before our clock is right": Bad("b-clock", "clock", clock=None),
    "old, before our clock is right": Bad("b-clock-2", "clock", clock=None, fields=(("ts", ago(days=365)),)),
    "without offset": bad("b-offset", "ts without offset", ts="2026-06-01T12:00:00"),
    "a lifetime of a year": bad("b-ttl", "no command: ttl_ms", ttl_ms=31_536_000_000),
    "a lifetime of nothing": bad("b-ttl-0", "no command: ttl_ms", ttl_ms=0),
    "by nobody": bad("b-by", "no command: by", by=""),
    "one field more": bad("b-more", "no command: speed", speed=12),
    "args that are none": bad("b-args", "no command: args", args=7),
    "one byte too large, id first": raw(
        "b-large", "too large", lambda: whole("b-large", args={"text": "x" * LARGEST})
    ),
    "cut off": raw("b-cut", "no command", lambda: whole("b-cut")[:40]),
    "no time": raw("b-bare", "no command: ts", lambda: b'{"id": "b-bare", "by": "alex", "ttl_ms": 1}'),
    "doubly encoded": raw("b-nul", "no command", lambda: b'{"id": "b-nul", "args": "\\u0000"}'),
    "empty": raw(None, "", lambda: b""),
    "no text": raw(None, "", lambda: b"\xff\x00\xfe"),
    "nested without end": raw(None, "", lambda: b"[" * LARGEST),
    "no id": raw(None, "", lambda: b'{"by": "alex"}'),
    "an id that is a number": raw(None, "", lambda: b'{"id": 7}'),
    "an id that is too long": raw(None, "", lambda: whole("x" * 65)),
    "too large, id last": raw(None, "", lambda: b" " * LARGEST + whole("b-last")),
    **{f"cmd/{verb}": Bad(f"b-{verb}", "unknown verb", verb) for verb in MOTION},
    "a verb of two levels, as another's": Bad("b-case", "unknown verb", "Identify"),
    "raise, in args of settings": Bad(
        "b-settings", "args: target", "settings", fields=(("args", {"target": 15}),)
    ),
    "enforce, from afar": Bad("b-mode", "mode: enforce", "settings", fields=(("args", {"mode": "enforce"}),)),
}  # fmt: skip
