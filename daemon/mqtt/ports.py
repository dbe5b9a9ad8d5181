"""What the publisher needs of others, so that it knows none of them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from daemon.clock import Clock
from daemon.messages import Ack, Counters, Event, Nearby, Settings, SettingsWanted
from daemon.mqtt.orders import Memory
from daemon.policy.events import Event as CoreEvent
from daemon.snapshot import Feed
from daemon.staff import Staff
from daemon.wire import Identity


class Outbox(Protocol):
    """Events that wait; `changed` is set when there may be more."""

    changed: asyncio.Event

    def after(self, seq: int, limit: int) -> list[Event]: ...

    def delivered(self, seq: int) -> None: ...

    def stored(self, seq: int) -> None: ...


class Answered(Protocol):
    """The last commands with their acks: one that comes again gets the same ack, and does nothing."""

    def earlier(self, command_id: str, /) -> Ack | None: ...

    def remember(self, ack: Ack, until: datetime | None, /) -> None:
        """Keep ack; until: when the command will be too old anyway, None for one that could not be read."""
        ...


class Rulebook(Protocol):
    """The settings in force; `change` raises daemon.refusal.Refusal."""

    def current(self) -> Settings: ...

    def change(self, wanted: SettingsWanted, by: str, if_match: int | None = None) -> Settings: ...


def no_faults() -> Mapping[str, str | None]:
    """Return that nothing is watched."""
    return {}


async def at_once() -> bool:
    """Return that what was taken is kept."""
    return True


@dataclass(frozen=True, slots=True)
class Ports:
    """All that the publisher is handed by main."""

    identity: Identity
    feed: Feed
    outbox: Outbox
    rulebook: Rulebook
    clock: Clock
    submit: Callable[[CoreEvent], None]
    counters: Callable[[], Awaitable[Counters | None]]
    """None while they cannot be read."""
    staff: Staff
    show: Callable[[str], bool]
    """Put a message of staff on the screen; False when a countdown is on."""
    identify: Callable[[], bool]
    """Show which machine this is; False as above."""
    faults: Callable[[], Mapping[str, str | None]] = no_faults
    """What staff should see to, by code: a line, or None while it is well. `treadmill` goes into state.fault."""
    nearby: Callable[[], Nearby | None] = lambda: None
    """Machines nearby, as they were heard last."""
    committed: Callable[[], Awaitable[bool]] = at_once
    """Wait until what was taken is on the disk; False when it will not be. Asked before a wish is acknowledged."""
    answered: Answered = field(default_factory=Memory)
    """The commands that were answered."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things are told, in seconds."""

    running: float = 0.9  # least time between two states: a second, less than machines' clocks wander
    next: float = 0.3  # until a moving treadmill's next reading; most speak 4 times a second
    idle: float = 30.0  # most time between two states
    counters: float = 60.0
    repeat: float = 60.0  # the floor's time to store what was sent, before it is sent again
    repeat_most: float = 3_600.0
    answer: float = 10.0  # for the broker to answer
    steady: float = 30.0  # a connection that lived this long was a good one
    rival: float = 60.0  # first time away from the broker when another computer has our name
    rival_most: float = 3_600.0
