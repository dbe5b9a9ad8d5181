"""The gym's own hours: tells the core when peak begins and ends, and when people come from their desks."""

from datetime import datetime
from zoneinfo import ZoneInfo

from daemon.policy.events import HourTold
from daemon.policy.hours import in_peak, windows

EVENING = range(16, 20)
SATURDAY = 5


def told(wall: datetime | None, zone: ZoneInfo, peak: str, at: int) -> HourTold:
    """Return what the clock says at `at`; wall is UTC, None while it is not known to be right."""
    if wall is None:
        return HourTold(at, None)
    local = wall.astimezone(zone)
    busy = in_peak(windows(peak), local.weekday(), local.hour * 60 + local.minute)
    return HourTold(at, busy, evening=local.weekday() < SATURDAY and local.hour in EVENING)
