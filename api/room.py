"""What one running app keeps for itself: how many sockets are open."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.desk import Desk

CONSOLES = 4
"""Most console sockets that are signed in."""
STRANGERS = 8
"""Most console sockets that have not said hello yet."""
READERS = 32
"""Most sockets of the live stream."""


class Seats:
    """A fixed number of places."""

    def __init__(self, most: int) -> None:
        self.free = most

    @contextmanager
    def seat(self) -> Iterator[bool]:
        """Yield whether there is a place, and hold it until the end."""
        got = self.free > 0
        self.free -= got
        try:
            yield got
        finally:
            self.free += got


@dataclass(frozen=True, slots=True)
class Room:
    """The desk, and the places beside it."""

    desk: Desk
    consoles: Seats = field(default_factory=lambda: Seats(CONSOLES))
    strangers: Seats = field(default_factory=lambda: Seats(STRANGERS))
    readers: Seats = field(default_factory=lambda: Seats(READERS))


async def _room(connection: HTTPConnection) -> Room:
    room: Room = connection.app.state.room
    return room


async def _desk(connection: HTTPConnection) -> Desk:
    return (await _room(connection)).desk


TheRoom = Annotated[Room, Depends(_room)]
TheDesk = Annotated[Desk, Depends(_desk)]
