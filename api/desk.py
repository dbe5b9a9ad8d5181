"""What the API works with: all of it comes from `daemon.house`, nothing is looked up elsewhere."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from api.dropped import Dropped
from api.signins import SignIns
from daemon import messages
from daemon.author import Author
from daemon.clock import Clock
from daemon.content import Words
from daemon.policy.events import Event
from daemon.snapshot import Feed
from daemon.staff import Staff
from daemon.tokens import Refused, Token
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

    def preview(self, wanted: messages.SettingsWanted) -> messages.SettingsPreview: ...

    def change(
        self,
        wanted: messages.SettingsWanted,
        by: Author,
        if_match: int | None = None,
    ) -> messages.Settings:
        """Put wanted in force, in the name of by; raises StaleRevision, or Refusal with every reason."""
        ...


async def no_changes(_limit: int, _before: int | None) -> list[messages.SettingsChanged]:
    """Return that nothing was ever changed."""
    return []


class Tokens(Protocol):
    """The tokens of this daemon; `daemon.tokens.TokenBook` fits."""

    async def find(self, secret: str) -> Token | Refused:
        """Return the token that secret is, or why it does not count."""
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
    words: Mapping[str, Words]
    """What the screen says, by language."""
    languages: tuple[str, ...]
    """Those that a member may choose, the site's own first."""
    staff: Staff
    console_key: str
    """The kiosk's credential of this boot."""
    tokens: Tokens
    """Who may read and change things."""
    sign_ins: SignIns
    """Where wrong tokens are counted."""
    reading_open: bool = False
    """Reading needs no token: true only while the API listens on this computer alone."""
    hosts: frozenset[str] = frozenset()
    """Names and addresses, besides those of loopback, by which this server may be called."""
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """Whose hours usage is told in when a request names no other."""
    heard: Callable[[], int | None] = lambda: None
    """Returns `at` of the machine's newest reading."""
    fault: Callable[[], str | None] = lambda: None
    """Returns what is wrong with the machine's link, as health has it."""
    changes: Callable[[int, int | None], Awaitable[list[messages.SettingsChanged]]] = no_changes
    """Returns that many changes of the settings, newest first, those before a revision when it is given."""
    notice: Callable[[], str | None] = lambda: None
    """Returns the message from staff that the console page shows."""
    px_per_mm: float | None = None
    """Of the screen, where staff measured it."""
    asleep: Callable[[], bool] = lambda: False
    """Returns whether the screen is dark now: it is night, and nobody runs."""
    dropped: Dropped = field(default_factory=Dropped)
    """What pages said that made no sense."""
    pages: Path = PAGES
