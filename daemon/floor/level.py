"""How each machine stands with staff: one of four levels, in one order wherever they are shown, each with its causes.

Pure; times are Unix ms. A machine that is silent is unknown, never well; where others speak and it stays silent, staff
must go and see.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Literal

from daemon.floor.presence import SILENT_MS
from daemon.messages import Alert
from daemon.mqtt.topics import ONLINE


class Level(IntEnum):
    """From the calmest to the most urgent; this is the only order there is."""

    OK = 0  # nothing to do
    WATCH = 1  # at the next round
    UNKNOWN = 2  # nobody can tell
    ACT = 3  # somebody must go there


type LevelName = Literal["ok", "watch", "unknown", "act"]

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
AWAY_MS: Final = 5 * MINUTE_MS
"""A treadmill that is not reached for so long is no passing trouble of its radio."""
ALONE_MS: Final = 15 * MINUTE_MS
"""Silent for so long while others speak: somebody must go there."""
UNUSED_DAYS: Final = 2
"""Days without a session, while others of its kind had some, that look like a machine that does not work."""
SOON: Final = 0.9
"""Share of a service interval from which the service is announced."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a machine is not well; began: since when, as far as is known."""

    code: str
    level: Level
    text: str
    began: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All that decides a machine's level."""

    now: int
    watched: int
    """Since when the floor listens without a break."""
    status: str = ""
    link: str = ""
    link_at: int = 0
    """Since when link is what it is, as far as the floor saw it."""
    heard: int = 0
    """When its last state held; 0: never."""
    others: bool = True
    """Other machines are heard."""
    out_at: int = 0
    """Since when staff took it out of order; 0: they did not."""
    out_why: str = ""
    alerts: Mapping[str, Alert] = field(default_factory=dict)
    refusal: str | None = None
    service: float = 0.0
    """Share of the service interval that is used up."""
    unused: int = 0
    """Whole days since its last session, while others of its kind were used; 0: it was, or nobody can tell."""


def causes(facts: Facts) -> list[Cause]:
    """Return why a machine is not well, the most urgent first; none: it is."""
    return sorted(_causes(facts), key=lambda one: (-one.level, one.began, one.code))


def level(found: list[Cause]) -> Level:
    """Return the level of a machine with these causes."""
    return max((one.level for one in found), default=Level.OK)


def _causes(facts: Facts) -> Iterator[Cause]:
    now = facts.now
    if facts.out_at:
        yield Cause("out_of_order", Level.WATCH, f"Out of order: {facts.out_why or 'no reason given'}", facts.out_at)
    for code, alert in facts.alerts.items():
        began = now if alert.ts is None or alert.ts.tzinfo is None else round(alert.ts.timestamp() * 1000)
        yield Cause(f"alert_{code}", Level.ACT, alert.text[:300], min(began, now))
    yield from _silence(facts)
    if facts.refusal is not None:
        yield Cause("settings_refused", Level.WATCH, f"It refuses its settings: {facts.refusal}", now)
    if facts.service >= 1:
        yield Cause("service_due", Level.ACT, f"Service is due: {facts.service:.0%} of the interval is used up", now)
    elif facts.service >= SOON:
        yield Cause("service_soon", Level.WATCH, f"Service soon: {facts.service:.0%} of the interval is used up", now)
    if facts.unused >= UNUSED_DAYS and not facts.out_at:
        text = f"Nobody was on it for {facts.unused} days while others of its kind were used: see whether it works"
        yield Cause("unused", Level.WATCH, text, now - facts.unused * 24 * HOUR_MS)


def _silence(facts: Facts) -> Iterator[Cause]:
    """Infer from silence; what the floor itself missed is no machine's silence."""
    since = max(facts.heard, facts.watched)
    quiet = facts.now - since
    if facts.status == ONLINE and quiet <= SILENT_MS:
        if facts.link not in {"", ONLINE} and facts.now - facts.link_at > AWAY_MS:
            text = "Its treadmill is not reached: switched off, or out of reach of its screen's computer"
            yield Cause("treadmill_away", Level.UNKNOWN, text, facts.link_at)
        return
    if quiet <= SILENT_MS and facts.status != "offline":
        return  # it may still speak
    began = facts.heard or facts.watched
    if not facts.others:
        text = "No machine is heard: see the broker and the network before the machines"
        yield Cause("silent", Level.UNKNOWN, text, began)
    elif quiet > ALONE_MS:
        text = "Silent while others speak: see whether its screen's computer has power and network"
        yield Cause("silent", Level.ACT, text, began)
    else:
        yield Cause("silent", Level.UNKNOWN, "Silent: it may be starting", began)
