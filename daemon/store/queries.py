"""What is read back from the database; times there are monotonic and are dated by their boot's offset."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from daemon.messages import Counters, SessionRow, UsageRow
from daemon.policy.session import Totals
from daemon.store.slices import MINUTE, NAMES, Slice
from daemon.store.usage import QUARTER, by_hour, quarters, seconds, usage_row

SHORT_MS = 60_000
"""A session with less belt time is left out of rates."""

SESSIONS = f"""
    SELECT s.id, a.offset_ms + s.started, b.offset_ms + s.stopped, s.reason, s.min_incline, {", ".join(NAMES)}
    FROM session s LEFT JOIN boot a ON a.boot = s.boot LEFT JOIN boot b ON b.boot = s.stop_boot
    WHERE s.n < coalesce((SELECT n FROM session WHERE id = ?), 1 << 62)
    ORDER BY s.n DESC LIMIT ?
"""  # noqa: S608, names of ours

_IN_RANGE = """
    FROM boot b CROSS JOIN slice s ON s.boot = b.boot
        AND s.minute >= :start - b.offset_ms - :minute AND s.minute < :stop - b.offset_ms
    WHERE (s.start + b.offset_ms) / :quarter"""
WHOLE = f"""
    SELECT (s.start + b.offset_ms) / :quarter AS q, {", ".join(f"sum({name})" for name in NAMES)} {_IN_RANGE}
        = (s.stop - 1 + b.offset_ms) / :quarter GROUP BY q
"""
ACROSS = f"""
    SELECT s.start + b.offset_ms, s.stop + b.offset_ms, {", ".join(NAMES)} {_IN_RANGE}
        <> (s.stop - 1 + b.offset_ms) / :quarter
"""


def moment(unix_ms: int | None) -> datetime | None:
    """Return the UTC moment, or None of a time that could not be dated."""
    return None if unix_ms is None else datetime.fromtimestamp(unix_ms / 1000, UTC)


def sessions(db: sqlite3.Connection, limit: int, before: str | None) -> list[SessionRow]:
    """Return up to limit sessions, newest first, those older than session `before` when it is given."""
    return [_session_row(*row) for row in db.execute(SESSIONS, (before, limit))]


def _session_row(
    session: str, started: int | None, stopped: int | None, reason: str | None, min_incline: int, *sums: int
) -> SessionRow:
    t = Totals(*sums)
    return SessionRow(
        id=session,
        started=moment(started),
        ended=None if reason is None else moment(stopped),
        end_reason=reason,
        short=t.belt < SHORT_MS,
        min_incline_pct=min_incline / 10,
        belt_s=seconds(t.belt),
        pause_s=seconds(t.pause),
        eligible_s=seconds(t.eligible),
        flat_s=seconds(t.flat),
        unknown_s=seconds(t.unknown),
        gap_s=seconds(t.gap),
        distance_m=t.distance,
    )


def parts(db: sqlite3.Connection, start: int, stop: int) -> Iterable[tuple[int, Totals]]:
    """Yield (quarter, sums) of all that is dated from start to stop, Unix ms taken to whole quarters."""
    first, after = start // QUARTER, -(-stop // QUARTER)
    span = {"start": first * QUARTER, "stop": after * QUARTER, "quarter": QUARTER, "minute": MINUTE}
    for quarter, *sums in db.execute(WHOLE, span):
        if first <= quarter < after:
            yield quarter, Totals(*sums)
    for begins, ends, *sums in db.execute(ACROSS, span):
        for quarter, totals in quarters(Slice(begins, ends, Totals(*sums))):
            if first <= quarter < after:
                yield quarter, totals


def usage(db: sqlite3.Connection, start: datetime, end: datetime, zone: ZoneInfo) -> list[UsageRow]:
    """Return one row for each local hour from start to end in which anything was recorded, oldest first."""
    span = (round(moment.timestamp() * 1000) for moment in (start, end))
    return [usage_row(hour, totals) for hour, totals in by_hour(parts(db, *span), zone).items()]


def counters(db: sqlite3.Connection, now: datetime | None) -> Counters:
    """Return the sums since the store began; they never fall."""
    tally: dict[str, int] = dict(db.execute("SELECT name, n FROM tally"))
    t = Totals(*(tally.get(name, 0) for name in NAMES))
    return Counters(
        ts=now,
        belt_s=t.belt // 1000,
        occupied_s=t.occupied // 1000,
        eligible_s=t.eligible // 1000,
        flat_s=t.flat // 1000,
        unknown_s=t.unknown // 1000,
        gap_s=t.gap // 1000,
        distance_m=t.distance,
        sessions=tally.get("sessions", 0),
        nudges=_named(tally, "nudge."),
        spells=_named(tally, "spell."),
        raises=_named(tally, "raise."),
    )


def _named(tally: dict[str, int], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): n for name, n in sorted(tally.items()) if name.startswith(prefix)}
