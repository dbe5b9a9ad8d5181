"""The FTMS driver over its Bluetooth link on the real chain: bleak, D-Bus, bluetoothd, kernel, radio."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest
from bleak import BleakClient, BleakScanner

from drivers.contract import Ability, LinkLost, Machine, Reading, Said, SeesSlot
from drivers.ftms.driver import FtmsDriver, ftms_driver
from drivers.ftms.gate import gate
from drivers.ftms.scan import scan
from drivers.transports.ble import BleLink
from tests.box.radio import Radio

pytestmark = pytest.mark.chain


def now() -> int:
    return time.monotonic_ns() // 1_000_000


def always() -> bool:
    return True


class Watch:
    """What a driver said, and the end of its run."""

    def __init__(self, driver: FtmsDriver) -> None:
        self.driver = driver
        self.said = asyncio.Queue[Said]()
        self.task = asyncio.create_task(driver.run(self.said.put_nowait))

    async def machine(self) -> Machine:
        async with asyncio.timeout(60):
            said = await self.said.get()
        assert isinstance(said, Machine)
        return said

    async def reading(self) -> Reading:
        async with asyncio.timeout(15):
            while not isinstance(said := await self.said.get(), Reading):
                pass
        return said

    async def end(self) -> str:
        async with asyncio.timeout(15):
            with pytest.raises(LinkLost) as lost:
                await self.task
        return str(lost.value)


@contextlib.asynccontextmanager
async def watched(driver: FtmsDriver) -> AsyncIterator[Watch]:
    """Run the driver; at the end of the block its link is closed."""
    watch = Watch(driver)
    try:
        yield watch
    finally:
        watch.task.cancel()
        with contextlib.suppress(asyncio.CancelledError, LinkLost):
            await watch.task


def driver_of(treadmill: Radio) -> FtmsDriver:
    return ftms_driver(BleLink(treadmill.address, "hci0", gate()), now=now)


async def test_a_scan_lists_the_treadmill(treadmill: Radio) -> None:
    heard = await scan(3, "hci0")
    assert [(each.address, each.name, each.certain) for each in heard] == [(treadmill.address, treadmill.name, True)]


async def test_connect_read_and_ask(treadmill: Radio) -> None:
    driver = driver_of(treadmill)
    async with watched(driver) as watch:
        machine = await watch.machine()
        assert Ability.RAISE_INCLINE in machine.abilities
        assert machine.incline is not None
        assert (await watch.reading()).speed is not None
        await driver.request_control(always)
        await driver.raise_incline(10, always)
        async with asyncio.timeout(60):
            while (await watch.reading()).incline != 10:
                pass
    assert driver.odd.counts == {}


async def test_the_slot_is_seen_and_a_missing_adapter_is_one_sentence(treadmill: Radio) -> None:
    driver = driver_of(treadmill)
    assert isinstance(driver, SeesSlot)
    assert await driver.slot_free()
    with pytest.raises(LinkLost, match="hci7"):
        await BleLink(treadmill.address, "hci7").slot_free()


async def test_hang_ups_are_told_and_twenty_reconnects_double_nothing(treadmill: Radio) -> None:
    driver = driver_of(treadmill)
    for _ in range(20):
        async with watched(driver) as watch:
            await watch.machine()
            await watch.reading()
            await driver.request_control(always)
            await driver.request_control(always)
            await treadmill.ask("hangup")
            assert "ended the link" in await watch.end()
    assert driver.odd.counts == {}


async def test_a_pulled_plug_is_told_and_found_again(treadmill: Radio) -> None:
    driver = driver_of(treadmill)
    async with watched(driver) as watch:
        await watch.machine()
        await treadmill.ask("off")
        try:
            await watch.end()
        finally:
            await treadmill.ask("on")
    async with watched(driver) as watch:
        await watch.machine()
        assert (await watch.reading()).speed is not None


async def test_a_link_left_over_from_a_killed_daemon_is_no_obstacle(treadmill: Radio) -> None:
    device = await BleakScanner.find_device_by_address(treadmill.address, timeout=10)
    assert device is not None
    left = BleakClient(device)
    await left.connect()  # bluetoothd keeps this link when its client dies; the machine does not advertise meanwhile
    async with watched(driver_of(treadmill)) as watch:
        await watch.machine()
        assert (await watch.reading()).speed is not None
    await left.disconnect()
