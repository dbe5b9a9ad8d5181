"""What was wrong with machines, and who did what."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.floor.desk import TheFloor
from api.settings import LARGEST
from daemon.floor.audit import entries
from daemon.floor.board import moment
from daemon.floor.faults import listed
from daemon.messages import Message

router = APIRouter(tags=["service"])


class FaultRow(Message):
    """What staff had to see to."""

    machine: str
    zone: str
    code: str
    text: str
    began: datetime
    detected: datetime
    ended: datetime | None
    """null: it lasts."""
    detect_s: int
    """From its beginning until it was noticed."""
    mend_s: int | None
    """From its beginning to its end."""


class FaultTable(Message):
    """Those that last first, then the newest; the medians are of those listed."""

    faults: list[FaultRow]
    median_detect_s: int | None
    median_mend_s: int | None


class Done(Message):
    """One deed."""

    n: int
    at: datetime
    what: str
    machine: str | None
    by: str
    """The token's name."""
    role: str | None
    address: str | None
    said_by: str | None
    """Who they say they are; nobody checked it."""
    data: dict[str, str | int | bool | None]


@router.get("/faults")
async def faults(
    desk: TheFloor,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    lasting: Annotated[bool, Query(description="only those that are not over")] = False,  # noqa: FBT002, a query has no positions
    machine: Annotated[str | None, Query(max_length=32)] = None,
) -> FaultTable:
    """List what was wrong, with the time until it was noticed and until it was mended."""
    rows = await asyncio.to_thread(lambda: listed(desk.store, limit, lasting=lasting, machine=machine))
    told = [fault(row) for row in rows]
    detect, mend = [one.detect_s for one in told], [one.mend_s for one in told if one.mend_s is not None]
    return FaultTable(faults=told, median_detect_s=median(detect), median_mend_s=median(mend))


def fault(row: dict[str, Any]) -> FaultRow:
    """Return a fault in its wire form."""
    began, detected, over = row["began"], row["detected"], row["ended"]
    return FaultRow.model_validate(
        {
            **row,
            "began": moment(began),
            "detected": moment(detected),
            "ended": None if over is None else moment(over),
            "detect_s": (detected - began) // 1000,
            "mend_s": None if over is None else max(0, over - began) // 1000,
        }
    )


def median(numbers: list[int]) -> int | None:
    """Return the middle number, the lower of two; None of none."""
    return sorted(numbers)[(len(numbers) - 1) // 2] if numbers else None


@router.get("/audit")
async def audit(
    desk: TheFloor,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    before: Annotated[int | None, Query(ge=1, le=LARGEST, description="Only numbers below this one")] = None,
) -> list[Done]:
    """Tell who did what, newest first: by whose token, and who they said they were."""
    rows = await asyncio.to_thread(entries, desk.store, limit, before)
    return [
        Done.model_validate({**row, "at": moment(row["at"]), "by": row["author"], "said_by": row["said"]})
        for row in rows
    ]
