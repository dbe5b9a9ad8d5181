"""What a member's page hears that was open while this address came to show something else: to load anew."""

from fastapi import APIRouter
from starlette.websockets import WebSocket

ANOTHER_PAGE = 4404
"""The code with which its stream ends then (api/static/console/link.js)."""

router = APIRouter()


@router.websocket("/console/live")
async def live(socket: WebSocket) -> None:
    """End the stream with ANOTHER_PAGE."""
    await socket.accept()
    await socket.close(ANOTHER_PAGE)
