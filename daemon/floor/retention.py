"""Lets go of events that are older than staff keep them; the rollups by day and hour stay."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete

from daemon.floor import tables as t
from daemon.floor.account import midnight
from daemon.floor.figures import KEPT_SINCE, kept_since, note

HELP_MS: Final = 24 * 3_600_000
"""A call for help is forgotten after a day, here too."""


def horizon(now: datetime, days: int, zone: ZoneInfo) -> date:
    """Return the first day whose events are kept: the first of a month, so that no rollup is cut in two."""
    there = now.astimezone(zone).date() - timedelta(days=days)
    return there.replace(day=1)


def let_go(db: Connection, now: datetime, days: int, zone: ZoneInfo) -> int:
    """Delete events told before the horizon, and calls for help of more than a day; return how many."""
    since = max(horizon(now, days, zone), kept_since(db))
    e = t.event.c
    old = e.moment < midnight(since, zone)
    asked = (e.kind == "help") & (e.moment < round(now.astimezone(UTC).timestamp() * 1000) - HELP_MS)
    gone = db.execute(delete(t.event).where(old | asked)).rowcount
    note(db, KEPT_SINCE, since.isoformat())
    return gone
