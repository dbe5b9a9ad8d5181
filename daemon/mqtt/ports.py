"""What the publisher needs of others, so that it knows none of them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from daemon.clock import Clock
from daemon.messages import Counters, Event, Settings, SettingsWanted
from daemon.policy.events import Event as CoreEvent
from daemon.snapshot import Feed
from daemon.wire import Identity


class Outbox(Protocol):
    """Events that wait; `changed` is set when there may be more."""

    changed: asyncio.Event

    def after(self, seq: int, limit: int) -> list[Event]: ...

    def delivered(self, seq: int) -> None: ...

    def stored(self, seq: int) -> None: ...


class Rulebook(Protocol):
    """The settings in force; `change` raises daemon.rulebook.Refusal."""

    def current(self) -> Settings: ...

    def change(self, wanted: SettingsWanted, by: str, if_match: int | None = None) -> Settings: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """All that the publisher is handed by main."""

    identity: Identity
    feed: Feed
    outbox: Outbox
    rulebook: Rulebook
    clock: Clock
    submit: Callable[[CoreEvent], None]
    counters: Callable[[], Awaitable[Counters]]
    show: Callable[[str], bool]
    """Put a message of staff on the screen; False when a countdown is on."""
    identify: Callable[[], object]
