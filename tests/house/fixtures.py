"""A whole daemon in one loop: the real driver on a simulated treadmill, a real store, a screen."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from daemon.house import House, build, live
from daemon.policy.events import Confirmed, Happened, Tick
from daemon.policy.lease import digit
from daemon.settings import parse
from drivers.ftms.driver import ftms_driver
from drivers.simulated.ftms import FtmsServer
from drivers.simulated.link import SimulatedLink
from drivers.simulated.profile import NORMAL, Profile

STEP_MS = 250


@dataclass
class HandClock:
    """A clock that a test moves; its wall clock moves with it, and may be set."""

    boot: str = "boot-a"
    at: int = 5_000_000
    wall_offset: float = datetime(2026, 3, 2, 10, 0, tzinfo=UTC).timestamp() - 5_000
    synced: bool = True

    def now(self) -> int:
        return self.at

    def wall(self) -> datetime | None:
        return datetime.fromtimestamp(self.wall_offset + self.at / 1000, UTC) if self.synced else None


def free_port() -> int:
    """Return a port of this computer that nobody has."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def table(folder: Path, port: int = 0, run: Path | None = None, screen: int = 0, **machine: Any) -> dict[str, Any]:
    """Return a configuration; keywords go to [machine], run is the run-time folder."""
    return {
        "machine": {
            "site": "north",
            "machine": "t-1",
            "name": "Treadmill 1",
            "zone": "Hall",
            "driver": "simulated:",
            "mode": "enforce",
            "units": "km/h",
            "clock": "trust",
            **machine,
        },
        "proved": {"incline": date(2026, 1, 1)},
        "policy": {"min_incline": Decimal("1.0")},
        "api": {"port": port} if port else {},
        "store": {"path": str(folder / "inclined.db")},
        "console": {"key_file": str((run or folder) / "console.key"), "port": screen or free_port()},
    }


class Far(Protocol):
    """The treadmill at the other end."""

    server: FtmsServer

    def catch_up(self) -> None: ...


@dataclass
class Living[L: Far]:
    """A daemon that lives in virtual time: `pass_time` moves machine, core and screen together."""

    house: House
    clock: HandClock
    link: L
    screen: bool = True
    told: list[Happened] = field(default_factory=list)

    async def pass_time(self, ms: int) -> None:
        for _ in range(ms // STEP_MS):
            self.clock.at += STEP_MS
            self.link.catch_up()
            if self.screen:
                self.confirm()
            self.house.runner.submit(Tick(self.clock.now()))
            await settled()

    async def until(self, wanted: Callable[[], bool], limit_ms: int = 60_000) -> None:
        """Pass time until wanted; fails after limit_ms of it."""
        for _ in range(limit_ms // STEP_MS):
            if wanted():
                return
            await self.pass_time(STEP_MS)
        raise AssertionError("it never came to that")

    async def shown(self, wanted: Callable[[], bool]) -> None:
        """Wait for what takes real time, such as the pause before a new attempt to connect."""
        news = asyncio.Event()
        with self.house.runner.feed.subscribe(news.set, depth=1):
            async with asyncio.timeout(20):
                while not wanted():
                    await news.wait()
                    news.clear()

    def confirm(self) -> None:
        at, prompt = self.clock.now(), self.house.runner.state.prompt
        shown = (prompt.id, digit(prompt, at)) if prompt else (0, 0)
        self.house.runner.submit(Confirmed(at, "kiosk", *shown))

    def walk(self, speed: int = 600) -> None:
        """Put the belt in motion, as a member would have."""
        self.link.server.treadmill.place(speed=speed, incline=0)

    def results(self) -> list[object]:
        return [dict(h.data)["result"] for h in self.told if h.kind == "command"]

    @property
    def writes(self) -> list[str]:
        return [written.data.hex() for written in self.link.server.writes]


class Lived(Living[SimulatedLink]):
    """A daemon on a link in memory."""


async def settled() -> None:
    """Let everything that is ready run."""
    for _ in range(12):
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def lived(
    folder: Path,
    clock: HandClock | None = None,
    *,
    profile: Profile = NORMAL,
    server: FtmsServer | None = None,
    port: int = 0,
    run: Path | None = None,
    screen: int = 0,
    **machine: Any,
) -> AsyncIterator[Lived]:
    """Build a daemon and let it live until the end of the block; its link is up when the block begins."""
    clock = clock or HandClock()
    link = SimulatedLink(server or FtmsServer(profile=profile, at=clock.now()), now=clock.now, by_hand=True)
    settings = parse(table(folder, port, run, screen, **machine), "test")
    living = Lived(build(settings, clock, ftms_driver(link, now=clock.now)), clock, link)
    async with alive(living):
        yield living


@contextlib.asynccontextmanager
async def alive[L: Far](living: Living[L]) -> AsyncIterator[None]:
    """Let a daemon that is built live until the end of the block; its link is up when the block begins."""
    living.house.listeners.append(living.told.append)
    ready = asyncio.Event()
    task = asyncio.create_task(live(living.house, ready.set))
    try:
        await asyncio.wait_for(ready.wait(), 10)
        await living.until(lambda: living.house.runner.state.machine is not None)
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
