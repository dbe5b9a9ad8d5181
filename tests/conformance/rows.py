"""The table: one row a driver. A new driver is one row more, and the function that puts it to its simulated machine."""

from collections.abc import Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import bleak
import pytest

from drivers.contract import Ability, InclineRange
from drivers.csafe.capability import Capability
from drivers.ftms.driver import ftms_driver
from drivers.ftms.gate import gate
from drivers.ftms.uart.link import UartLink
from drivers.simulated.ftms import FtmsServer
from drivers.simulated.link import SimulatedLink
from drivers.simulated.profile import NORMAL
from drivers.simulated.uart import SerialTreadmill
from drivers.trackmaster.driver import Times
from drivers.transports import ble
from drivers.transports.ble import BleLink
from drivers.transports.serial import SerialPort
from tests.conformance.bench import Bench, Benches, Hands, Patience, Row
from tests.conformance.served import ADDRESS, ServedClient, ServedScanner, served
from tests.csafe.rig import rig as csafe_rig
from tests.trackmaster.rig import rig as trackmaster_rig

STOP, TIME, RAISE = Ability.STOP, Ability.WORKOUT_TIME, Ability.RAISE_INCLINE
HALVES = InclineRange(0, 150, 5)


def ftms_bench(
    server: FtmsServer, link: Any, clock: Hands, patience: Patience, armed: Collection[Ability], **more: Any
) -> Bench:
    def refuse() -> None:
        server.profile = replace(server.profile, grants_control=False)

    async def nothing() -> None:
        pass

    def garbage(data: bytes) -> None:
        for channel in (0x2ACD, 0x2AD3, 0x2ADA, 0x2AD9):
            server._notify(server._client, channel, data)  # type: ignore[arg-type]  # as if it had said so

    parts: dict[str, Any] = {
        "mill": lambda: server.treadmill,
        "press": server.press,
        "writes": lambda: server.writes,
        "refuse": refuse,
        "garbage": garbage,
        "plug": nothing,
        **more,
    }
    driver = ftms_driver(link, now=clock, armed=armed, silent_s=patience.silent, answer_s=patience.answer)
    return Bench(driver=driver, link=link, clock=clock, **parts)


def muted(bench: Bench) -> Bench:
    """Give a machine that tells by itself its silence: its time stands."""

    def mute() -> None:
        bench.muted = True

    bench.mute = mute
    return bench


def unset() -> None:
    raise NotImplementedError


@asynccontextmanager
async def simulated(_folder: Path, patience: Patience) -> Benches:
    clock = Hands()
    server = FtmsServer(profile=NORMAL, at=clock())
    link = SimulatedLink(server, now=clock, by_hand=True)

    async def unplug() -> None:
        link.drop()

    bench = muted(ftms_bench(server, link, clock, patience, (), catch_up=link.catch_up, unplug=unplug, mute=unset))
    try:
        yield bench
    finally:
        await bench.stop()


@asynccontextmanager
async def bluetooth(_folder: Path, patience: Patience) -> Benches:
    clock = Hands()
    server = FtmsServer(profile=NORMAL, at=clock())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        patch.setattr(bleak, "get_platform_client_backend_type", lambda: (ServedClient, "served"))
        patch.setattr(bleak, "get_platform_scanner_backend_type", lambda: (ServedScanner, "served"))
        patch.setattr(ble, "SCAN_S", 0.2)
        air = served(server)
        link = BleLink(ADDRESS, None, gate({STOP, TIME}))
        bench = muted(
            ftms_bench(
                server,
                link,
                clock,
                patience,
                {STOP, TIME},
                catch_up=lambda: server.advance_to(clock()),
                unplug=air.lose,
                mute=unset,
            )
        )
        try:
            yield bench
        finally:
            await bench.stop()


@asynccontextmanager
async def uart(folder: Path, patience: Patience) -> Benches:
    clock, name = Hands(), folder / "treadmill"
    machine = SerialTreadmill(FtmsServer(profile=NORMAL, at=clock()), now=clock, link=name, by_hand=True)
    link = UartLink(SerialPort(str(name), 115_200), gate({STOP, TIME}), answer_s=patience.answer / 4)
    await machine.power_on()

    async def plug() -> None:
        machine.line.deaf = False
        await machine.power_on()

    def mute() -> None:
        bench.muted = machine.line.deaf = True

    bench = ftms_bench(
        machine.server,
        link,
        clock,
        patience,
        {STOP, TIME},
        catch_up=machine.catch_up,
        unplug=machine.walk_away,
        plug=plug,
        mute=mute,
        garbage=machine.line._put,
    )
    try:
        yield bench
    finally:
        await bench.stop()
        machine.line.unplug()


def polled(rig: Any, link: Any, refuse: Callable[[], None]) -> Bench:
    """Return the bench of a console that is asked, on a pty."""
    machine, console = rig.machine, rig.machine.server

    async def unplug() -> None:
        machine.line.unplug()

    async def plug() -> None:
        machine.line.deaf = False
        await machine.plug()

    def mute() -> None:
        machine.line.deaf = True

    return Bench(
        driver=rig.driver,
        link=link,
        clock=rig.clock,
        mill=lambda: console.treadmill,
        press=console.press,
        catch_up=machine.catch_up,
        writes=lambda: console.writes,
        unplug=unplug,
        plug=plug,
        garbage=machine.line._put,
        mute=mute,
        refuse=refuse,
    )


def csafe(armed: Collection[Ability]) -> Any:
    @asynccontextmanager
    async def make(folder: Path, patience: Patience) -> Benches:
        able = Capability(raises=RAISE in armed)
        times = (0.002, patience.answer, patience.silent)
        async with csafe_rig(folder, "permissive", capability=able, armed=armed, times=times) as rig:

            def refuse() -> None:
                rig.console.profile = replace(rig.console.profile, legal={})

            bench = polled(rig, rig.driver._link, refuse)
            try:
                yield bench
            finally:
                await bench.stop()

    return make


def family(variant: str, incline: InclineRange | None) -> Any:
    @asynccontextmanager
    async def make(folder: Path, patience: Patience) -> Benches:
        times = Times(0.002, patience.answer / 2, 0.03, patience.silent)
        async with trackmaster_rig(folder, variant, incline=incline, times=times) as rig:

            def refuse() -> None:
                rig.console.refuses = True

            bench = polled(rig, rig.driver._link, refuse)
            try:
                yield bench
            finally:
                await bench.stop()

    return make


def ftms_raise(target: int) -> bytes:
    return b"\x03" + target.to_bytes(2, "little")


def csafe_raise(target: int) -> bytes:
    return b"\x28\x03" + target.to_bytes(2, "little") + b"\x4c"


def family_raise(target: int) -> bytes:
    return b"\xa4" + f"{target:04d}".encode()


FTMS = Row(
    "simulated:",
    simulated,
    abilities=frozenset({RAISE}),
    claims=frozenset(Ability),
    raised=ftms_raise,
    asked=(b"\x00",),
    timed=bytes.fromhex("0d0807"),
    stopped=b"\x08\x01",
    tells_incline_keys=True,
)
ROWS = (
    FTMS,
    replace(FTMS, name="ftms:", make=bluetooth, abilities=frozenset(Ability)),
    replace(FTMS, name="ftms-uart:", make=uart, abilities=frozenset(Ability)),
    Row(
        "csafe:",
        csafe({RAISE, TIME}),
        abilities=frozenset({RAISE, TIME}),
        raised=csafe_raise,
        timed=bytes.fromhex("2003001e00"),
    ),
    Row("csafe: without proof", csafe(())),
    Row(
        "trackmaster:",
        family("trackmaster", HALVES),
        abilities=frozenset({RAISE}),
        raised=family_raise,
        tells_incline_keys=True,
    ),
    Row("trackmaster: without a range", family("trackmaster", None), tells_incline_keys=True),
    Row("woodway:", family("woodway", HALVES), abilities=frozenset({RAISE}), raised=family_raise),
)
NOISE = Random(11).randbytes(400)
