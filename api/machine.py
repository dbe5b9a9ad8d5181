"""The machine now: its state, and who and what it is."""

from fastapi import APIRouter

from api.room import TheDesk
from daemon.messages import Info, State
from daemon.wire import info_message, state_message

router = APIRouter(tags=["now"])


@router.get("/state")
async def state(desk: TheDesk) -> State:
    """Tell the machine now; null is unknown, never zero."""
    return state_message(desk.feed.latest, desk.clock, desk.fault())


@router.get("/info")
async def info(desk: TheDesk) -> Info:
    """Tell who and what this machine is."""
    return info_message(desk.identity, desk.feed.latest)
