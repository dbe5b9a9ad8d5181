"""The Bluetooth link on the real bleak and retry connector, over a radio at bleak's own backend seam."""

import asyncio
import logging
import subprocess
from collections.abc import Iterator
from typing import override

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from drivers.contract import DriverError, LinkLost, Refused, SeesSlot, Timeout, Unsupported, Withdrawn
from drivers.ftms.gate import gate
from drivers.transports import ble
from drivers.transports.ble import BleLink
from tests.drivers.radio import ADDRESS, Radio, install
from tests.drivers.scripted import DATA, POINT, always, never


class Ear:
    def __init__(self) -> None:
        self.got: list[str] = []
        self.over: list[str] = []
        self.ended = asyncio.Event()

    def heard(self, channel: int, data: bytes, /) -> None:
        self.got.append(f"{channel:04x} {data.hex()}")

    def lost(self, reason: str, /) -> None:
        self.over.append(reason)
        self.ended.set()


@pytest.fixture
def air(monkeypatch: pytest.MonkeyPatch) -> Radio:
    return install(monkeypatch)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give scans that find nothing a short time."""
    monkeypatch.setattr(ble, "SCAN_S", 0.05)
    monkeypatch.setattr(ble, "SLOT_SCAN_S", 0.05)


def link(adapter: str | None = None) -> BleLink:
    return BleLink(ADDRESS, adapter, gate())


async def test_open_scans_stops_scanning_connects_to_the_one_address_and_writes_nothing(air: Radio) -> None:
    channels = await link("hci1").open(Ear())
    assert channels == {0x2A29, 0x2ACC, 0x2ACD, 0x2AD3, 0x2AD9}
    assert air.log == ["scan hci1", "scan stopped", f"connect {ADDRESS}"]
    assert air.written == []


@pytest.mark.usefixtures("short")
async def test_another_machine_in_the_air_is_not_taken(air: Radio) -> None:
    air.in_air.remove(ADDRESS)
    with pytest.raises(LinkLost, match="was not heard"):
        await link().open(Ear())
    assert air.clients == []


async def test_two_opens_at_once_are_impossible(air: Radio) -> None:
    one = link()
    results = await asyncio.gather(one.open(Ear()), one.open(Ear()), return_exceptions=True)
    assert [type(result) for result in results] == [frozenset, LinkLost]
    with pytest.raises(LinkLost, match="already open"):
        await one.open(Ear())
    assert len(air.clients) == 1
    assert air.current.is_connected


async def test_values_are_heard_read_and_written_with_response(air: Radio) -> None:
    one, ear = link(), Ear()
    await one.open(ear)
    await one.subscribe(DATA)
    air.notify(DATA, "00 00 2c 01")
    assert ear.got == ["2acd 00002c01"]
    assert await one.read(0x2ACC) == b"\x01\x02"
    await one.write(POINT, b"\x00", always)
    assert air.written == ["2ad9 00 True"]


async def test_no_notification_is_doubled_after_a_loss(air: Radio) -> None:
    one = link()
    for _ in range(5):
        ear = Ear()
        await one.open(ear)
        await one.subscribe(DATA)
        air.notify(DATA, "00 00")
        assert ear.got == ["2acd 0000"]
        air.hang_up()
        await ear.ended.wait()
        await one.close()
    assert air.sessions == []


async def test_a_loss_is_told_once_and_our_own_close_is_not(air: Radio) -> None:
    one, ear = link(), Ear()
    await one.open(ear)
    air.hang_up()
    air.hang_up()
    assert len(ear.over) == 1
    await one.close()
    later = Ear()
    await one.open(later)
    await one.close()
    assert later.over == []
    assert not air.current.is_connected


async def test_what_an_old_client_still_says_is_not_heard(air: Radio) -> None:
    one, ear = link(), Ear()
    await one.open(ear)
    await one.subscribe(DATA)
    stale = air.current.callbacks[DATA]
    await one.close()
    await one.open(ear)
    stale(bytearray(b"\x00\x00"))
    assert ear.got == []


async def test_nothing_that_a_listener_raises_reaches_dbus(air: Radio, caplog: pytest.LogCaptureFixture) -> None:
    class Raising(Ear):
        @override
        def heard(self, channel: int, data: bytes, /) -> None:
            raise KeyError("inclination")

        @override
        def lost(self, reason: str, /) -> None:
            raise ValueError

    one = link()
    await one.open(Raising())
    await one.subscribe(DATA)
    air.notify(DATA, "00 00")
    air.hang_up()
    await one.close()
    assert [record.exc_info is not None for record in caplog.records if record.levelno == logging.ERROR] == [True, True]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            BleakBluetoothNotAvailableError("No adapters", BleakBluetoothNotAvailableReason.NO_BLUETOOTH),
            "no Bluetooth adapter",
        ),
        (BleakDBusError("org.freedesktop.DBus.Error.TimedOut", ["late"]), "bluetoothd does not answer"),
        (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["none"]), "bluetoothd does not answer"),
        (BleakError("adapter 'hci7' not found"), "bluetoothctl list"),
        (FileNotFoundError(2, "No such file"), "no D-Bus"),
        (EOFError(), "EOFError"),
    ],
)
async def test_why_a_scan_failed_is_a_sentence(air: Radio, error: Exception, says: str) -> None:
    air.scan_error = error
    one = link()
    with pytest.raises(LinkLost, match=says) as told:
        await one.open(Ear())
    assert ADDRESS in str(told.value)
    with pytest.raises(LinkLost, match=says):
        await one.slot_free()
    air.scan_error = None
    await one.open(Ear())


@pytest.mark.parametrize("error", [BleakError("le-connection-abort-by-local"), EOFError(), TimeoutError()])
async def test_a_connect_that_fails_is_torn_down_and_may_be_tried_again(air: Radio, error: Exception) -> None:
    one, air.connect_error = link(), error
    with pytest.raises(LinkLost):
        await one.open(Ear())
    air.connect_error = None
    ear = Ear()
    await one.open(ear)
    await one.subscribe(DATA)
    air.notify(DATA, "00 00")
    assert ear.got == ["2acd 0000"]


async def test_a_half_open_connect_is_torn_down(air: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> dict[int, object]:
        raise AttributeError("services went while they were listed")

    with monkeypatch.context() as patch:
        patch.setattr(ble, "by_channel", broken)
        with pytest.raises(LinkLost, match="services went"):
            await link().open(Ear())
    assert air.log[-1] == "disconnect"
    assert not air.current.is_connected


async def test_a_connect_that_hangs_has_an_end(air: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ble.OPEN_S >= 40
    monkeypatch.setattr(ble, "OPEN_S", 1.0)
    one, air.connect_hangs = link(), True
    with pytest.raises(LinkLost, match="could not be opened"):
        await one.open(Ear())
    air.connect_hangs = False
    assert await one.open(Ear())


async def test_a_cancelled_open_leaves_nothing_open(air: Radio) -> None:
    one, air.connect_hangs = link(), True
    opening = asyncio.create_task(one.open(Ear()))
    await air.connecting.wait()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    air.connect_hangs = False
    assert await one.open(Ear())


def gatt(code: int) -> BleakGATTProtocolError:
    return BleakGATTProtocolError(BleakGATTProtocolErrorCode(code))


@pytest.mark.parametrize(
    ("error", "read", "write"),
    [
        (gatt(0x05), Refused, Refused),
        (gatt(0xFE), Refused, Refused),
        (gatt(0xFD), Refused, Refused),
        (gatt(0x0E), Timeout, Timeout),
        (EOFError(), LinkLost, Timeout),
        (BleakError("Not connected"), LinkLost, Timeout),
        (BleakDBusError("org.bluez.Error.Failed", ["Not connected"]), LinkLost, Timeout),
        (TimeoutError(), Timeout, Timeout),
    ],
)
async def test_each_error_of_a_call_has_its_leaf(
    air: Radio, error: Exception, read: type[DriverError], write: type[DriverError]
) -> None:
    one = link()
    await one.open(Ear())
    air.call_error = error
    with pytest.raises(read):
        await one.read(0x2ACC)
    with pytest.raises(read):
        await one.subscribe(DATA)
    with pytest.raises(write):
        await one.write(POINT, b"\x00", always)


async def test_a_loss_ends_calls_in_flight_at_once_and_a_write_is_unknown(air: Radio) -> None:
    one = link()
    await one.open(Ear())
    air.call_hangs = True
    reading, writing = asyncio.create_task(one.read(0x2ACC)), asyncio.create_task(one.write(POINT, b"\x00", always))
    await air.wrote.wait()
    air.hang_up()
    with pytest.raises(LinkLost, match="ended the link"):
        await reading
    with pytest.raises(Timeout, match="during the write"):
        await writing
    with pytest.raises(LinkLost, match="not open"):
        await one.write(POINT, b"\x00", always)
    await one.close()


async def test_a_call_that_hangs_has_an_end(air: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ble, "CALL_S", 0.05)
    one = link()
    await one.open(Ear())
    air.call_hangs = True
    with pytest.raises(Timeout, match="did not answer"):
        await one.read(0x2ACC)


async def test_the_link_itself_lets_only_its_gate_pass(air: Radio) -> None:
    one, closed = link(), BleLink(ADDRESS, None)
    await one.open(Ear())
    for channel, data in ((POINT, b"\x07"), (POINT, b"\x08\x01"), (POINT, b"\x02\x64\x00"), (0x2ACC, b"\x00")):
        with pytest.raises(Unsupported, match="nothing was sent"):
            await one.write(channel, data, always)
    await one.close()
    await closed.open(Ear())
    with pytest.raises(Unsupported, match="nothing was sent"):
        await closed.write(POINT, b"\x00", always)
    assert air.written == []


async def test_the_permit_is_asked_last_after_the_turn(air: Radio) -> None:
    one = link()
    await one.open(Ear())
    with pytest.raises(Withdrawn):
        await one.write(POINT, b"\x00", never)
    air.call_hangs, asked = True, list[str]()

    def permit() -> bool:
        asked.append("second")
        return False

    first = asyncio.create_task(one.write(POINT, b"\x00", always))
    second = asyncio.create_task(one.write(POINT, b"\x03\x0a\x00", permit))
    await air.wrote.wait()
    await asyncio.sleep(0)
    assert asked == []
    air.hang_up()
    results = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(result) for result in results] == [Timeout, LinkLost]
    assert air.written == ["2ad9 00 True"]


async def test_a_closed_link_and_a_missing_channel_have_their_words(air: Radio) -> None:
    one = link()
    with pytest.raises(LinkLost, match="not open"):
        await one.read(DATA)
    await one.open(Ear())
    with pytest.raises(Unsupported, match="2ada"):
        await one.subscribe(0x2ADA)
    await one.close()
    await one.close()
    assert air.log[-1] == "disconnect"


async def test_the_slot_is_free_when_the_machine_advertises(air: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    one = link()
    assert isinstance(one, SeesSlot)
    assert await one.slot_free()
    air.in_air.remove(ADDRESS)
    monkeypatch.setattr(ble, "SLOT_SCAN_S", 0.05)
    assert not await one.slot_free()
    assert air.clients == []


@pytest.fixture
def bus() -> Iterator[str]:
    """A real D-Bus without a bluetoothd."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout
        yield daemon.stdout.readline().strip()
        daemon.terminate()


async def test_a_real_bus_without_bluetoothd_is_one_sentence(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus)
    with pytest.raises(LinkLost, match="bluetooth"):
        await link().open(Ear())


async def test_no_bus_at_all_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    with pytest.raises(LinkLost, match="no D-Bus system bus"):
        await link().open(Ear())
