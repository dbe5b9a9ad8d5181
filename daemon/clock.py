"""Time as the daemon reads it: one monotonic clock for all that is measured, and a wall clock that may be wrong.

Only the runner, the outputs and main read it; the policy gets time with each event.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
TIMESYNC = Path("/run/systemd/timesync")


class Clock(Protocol):
    """What main hands to everyone who needs the time."""

    @property
    def boot(self) -> str:
        """The boot that `now` counts from."""
        ...

    def now(self) -> int:
        """Return ms of the monotonic clock; never set, never jumps, shared by all processes of this boot."""
        ...

    def wall(self) -> datetime | None:
        """Return UTC now, or None while the clock is not known to be right."""
        ...


def dated(clock: Clock, at: int) -> datetime | None:
    """Return the UTC moment of the monotonic time `at`, or None while the clock is not known to be right."""
    wall = clock.wall()
    if wall is None:
        return None
    return datetime.fromtimestamp(wall.timestamp() + (at - clock.now()) / 1000, UTC)


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clocks. `offset` shifts the monotonic one; a Pi has no RTC, so wall waits for timesyncd."""

    boot: str
    offset: int = 0
    trust_wall: bool = False

    def now(self) -> int:
        return time.monotonic_ns() // 1_000_000 + self.offset

    def wall(self) -> datetime | None:
        waits = TIMESYNC.is_dir() and not (TIMESYNC / "synchronized").exists()
        return None if waits and not self.trust_wall else datetime.now(UTC)


def system_clock(*, trust_wall: bool = False) -> SystemClock:
    """Return the clock of this machine and boot."""
    return SystemClock(BOOT_ID.read_text(encoding="ascii").strip(), trust_wall=trust_wall)
