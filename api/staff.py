"""What staff do for a member's time: more minutes, no limit, people who wait. Nothing here moves a belt."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.gate import TheCaller
from api.room import TheDesk

router = APIRouter(tags=["staff"])

Reason = Annotated[str, Field(min_length=1, max_length=120)]


class More(BaseModel):
    """More time for the session under way."""

    model_config = ConfigDict(extra="forbid", strict=True)
    minutes: int
    """5, 10 or 15."""
    reason: Reason
    session: str | None = None
    """Only if it is this one."""


class Lift(BaseModel):
    """No limit for the session under way."""

    model_config = ConfigDict(extra="forbid", strict=True)
    reason: Reason
    session: str | None = None


class Waiting(BaseModel):
    """Whether people wait."""

    model_config = ConfigDict(extra="forbid", strict=True)
    waiting: bool


@router.post("/session/extend", status_code=204)
async def extend(more: More, desk: TheDesk, who: TheCaller) -> None:
    """Give the member on the machine more time; only the messages still to come are said again."""
    desk.staff.extend(more.minutes, who.author, more.reason, more.session)


@router.post("/session/lift", status_code=204)
async def lift(lift: Lift, desk: TheDesk, who: TheCaller) -> None:
    """Take the time limit off the session under way."""
    desk.staff.lift(who.author, lift.reason, lift.session)


@router.post("/waiting", status_code=204)
async def waiting(said: Waiting, desk: TheDesk, who: TheCaller) -> None:
    """Say that people wait for a treadmill, for 15 minutes, or that nobody does any more."""
    desk.staff.waiting(who.author, on=said.waiting)
