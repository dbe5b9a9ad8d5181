"""What the floor's API works with, handed over by the command that starts it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.floor.session import Sessions
from api.gate import Tokens
from api.room import Seats
from api.signins import SignIns
from daemon.clock import Clock
from daemon.floor.asking import Asking
from daemon.floor.board import Board
from daemon.floor.pushing import Pushing
from daemon.floor.store import FloorStore
from daemon.messages import Health

READERS = 64
"""Most sockets of the live stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorDesk:
    """All that the floor's API may see and ask; nothing in it moves a belt."""

    store: FloorStore
    clock: Clock
    site: str
    health: Callable[[], Health]
    board: Board
    """What each machine is now."""
    asking: Asking
    pushing: Pushing
    tokens: Tokens
    sign_ins: SignIns
    sessions: Sessions = field(default_factory=Sessions)
    """Who signed in to a page."""
    readers: Seats = field(default_factory=lambda: Seats(READERS))
    dropped: Callable[[], int] = lambda: 0
    """Events that found no place in memory; their machines send them again."""
    reading_open: bool = False
    """Reading needs no token: true only while the API listens on this computer alone."""
    hosts: frozenset[str] = frozenset()
    """Names and addresses, besides those of loopback, by which this server may be called."""


async def _desk(connection: HTTPConnection) -> FloorDesk:
    desk: FloorDesk = connection.app.state.desk
    return desk


TheFloor = Annotated[FloorDesk, Depends(_desk)]
