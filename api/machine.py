"""What this machine tells over HTTP: state, sessions, usage, settings, health. No route begins motion."""

import csv
import io
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Response

from api.desk import Desk
from api.metrics import exposition
from api.tokens import needs_token
from daemon.messages import Health, Info, SessionRow, Settings, SettingsWanted, State, UsageRow
from daemon.wire import info_message, state_message

LONGEST_DAYS = 400


def machine_routes(desk: Desk) -> APIRouter:
    """Return the routes of /api/v1 and /metrics."""
    router = APIRouter()
    v1 = APIRouter(prefix="/api/v1")

    @v1.get("/state", summary="The machine now")
    async def state() -> State:
        return state_message(desk.feed.latest, desk.clock)

    @v1.get("/info", summary="Who and what this machine is")
    async def info() -> Info:
        return info_message(desk.identity, desk.feed.latest)

    @v1.get("/sessions", summary="Sessions, newest first")
    async def sessions(
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        before: Annotated[str | None, Query(max_length=64, description="the id of the last one seen")] = None,
    ) -> list[SessionRow]:
        return await desk.history.sessions(limit, before)

    @v1.get("/usage", summary="Usage by local hour", responses={200: {"content": {"text/csv": {}}}})
    async def usage(
        start: Annotated[datetime, Query(alias="from", description="with offset")],
        end: Annotated[datetime, Query(alias="to", description="with offset")],
        tz: Annotated[str, Query(max_length=64, description="of the hours, such as Europe/Berlin")] = "UTC",
        format: Annotated[str, Query(pattern="^(json|csv)$")] = "json",  # noqa: A002, the query's own word
    ) -> list[UsageRow]:
        rows = await desk.history.usage(*_span(start, end), _zone(tz))
        return as_csv(rows) if format == "csv" else rows  # type: ignore[return-value]  # a Response passes through

    @v1.get("/settings", summary="The policy in force")
    async def settings(response: Response) -> Settings:
        return _tagged(desk.rulebook.current(), response)

    @v1.patch("/settings", summary="Change what the network may change; takes effect when the belt is next idle")
    async def change(
        wanted: SettingsWanted,
        response: Response,
        by: Annotated[str, Depends(needs_token(desk.token_hashes))],
        if_match: Annotated[str | None, Header(max_length=32)] = None,
    ) -> Settings:
        return _tagged(desk.rulebook.change(wanted, by, _revision(if_match)), response)

    @v1.get("/health", summary="What is well and what is not")
    async def health() -> Health:
        return desk.health()

    @v1.get("/ready", summary="204 once the daemon serves")
    async def ready() -> Response:
        return Response(status_code=204)

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        text = exposition(desk.identity, desk.feed.latest, await desk.history.counters(), desk.clock.now())
        return Response(text, media_type="text/plain; version=0.0.4")

    router.include_router(v1)
    return router


def _tagged(settings: Settings, response: Response) -> Settings:
    response.headers["etag"] = f'"{settings.rev}"'
    return settings


def _revision(if_match: str | None) -> int:
    if if_match is None:
        raise HTTPException(428, "Say which revision you change: `If-Match: REV` with the ETag of GET /settings.")
    text = if_match.strip().strip('"')
    if not (text.isascii() and text.isdigit()):
        raise HTTPException(412, f"If-Match is {if_match}, which is no revision; read the settings again.")
    return int(text)


def _span(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    if start.tzinfo is None or end.tzinfo is None:
        raise HTTPException(422, "from and to need an offset, such as 2026-03-01T00:00:00Z.")
    if not start < end:
        raise HTTPException(422, "from must be before to.")
    if (end - start).days > LONGEST_DAYS:
        raise HTTPException(422, f"Ask for at most {LONGEST_DAYS} days at once.")
    return start, end


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise HTTPException(422, f"{name} is no time zone here; use a name such as Europe/Berlin.") from None


def as_csv(rows: list[UsageRow]) -> Response:
    """Return rows as CSV with a header that stays."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(UsageRow.model_fields))
    writer.writeheader()
    writer.writerows(row.model_dump(mode="json") for row in rows)
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8")
