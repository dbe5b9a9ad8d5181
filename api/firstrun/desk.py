"""What the set-up's pages work with: all of it comes from `daemon.setting_up`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.firstrun.pairing import Pairing
from daemon.clock import Clock
from daemon.firstrun.look import NoDriver, Seen
from daemon.firstrun.near import Nearby
from daemon.firstrun.questions import Answers, Here

STATIC = Path(__file__).parents[1] / "static"
PORT = 8080
"""Where another device finds the set-up, while the screen lets it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where another device finds this computer."""

    names: tuple[str, ...]
    addresses: tuple[str, ...]
    port: int = PORT


@dataclass(frozen=True, slots=True)
class SetUp:
    """How the set-up stands, and what it can do."""

    file: Path
    clock: Clock
    here: Here
    zones: tuple[str, ...]
    key: str
    """The kiosk's credential of this boot."""
    seen: Callable[[], Seen]
    """The configuration as it was found last."""
    nearby: Callable[[], Awaitable[Nearby]]
    no_driver: NoDriver
    save: Callable[[Answers], Awaitable[None]]
    """Write the configuration; OSError when it cannot be."""
    place: Callable[[], Place]
    pairing: Pairing


async def _set_up(connection: HTTPConnection) -> SetUp:
    found: SetUp = connection.app.state.set_up
    return found


TheSetUp = Annotated[SetUp, Depends(_set_up)]
