"""A whole floor for tests of its API: real broker, real machine, real server, and a token for each role."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx

from api.floor.app import create_floor
from api.floor.serving import desk_of
from api.pace import Pace, Rate
from api.roles import ROLES
from api.serve import PLAIN, Outside, listen, serve
from api.signins import SignIns
from daemon.floor.life import House
from daemon.floor.store import About, FloorStore
from daemon.tokens import Refused, Token
from tests.floor.gym import furnished, until
from tests.mqtt.mosquitto import free_port
from tests.mqtt.world import NOON, StillClock, World, at

UNBOUND = Rate(every=0, burst=1)


class Tokens:
    """Each role's name is a token of that role; so is `newer`, of a role that is not known here."""

    def __init__(self) -> None:
        self.revoked: set[str] = set()

    async def find(self, secret: str) -> Token | Refused:
        if secret in self.revoked or secret not in {*ROLES, "newer"}:
            return Refused("unknown", "This token is not known here.")
        return Token(f"{secret}-1", secret, "", NOON)


@dataclass
class Office:
    """What a test holds of a floor."""

    house: House
    tokens: Tokens
    client: httpx.AsyncClient
    port: int
    clock: StillClock

    def pass_time(self, seconds: float) -> None:
        """Let so much time go by."""
        assert self.clock.right is not None
        self.clock.right += timedelta(seconds=seconds)
        self.clock.at += round(seconds * 1000)


def as_(role: str) -> dict[str, str]:
    """Return the headers of a program with the token of role."""
    return {"Authorization": f"Bearer {role}"} if role else {}


@asynccontextmanager
async def office(
    store: FloorStore, broker: int, *, sign_ins: Rate = UNBOUND, outside: Outside = PLAIN, reading_open: bool = False,
    verify: Path | None = None,
) -> AsyncIterator[Office]:  # fmt: skip
    """Yield a floor at work, with its API served."""
    clock, tokens, port = StillClock(), Tokens(), free_port()
    house = furnished(store, broker, clock)
    house.asking.answer_s = 3.0
    desk = desk_of(house, tokens)  # type: ignore[arg-type]  # as the API needs it
    paced = SignIns(lambda _: None, Pace(sign_ins))
    app = create_floor(replace(desk, sign_ins=paced, reading_open=reading_open), UNBOUND)
    address = f"{'https' if outside.tls else 'http'}://127.0.0.1:{port}"
    trusted = ssl.create_default_context(cafile=verify) if verify else False
    async with AsyncExitStack() as stack:
        tasks = [house.collector.run(), house.board.run(), serve(app, listen("127.0.0.1", port), outside)]
        running = [asyncio.create_task(task) for task in tasks]
        stack.push_async_callback(_end, running)
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=address, verify=trusted, trust_env=False))
        yield Office(house, tokens, client, port, clock)


async def _end(running: list[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


@asynccontextmanager
async def manned(place: Office, broker: int) -> AsyncIterator[World]:
    """Yield t07, known to the floor and connected."""
    world = World(at(broker))
    place.house.store.learn("t07", About("Treadmill 7", "hall", "treadmill"))
    async with world.running():
        await until(lambda: "t07" in place.house.collector.inbox.seen and place.house.asking.online("t07"))
        await place.house.board.refresh()
        yield world
