"""All that the API is handed by main; it reaches no machine and keeps nothing itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from daemon.clock import Clock
from daemon.content import Texts
from daemon.messages import Counters, Health, SessionRow, Settings, SettingsWanted, UsageRow
from daemon.policy.events import Event
from daemon.snapshot import Feed
from daemon.wire import Identity


class History(Protocol):
    """What the store tells."""

    async def sessions(self, limit: int, before: str | None = None) -> list[SessionRow]: ...

    async def usage(self, start: datetime, end: datetime, zone: ZoneInfo) -> list[UsageRow]: ...

    async def counters(self) -> Counters: ...


class Rulebook(Protocol):
    """The settings in force; `change` raises daemon.rulebook.Refusal."""

    def current(self) -> Settings: ...

    def change(self, wanted: SettingsWanted, by: str, if_match: int | None = None) -> Settings: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the routes find what they need."""

    identity: Identity
    clock: Clock
    feed: Feed
    submit: Callable[[Event], None]
    history: History
    rulebook: Rulebook
    health: Callable[[], Health]
    texts: Texts
    notice: Callable[[], str | None]
    """A word of staff for the screen."""
    console_key: str
    """The kiosk's credential, made anew at each start."""
    token_hashes: frozenset[str] = frozenset()
    """SHA-256 in hex of the tokens that may change settings."""
    hosts: frozenset[str] = frozenset()
    """Names besides the loopback ones that this server answers to."""
    px_per_mm: float | None = None
