"""The date: whether it is set from the network, and whether it can be right at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from daemon.clock import TIMESYNC
from daemon.doctor.finding import Finding, bad, look, ok
from daemon.doctor.tool import pairs, told

FAR = timedelta(days=15 * 365)
"""A date so long after this version was made is a wrong clock sooner than an old installation."""
SYNC = (
    "see that this computer reaches a time server: timedatectl timesync-status; name the gym's own in "
    "/etc/systemd/timesyncd.conf"
)
SET = f"commands, tokens and certificates go by it; {SYNC}"


@dataclass(frozen=True, slots=True)
class Time:
    """What was seen; synced is None where nobody can tell."""

    wall: datetime
    made: datetime
    """When this version was made: it cannot be earlier now."""
    synced: bool | None
    trusted: bool = False
    """The configuration says that this computer has a clock of its own."""


def seen(*, trusted: bool) -> Time:
    """Return what this computer's clock says of itself."""
    shown = pairs(told("timedatectl", "show")).get("NTPSynchronized")
    synced = shown == "yes" if shown else (TIMESYNC / "synchronized").exists() if TIMESYNC.is_dir() else None
    made = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    return Time(datetime.now(UTC), made, synced, trusted)


def judged(time: Time) -> Iterator[Finding]:
    """Yield what that means."""
    now = f"it is {time.wall:%Y-%m-%d %H:%M} UTC"
    if time.wall < time.made - timedelta(days=1):
        yield bad("clock", f"{now} here, which is before this version was made", SET)
    elif time.wall > time.made + FAR:
        yield bad("clock", f"{now} here, many years after this version was made", SET)
    elif time.synced:
        yield ok("clock", f"{now}, set from the network")
    elif time.trusted:
        yield look("clock", f'{now}; not set from the network, and clock = "trust" believes it', f"compare it; {SYNC}")
    elif time.synced is None:
        yield look("clock", f"{now}; nobody here tells whether that is right", SYNC)
    else:
        yield look("clock", f"{now}; not set from the network yet, so nothing is dated and commands are refused", SYNC)
