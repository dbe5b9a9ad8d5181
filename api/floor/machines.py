"""What the floor knows of each machine, and how it is itself."""

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

from api.floor.desk import TheFloor
from api.floor.rows import MachineRow, MachineTable, QuarantineTable, UnfitRow
from daemon.messages import Health

router = APIRouter(tags=["machines"])
usual = APIRouter(include_in_schema=False)
"""Where monitors look unless they are told otherwise."""


@router.get("/machines")
async def machines(desk: TheFloor) -> MachineTable:
    """List all machines: what they are now, who must see to them, and how far their events are stored."""
    rows = {row["machine"]: row for row in await asyncio.to_thread(desk.store.machines)}
    now = [one for one in desk.board.rows() if one.machine in rows]
    return MachineTable(machines=[MachineRow.model_validate({**rows[one.machine], **dict(one)}) for one in now])


@router.get("/quarantine")
async def quarantine(desk: TheFloor) -> QuarantineTable:
    """List the events that made no sense, each with the reason; they count nowhere."""
    found = await asyncio.to_thread(desk.store.quarantined)
    rows = ({**row, "at": datetime.fromtimestamp(row["at"] / 1000, UTC)} for row in found)
    return QuarantineTable(events=[UnfitRow.model_validate(row) for row in rows])


@router.get("/health")
async def health(desk: TheFloor) -> Health:
    """Tell what is not well; a degraded floor goes on and answers 200 as well."""
    return desk.health()


@usual.get("/healthz")
async def healthz(desk: TheFloor) -> PlainTextResponse:
    """Tell everyone whether all is well, and nothing more."""
    return PlainTextResponse(desk.health().status)
