"""From slices to local hours. Pure; Unix time and sums in ms, distance in m."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from daemon.messages import UsageRow
from daemon.policy.session import Totals
from daemon.store.slices import Slice, edges, plus, portion, values

QUARTER = 900_000
"""Every zone of today begins its hours on a quarter of UTC; sums by it serve all zones."""


def quarters(piece: Slice) -> Iterable[tuple[int, Totals]]:
    """Share piece, in Unix ms, among the quarters of an hour that it touches; nothing is lost or added."""
    for start, stop in edges(piece.start, piece.stop, QUARTER):
        shares = (portion(whole, piece.start, piece.stop, (start, stop)) for whole in values(piece.totals))
        yield start // QUARTER, Totals(*shares)


def local_hour(quarter: int, zone: ZoneInfo) -> datetime:
    """Return the local hour that quarter lies in, with its offset: of an hour that comes twice, there are two."""
    local = datetime.fromtimestamp(quarter * QUARTER / 1000, UTC).astimezone(zone)
    offset = local.utcoffset() or timedelta(0)
    return local.replace(minute=0, second=0, microsecond=0, fold=0, tzinfo=timezone(offset))


def by_hour(parts: Iterable[tuple[int, Totals]], zone: ZoneInfo) -> dict[datetime, Totals]:
    """Sum quarters into local hours, oldest first; an hour in which nothing was recorded has no entry."""
    hours: dict[datetime, Totals] = {}
    for quarter, totals in sorted(parts, key=lambda part: part[0]):
        hour = local_hour(quarter, zone)
        hours[hour] = plus(hours.get(hour, Totals()), totals)
    return hours


def seconds(ms: int) -> int:
    """Return ms in whole seconds, rounded."""
    return (ms + 500) // 1000


def ratio(part: int, whole: int) -> float | None:
    """Return part / whole to four places, or None of nothing."""
    return round(part / whole, 4) if whole else None


def usage_row(start: datetime, t: Totals) -> UsageRow:
    """Return the message for one hour; shares come from ms, not from rounded seconds."""
    return UsageRow(
        start=start,
        belt_s=seconds(t.belt),
        occupied_s=seconds(t.occupied),
        eligible_s=seconds(t.eligible),
        flat_s=seconds(t.flat),
        unknown_s=seconds(t.unknown),
        gap_s=seconds(t.gap),
        distance_m=t.distance,
        flat_share=ratio(t.flat, t.eligible),
        coverage=ratio(t.belt - t.unknown, t.belt + t.gap),
    )
