"""What the floor's API works with, handed over by the command that starts it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.gate import Tokens
from api.signins import SignIns
from daemon.clock import Clock
from daemon.floor.presence import Standing
from daemon.floor.store import FloorStore
from daemon.messages import Health


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorDesk:
    """All that the floor's API may see; nothing in it changes anything."""

    store: FloorStore
    clock: Clock
    site: str
    health: Callable[[], Health]
    standings: Callable[[], Mapping[str, Standing]]
    """What each machine is now."""
    tokens: Tokens
    sign_ins: SignIns
    reading_open: bool = False
    """Reading needs no token: true only while the API listens on this computer alone."""
    hosts: frozenset[str] = frozenset()
    """Names and addresses, besides those of loopback, by which this server may be called."""


async def _desk(connection: HTTPConnection) -> FloorDesk:
    desk: FloorDesk = connection.app.state.desk
    return desk


TheFloor = Annotated[FloorDesk, Depends(_desk)]
