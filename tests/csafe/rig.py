"""A CSAFE driver on a real pty, with a simulated console at its end; the console's time is moved by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from drivers.contract import (
    Ability,
    DriverError,
    InclineRange,
    Machine,
    Notice,
    Permit,
    RaisesIncline,
    Reading,
    Said,
    SetsWorkoutTime,
)
from drivers.csafe.capability import Capability
from drivers.csafe.driver import CsafeDriver, armed_of, csafe_driver
from drivers.csafe.gate import Seen, gate
from drivers.simulated.build import Key
from drivers.simulated.csafe.console import Console
from drivers.simulated.csafe.profile import PROFILES, Profile
from drivers.simulated.csafe.serial import SerialConsole
from drivers.transports.gated import StreamLink
from drivers.transports.serial import SerialPort
from tests.drivers.pty import until, yes

ANSWER_S = 0.3
HALVES = InclineRange(0, 150, 5)
ALL = frozenset({Ability.WORKOUT_TIME, Ability.RAISE_INCLINE})


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 10_000

    def __call__(self) -> int:
        return self.at


@dataclass
class Rig:
    machine: SerialConsole
    driver: CsafeDriver
    clock: Hands
    name: Path
    sent: bytearray
    """All that left for the console, as the port's tap saw it."""
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
        """Let time pass at the console."""
        self.clock.at += ms
        self.machine.catch_up()

    def readings(self) -> list[Reading]:
        return [said for said in self.said if isinstance(said, Reading)]

    def keys(self) -> list[str]:
        return [said.key.value for said in self.said if isinstance(said, Notice)]

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
        await self.reads(2)

    async def raises(self, target: int, permit: Permit = yes) -> None:
        assert isinstance(self.driver, RaisesIncline)
        await self.driver.raise_incline(target, permit)

    async def sets(self, seconds: int, permit: Permit = yes) -> None:
        assert isinstance(self.driver, SetsWorkoutTime)
        await self.driver.set_workout_time(seconds, permit)

    @property
    def commands(self) -> list[str]:
        """What the console got that was more than a question."""
        return [written.data.hex() for written in self.console.writes]


@asynccontextmanager
async def rig(
    folder: Path,
    profile: str | Profile = "permissive",
    *,
    capability: Capability | None = None,
    armed: Collection[Ability] = ALL,
    incline: InclineRange | None = HALVES,
    speed: int | None = None,
    times: tuple[float, float, float] = (0.002, ANSWER_S, 5.0),
    tap: Callable[[str, bytes], None] = lambda _way, _data: None,
) -> AsyncIterator[Rig]:
    clock, name, sent = Hands(), folder / "console", bytearray()
    kind = PROFILES[profile] if isinstance(profile, str) else profile
    machine = SerialConsole(
        Console(kind, at=clock()), now=clock, speed=speed, link=name, by_hand=True, delay_s=ANSWER_S * 1.5
    )
    able = capability or Capability(raises=Ability.RAISE_INCLINE in armed)
    seen = Seen(clock)

    def hear(way: str, data: bytes) -> None:
        if way == ">":
            sent.extend(data)
        tap(way, data)

    link = StreamLink(SerialPort(str(name), 9_600, tap=hear), gate(armed_of(able, armed), seen))
    driver = csafe_driver(
        link, seen=seen, where=(str(name), 9_600), capability=able, armed=armed, incline=incline,
        poll_s=times[0], answer_s=times[1], silent_s=times[2],
    )  # fmt: skip
    await machine.power_on()
    made = Rig(machine, driver, clock, name, sent)
    try:
        yield made
    finally:
        await made.stop()
        machine.line.unplug()


__all__ = ["ALL", "ANSWER_S", "HALVES", "Rig", "rig", "until", "yes"]
