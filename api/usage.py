"""What was: sessions, newest first, and usage by local hour, for programs and for Excel."""

import asyncio
import csv
import io
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.problems import Wrong
from api.room import TheDesk
from daemon.messages import Message, SessionRow, UsageRow

router = APIRouter(tags=["usage"])

MOST = timedelta(days=400)
"""Longest time that one request may ask for: a year and some."""

MEANT = "ISO 8601; without an offset it is meant in `tz`"


class SessionPage(Message):
    """Sessions, newest first."""

    sessions: list[SessionRow]
    next: str | None
    """`before` of the next page; null: there is none."""


class UsageTable(Message):
    """Usage by local hour; an hour in which nothing was recorded has no row."""

    site: str
    machine: str
    tz: str
    rows: list[UsageRow]


COLUMNS = ("site", "machine", *UsageRow.model_fields)
"""Of the CSV; new ones are only ever added at the end."""
TABLE: dict[int | str, dict[str, Any]] = {
    200: {"model": UsageTable, "content": {"text/csv": {"schema": {"type": "string"}}}, "description": "Usage by hour"}
}


@router.get("/sessions")
async def sessions(
    desk: TheDesk,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    before: Annotated[str | None, Query(max_length=64, description="`next` of the page before")] = None,
) -> SessionPage:
    """List sessions of this machine; nobody is named in them."""
    rows = await desk.history.sessions(limit + 1, before)
    page = rows[:limit]
    return SessionPage(sessions=page, next=page[-1].id if len(rows) > limit else None)


@router.get("/usage", response_model=UsageTable, responses=TABLE)
async def usage(
    desk: TheDesk,
    start: Annotated[datetime, Query(alias="from", description=MEANT)],
    end: Annotated[datetime, Query(alias="to", description=MEANT)],
    tz: Annotated[str | None, Query(max_length=64, description="Such as Europe/Berlin; default: the daemon's")] = None,
    form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> Response:
    """Tell the usage of this machine by local hour, at most 400 days of it."""
    zone = desk.time_zone if tz is None else await _zone(tz)
    span = _span(start, end, zone)
    rows = await desk.history.usage(*span, zone)
    who = desk.identity
    if form == "csv":
        text = await asyncio.to_thread(as_csv, rows, who.site, who.machine)
        name = f"{who.machine}-{span[0]:%Y-%m-%d}-{span[1]:%Y-%m-%d}.csv"
        return Response(text, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, "text/csv")
    bare = UsageTable(site=who.site, machine=who.machine, tz=str(zone), rows=[])
    return Response(await asyncio.to_thread(as_json, rows, bare), media_type="application/json")


def as_json(rows: list[UsageRow], bare: UsageTable) -> str:
    """Return bare with rows, made row by row: a year in one piece would hold up the loop even from a thread."""
    head = bare.model_dump_json().removesuffix("]}")
    return f"{head}{','.join(row.model_dump_json() for row in rows)}]}}"


def as_csv(rows: list[UsageRow], site: str, machine: str) -> str:
    """Return rows as CSV (RFC 4180): English names, point as decimal sign, unknown is empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows((site, machine, *row.model_dump(mode="json").values()) for row in rows)
    return text.getvalue()


async def _zone(name: str) -> ZoneInfo:
    """Return the zone; its file is read in a thread."""
    try:
        return await asyncio.to_thread(ZoneInfo, name)
    except (KeyError, ValueError, OSError):
        raise Wrong("query.tz: no time zone of that name is known; one is Europe/Berlin") from None


def _span(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return both moments with an offset."""
    first, last = (m if m.tzinfo is not None else m.replace(tzinfo=zone) for m in (start, end))
    if last <= first:
        raise Wrong("query.to: is not after from")
    if last - first > MOST:
        raise Wrong(f"query.to: is more than {MOST.days} days after from; ask in parts")
    return first, last
