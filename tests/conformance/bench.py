"""One driver with its simulated machine at its wire, whatever they speak; the scenarios are played on this.

The machine's time is moved by hand. What is asserted of sending is read at the machine's end, in the protocol's words.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drivers.contract import Ability, Driver, DriverError, Link, Machine, Notice, Reading, Said
from drivers.simulated.build import Key
from drivers.simulated.treadmill import Treadmill

STEP_MS = 50
LIMIT_S = 30.0


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 10_000

    def __call__(self) -> int:
        return self.at


@dataclass
class Bench:
    driver: Driver
    link: Link
    clock: Hands
    mill: Callable[[], Treadmill]
    press: Callable[[Key], object]
    catch_up: Callable[[], None]
    writes: Callable[[], list[Any]]
    """All that the machine was sent that was more than a question or a subscription; its own list."""
    unplug: Callable[[], Awaitable[None]]
    plug: Callable[[], Awaitable[None]]
    garbage: Callable[[bytes], None]
    """Let these bytes arrive at the host, on whatever channel there is."""
    mute: Callable[[], None]
    """From here on the machine says nothing, and hears nothing."""
    refuse: Callable[[], None]
    """From here on the machine says no to a raise."""
    said: list[Said] = field(default_factory=list)
    running: asyncio.Task[None] | None = None
    muted: bool = False

    def wire(self) -> list[bytes]:
        return [written.data for written in self.writes()]

    def wire_cleared(self) -> None:
        self.writes().clear()

    def sink(self, said: Said, /) -> None:
        self.said.append(said)

    def start(self) -> None:
        self.running = asyncio.create_task(self.driver.run(self.sink))

    async def stop(self) -> None:
        if self.running:
            self.running.cancel()
            await asyncio.gather(self.running, return_exceptions=True)

    def passes(self, ms: int) -> None:
        for _ in range(ms // STEP_MS):
            self.clock.at += STEP_MS
            self.catch_up()

    async def goes_on(self) -> None:
        """Let a little time pass, at the machine and here."""
        if not self.muted:
            self.passes(STEP_MS)
        await asyncio.sleep(0.0005)

    async def until(self, wanted: Callable[[], bool]) -> None:
        """Let time pass until wanted; the run must not end before."""
        async with asyncio.timeout(LIMIT_S):
            while not wanted():
                if self.running and self.running.done():
                    await self.running
                await self.goes_on()

    async def ended(self) -> DriverError:
        """Let time pass until the run ends; return what it raised."""
        assert self.running
        async with asyncio.timeout(LIMIT_S):
            while not self.running.done():
                await self.goes_on()
        error = self.running.exception()
        assert isinstance(error, DriverError)
        return error

    async def does[T](self, work: Awaitable[T]) -> T:
        """Await what needs the machine's time to pass."""
        task = asyncio.ensure_future(work)
        async with asyncio.timeout(LIMIT_S):
            while not task.done():
                await self.goes_on()
        return task.result()

    def machines(self) -> list[Machine]:
        return [one for one in self.said if isinstance(one, Machine)]

    def readings(self) -> list[Reading]:
        return [one for one in self.said if isinstance(one, Reading)]

    def notices(self) -> list[Notice]:
        return [one for one in self.said if isinstance(one, Notice)]

    async def reads(self, more: int = 3) -> Reading:
        """Wait for so many more readings; return the newest."""
        want = len(self.readings()) + more
        await self.until(lambda: len(self.readings()) >= want)
        return self.readings()[-1]

    async def connects(self) -> Machine:
        """Run, and wait until it has read something."""
        self.said.clear()
        self.start()
        await self.reads(1)
        return self.machines()[0]

    async def walks(self, speed: int, incline: int = 0) -> None:
        """Let a member start the belt; it runs level at this speed."""
        self.press(Key.START)
        self.passes(4_000)
        self.mill().place(speed=speed, incline=incline)
        await self.reads()


@dataclass(frozen=True)
class Patience:
    """How long the driver waits for a machine, in seconds: until a link counts as silent, and for an answer."""

    silent: float
    answer: float


PATIENT = Patience(10, 2)
BRISK = Patience(1, 0.2)
"""For what is about silence and lost answers; all else must not depend on how busy the computer is."""

type Make = Callable[[Path, Patience], AbstractAsyncContextManager[Bench]]


@dataclass(frozen=True)
class Row:
    """What one driver can do with its machine; a scenario asks the row, and what cannot be is asserted, too."""

    name: str
    make: Make
    abilities: frozenset[Ability] = frozenset()
    """For which the driver has a method."""
    claims: frozenset[Ability] | None = None
    """What `Machine` says, where that is more."""
    raised: Callable[[int], bytes] = lambda _target: b""
    """The bytes of a raise to 0.1 %."""
    asked: tuple[bytes, ...] = ()
    """What asking for control sends."""
    timed: bytes = b""
    """What a workout time of 1800 s sends."""
    stopped: bytes = b""
    tells_incline_keys: bool = False


type Benches = AsyncIterator[Bench]
