"""What the API works with: all of it comes from `daemon.house`, nothing is looked up elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from daemon import messages
from daemon.clock import Clock
from daemon.content import Texts
from daemon.policy.events import Event
from daemon.snapshot import Feed
from daemon.staff import Staff
from daemon.wire import Identity

PAGES = Path(__file__).parent / "static"


class History(Protocol):
    """What the store remembers; `daemon.store.Store` fits. StoreError when it cannot be read."""

    async def sessions(self, limit: int, before: str | None = None) -> list[messages.SessionRow]:
        """Return up to limit sessions, newest first, those after session `before` when it is given."""
        ...

    async def usage(self, start: datetime, end: datetime, zone: ZoneInfo) -> list[messages.UsageRow]:
        """Return one row for each local hour in which anything was recorded."""
        ...

    async def counters(self) -> messages.Counters:
        """Return the sums since the store began."""
        ...

    async def committed(self) -> bool:
        """Wait until all that was taken is on the disk; False when it is not in time."""
        ...


class Rulebook(Protocol):
    """The settings in force; `daemon.rulebook.Rulebook` fits."""

    def current(self) -> messages.Settings: ...

    def change(self, wanted: messages.SettingsWanted, by: str, if_match: int | None = None) -> messages.Settings:
        """Put wanted in force; raises StaleRevision, or Refusal with every reason."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that the API may see and do; it holds no driver, and no field begins motion."""

    feed: Feed
    clock: Clock
    identity: Identity
    submit: Callable[[Event], None]
    history: History
    rulebook: Rulebook
    health: Callable[[], messages.Health]
    texts: Texts
    staff: Staff
    console_key: str
    """The kiosk's credential of this boot."""
    token_hashes: frozenset[str] = frozenset()
    """SHA-256 in hex of each token that may change settings."""
    hosts: frozenset[str] = frozenset()
    """Names and addresses, besides those of loopback, by which this server may be called."""
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """Whose hours usage is told in when a request names no other."""
    heard: Callable[[], int | None] = lambda: None
    """Returns `at` of the machine's newest reading."""
    notice: Callable[[], str | None] = lambda: None
    """Returns the message from staff that the console page shows."""
    px_per_mm: float | None = None
    """Of the screen, where staff measured it."""
    pages: Path = PAGES
