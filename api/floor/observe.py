"""The floor's metrics, where Prometheus looks for them."""

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

from api.floor.desk import FloorDesk, TheFloor
from api.floor.metrics import Machine, exposition
from api.metrics import CONTENT_TYPE
from daemon.floor.columns import NOTHING

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def metrics(desk: TheFloor) -> PlainTextResponse:
    """Tell all machines and the floor itself, in the text format of Prometheus."""
    page = await asyncio.to_thread(exposition, await machines(desk), desk.health(), desk.dropped())
    return PlainTextResponse(page, media_type=CONTENT_TYPE)


async def machines(desk: FloorDesk) -> list[Machine]:
    """Return all machines that are stored, as they are now."""
    known = {row["machine"]: row for row in await asyncio.to_thread(desk.store.machines)}
    sums = await asyncio.to_thread(desk.store.sums)
    now = desk.clock.wall() or datetime.now(UTC)
    return [
        Machine(
            now=one,
            link_up=one.standing in {"free", "busy"},
            age_s=None if one.seen is None else max(0.0, (now - one.seen).total_seconds()),
            sums=sums.get(one.machine, NOTHING),
            **{name: known[one.machine][name] for name in ("stored", "waiting", "unfit", "misdated")},
        )
        for one in desk.board.rows()
        if one.machine in known
    ]
