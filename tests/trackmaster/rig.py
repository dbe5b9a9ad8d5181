"""A driver of the family A0 to DF on a real pty, with a simulated machine at its end; its time is moved by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from drivers.contract import DriverError, InclineRange, Machine, Notice, Permit, RaisesIncline, Reading, Said
from drivers.simulated.build import Key
from drivers.simulated.trackmaster.console import Console
from drivers.simulated.trackmaster.profile import PROFILES, Profile
from drivers.simulated.trackmaster.serial import SerialTrackmaster
from drivers.trackmaster.driver import Times, TrackmasterDriver
from drivers.trackmaster.gate import Seen, gate
from drivers.trackmaster.raising import trackmaster_driver
from drivers.trackmaster.variants import VARIANTS
from drivers.transports.gated import StreamLink
from drivers.transports.serial import SerialPort
from tests.drivers.pty import until, yes

HALVES = InclineRange(0, 150, 5)
FAST = Times(poll=0.002, answer=0.15, settle=0.04, silent=5.0)
PATIENT = Times(poll=0.002, answer=30, settle=0.04, silent=60)


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 10_000

    def __call__(self) -> int:
        return self.at


@dataclass
class Rig:
    machine: SerialTrackmaster
    driver: TrackmasterDriver
    clock: Hands
    name: Path
    said: list[Said] = field(default_factory=list)
    running: asyncio.Task[None] | None = None

    @property
    def console(self) -> Console:
        return self.machine.server

    def sink(self, said: Said, /) -> None:
        self.said.append(said)

    def start(self) -> None:
        self.running = asyncio.create_task(self.driver.run(self.sink))

    async def ended(self) -> BaseException:
        """Wait for the end of the run; return what it raised."""
        assert self.running
        try:
            await asyncio.wait_for(asyncio.shield(self.running), 20)
        except DriverError as error:
            return error
        raise AssertionError("it ended without an error")

    async def stop(self) -> None:
        if self.running:
            self.running.cancel()
            await asyncio.gather(self.running, return_exceptions=True)

    def passes(self, ms: int) -> None:
        """Let time pass at the machine."""
        self.clock.at += ms
        self.machine.catch_up()

    def readings(self) -> list[Reading]:
        return [said for said in self.said if isinstance(said, Reading)]

    def pressed(self) -> list[tuple[str, int | None]]:
        return [(said.key.value, said.value) for said in self.said if isinstance(said, Notice)]

    async def reads(self, more: int = 1) -> Reading:
        """Wait for so many more readings; return the newest."""
        want = len(self.readings()) + more
        async with asyncio.timeout(10):
            while len(self.readings()) < want:
                if self.running and self.running.done():
                    await self.running
                await asyncio.sleep(0.001)
        return self.readings()[-1]

    async def connects(self) -> Machine:
        """Start and wait until it has read something."""
        self.start()
        await self.reads()
        machine = self.said[0]
        assert isinstance(machine, Machine)
        return machine

    async def walks(self, speed: int = 600, incline: int = 0) -> None:
        """Let a member start the belt, and go on until it runs."""
        self.console.press(Key.START)
        self.passes(4_000)
        self.console.treadmill.place(speed=speed, incline=incline)
        await self.reads(3)

    async def raises(self, target: int, permit: Permit = yes) -> None:
        assert isinstance(self.driver, RaisesIncline)
        await self.driver.raise_incline(target, permit)

    @property
    def commands(self) -> list[str]:
        """What the machine got that was more than a question."""
        return [written.data.hex() for written in self.console.writes]


@asynccontextmanager
async def rig(
    folder: Path,
    variant: str = "trackmaster",
    profile: str | Profile | None = None,
    *,
    incline: InclineRange | None = HALVES,
    times: Times = FAST,
    speed: int | None = None,
    tap: Callable[[str, bytes], None] = lambda _way, _data: None,
) -> AsyncIterator[Rig]:
    clock, name = Hands(), folder / "mill"
    kinds = PROFILES[variant]
    kind = profile if isinstance(profile, Profile) else kinds[profile or next(iter(kinds))]
    machine = SerialTrackmaster(
        Console(kind, at=clock()), now=clock, speed=speed, link=name, by_hand=True, delay_s=0.18, keeps=True
    )
    seen = Seen(clock)
    of = VARIANTS[variant]
    link = StreamLink(SerialPort(str(name), 4_800, tap=tap), gate(of, seen, raises=incline is not None))
    driver = trackmaster_driver(
        link,
        seen=seen,
        variant=of,
        unit="kmh" if profile == "kmh" else "mph",
        where=(str(name), 4_800),
        incline=incline,
        times=times,
    )
    await machine.power_on()
    made = Rig(machine, driver, clock, name)
    try:
        yield made
    finally:
        await made.stop()
        machine.line.unplug()


__all__ = ["FAST", "HALVES", "PATIENT", "Rig", "rig", "until", "yes"]
