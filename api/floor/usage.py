"""Usage of the whole gym: pages of JSON, or CSV of any length that is sent while it is made."""

import asyncio
import base64
import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import batched, islice
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from api.floor.desk import FloorDesk, TheFloor
from api.floor.rows import HeatCell, HeatTable, UsageLine, UsagePage, figures
from api.problems import Wrong
from daemon.floor.usage import Bucket, By, Line, NotKept, Question, heat, lines

router = APIRouter(tags=["usage"])

MOST: Final = timedelta(days=20 * 366)
LATEST: Final = date(9000, 1, 1)
FIGURES: Final = tuple(name for name in UsageLine.model_fields if name not in {"start", "hours", "group"})
COLUMNS: Final = ("site", "bucket", "by", "group", "start", "hours", *FIGURES)
"""Of the CSV; new ones are only ever added at the end."""
TABLE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": UsagePage, "content": {"text/csv": {"schema": {"type": "string"}}}, "description": "Usage"}
}
Names = Annotated[list[str], Query(max_length=200, description="only these; may stand several times")]
FROM = Query(alias="from", description="first local day, such as 2026-03-01")
TO = Query(alias="to", description="the day after the last one")


@router.get("/usage", response_model=UsagePage, responses=TABLE)
async def usage(
    desk: TheFloor,
    first: Annotated[date, FROM],
    end: Annotated[date, TO],
    bucket: Annotated[Bucket, Query()] = "day",
    by: Annotated[By, Query(description="whose sums each row is")] = "site",
    machine: Names = [],  # noqa: B006, FastAPI never changes it
    zone: Names = [],  # noqa: B006
    modality: Names = [],  # noqa: B006
    form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
    sep: Annotated[Literal["comma", "semicolon"], Query(description="of the CSV")] = "comma",
    limit: Annotated[int, Query(ge=1, le=5000, description="rows of a page; CSV has no pages")] = 1000,
    cursor: Annotated[str | None, Query(max_length=400, description="`next` of the page before")] = None,
) -> Response:
    """Tell usage by local hour, day or week, or in total; weeks begin on Monday and are cut to the days asked for."""
    asked = question(first, end, bucket, by, (machine, zone, modality))
    after = None if cursor is None else place(cursor)
    found = await asyncio.to_thread(started, desk, asked, after)
    if form == "csv":
        name = f"{desk.site}-{bucket}-{first}-{end}.csv"
        heads = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(as_csv(desk, asked, found, ";" if sep == "semicolon" else ","), 200, heads, "text/csv")
    rows = await asyncio.to_thread(lambda: list(islice(found, limit + 1)))
    more = cursor_of(rows[limit - 1]) if len(rows) > limit else None
    page = UsagePage(
        site=desk.site, tz=desk.store.zone.key, bucket=bucket, by=by, rows=[row(one) for one in rows[:limit]], next=more
    )
    return Response(await asyncio.to_thread(page.model_dump_json), media_type="application/json")


@router.get("/heat")
async def by_weekday_and_hour(
    desk: TheFloor,
    first: Annotated[date, FROM],
    end: Annotated[date, TO],
    by: Annotated[By, Query(description="whose sums each row is")] = "site",
    machine: Names = [],  # noqa: B006, FastAPI never changes it
    zone: Names = [],  # noqa: B006
    modality: Names = [],  # noqa: B006
) -> HeatTable:
    """Tell usage by weekday and local hour, summed over all days that are asked for."""
    asked = question(first, end, "day", by, (machine, zone, modality))
    try:
        cells = await asyncio.to_thread(heat, desk.store, asked)
    except NotKept as error:
        raise Wrong(f"query.from: {error}") from None
    rows = [
        HeatCell.model_validate({"group": group, "weekday": weekday, "hour": hour, **figures(sums)})
        for group, weekday, hour, sums in cells
    ]
    return HeatTable(site=desk.site, tz=desk.store.zone.key, by=by, rows=rows)


def question(first: date, end: date, bucket: Bucket, by: By, only: tuple[list[str], list[str], list[str]]) -> Question:
    """Return what is asked. Wrong when it makes no sense."""
    if not date(2000, 1, 1) <= first < LATEST or not end < LATEST:
        raise Wrong("query.from: days lie between 2000-01-01 and 9000-01-01")
    if end <= first:
        raise Wrong("query.to: is not after from")
    if end - first > MOST:
        raise Wrong(f"query.to: is more than {MOST.days} days after from; ask in parts")
    machines, zones, modalities = map(frozenset, only)
    return Question(first, end, bucket, by, machines, zones, modalities)


def started(desk: FloorDesk, asked: Question, after: tuple[datetime, str] | None) -> Iterator[Line]:
    """Return the lines, the first of them made: what cannot be answered is told before anything is sent."""
    found = lines(desk.store, asked, after)
    try:
        head = next(found, None)
    except NotKept as error:
        raise Wrong(f"query.from: {error}") from None
    return iter(()) if head is None else joined(head, found)


def joined(head: Line, rest: Iterator[Line]) -> Iterator[Line]:
    """Yield head, then the rest."""
    yield head
    yield from rest


def row(line: Line) -> UsageLine:
    """Return a line in its wire form."""
    told = {"start": line.start, "hours": line.hours, "group": line.group, **figures(line.sums)}
    return UsageLine.model_validate(told)


def as_csv(desk: FloorDesk, asked: Question, found: Iterator[Line], sep: str) -> Iterator[str]:
    """Yield CSV (RFC 4180), some rows at a time: English names, point as decimal sign, unknown is empty."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=sep)
    writer.writerow(COLUMNS)
    for some in batched(found, 200):
        for line in some:
            told = figures(line.sums)
            where = (desk.site, asked.bucket, asked.by, harmless(line.group), line.start.isoformat(), line.hours)
            writer.writerow((*where, *(told[name] for name in FIGURES)))
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def harmless(word: str) -> str:
    """Return word so that no spreadsheet takes it for a formula: a zone's name comes from a machine."""
    return f"'{word}" if word[:1] in {"=", "+", "-", "@", "\t", "\r"} else word


def cursor_of(line: Line) -> str:
    """Return what leads to the lines after this one."""
    told = json.dumps([round(line.start.timestamp()), line.group])
    return base64.urlsafe_b64encode(told.encode()).decode()


def place(cursor: str) -> tuple[datetime, str]:
    """Return the place that a cursor stands for. Wrong when it is none."""
    try:
        seconds, group = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        return datetime.fromtimestamp(seconds, UTC), str(group)
    except (ValueError, TypeError, OverflowError, OSError):
        raise Wrong("query.cursor: is none that this server gave; begin again without one") from None
