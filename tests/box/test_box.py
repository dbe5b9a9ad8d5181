"""The chain bleak -> D-Bus -> bluetoothd -> kernel -> radio, before any code of ours stands on it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from bleak import BleakClient, BleakScanner
from bleak.uuids import normalize_uuid_16

from tests.box.radio import Radio

pytestmark = pytest.mark.chain

FITNESS_MACHINE, FEATURE, TREADMILL_DATA, CONTROL_POINT = map(normalize_uuid_16, (0x1826, 0x2ACC, 0x2ACD, 0x2AD9))
REQUEST_CONTROL, CONTROL_GRANTED = b"\x00", b"\x80\x00\x01"
RAISE_TO_1, RAISED = b"\x03\x0a\x00", b"\x80\x03\x01"


@dataclass(frozen=True, slots=True)
class Line:
    """A connected client, and the event of its end."""

    client: BleakClient
    lost: asyncio.Event


@contextlib.asynccontextmanager
async def line_to(treadmill: Radio) -> AsyncIterator[Line]:
    """Connect; the end of the block, or what it does itself, disconnects. Gives up after 20 s."""
    lost = asyncio.Event()
    async with asyncio.timeout(20):
        device = await BleakScanner.find_device_by_address(treadmill.address)
        assert device is not None
        client = BleakClient(device, disconnected_callback=lambda _: lost.set())
        await client.connect()
    try:
        yield Line(client, lost)
    finally:
        await client.disconnect()


async def records(client: BleakClient, count: int) -> list[bytes]:
    """Return the next records of treadmill data."""
    heard = asyncio.Queue[bytes]()
    await client.start_notify(TREADMILL_DATA, lambda _, data: heard.put_nowait(bytes(data)))
    async with asyncio.timeout(10):
        return [await heard.get() for _ in range(count)]


async def answers_to_one_wish(client: BleakClient) -> int:
    """Return how often the answer to one request for control is heard; it is asked for and told once.

    All that is heard comes in order over one bus line: when the next wish is answered, the count is complete.
    """
    heard = asyncio.Queue[bytes]()
    await client.start_notify(CONTROL_POINT, lambda _, data: heard.put_nowait(bytes(data)))
    count = 0
    async with asyncio.timeout(10):
        await client.write_gatt_char(CONTROL_POINT, REQUEST_CONTROL, response=True)
        answer = await heard.get()
        await client.write_gatt_char(CONTROL_POINT, RAISE_TO_1, response=True)
        while answer == CONTROL_GRANTED:
            count += 1
            answer = await heard.get()
    assert answer == RAISED
    return count


async def test_a_scan_finds_the_treadmill(treadmill: Radio) -> None:
    def is_it(_: object, said: object) -> bool:
        return FITNESS_MACHINE in getattr(said, "service_data", ())

    device = await BleakScanner.find_device_by_filter(is_it, timeout=20)

    assert device is not None
    assert (device.address, device.name) == (treadmill.address, treadmill.name)


async def test_reads_and_notifications_arrive(treadmill: Radio) -> None:
    async with line_to(treadmill) as line:
        feature = await line.client.read_gatt_char(FEATURE)
        heard = await records(line.client, 3)

    assert len(feature) == 8
    assert all(len(record) >= 4 for record in heard)


async def test_the_treadmill_hangs_up_and_is_found_again(treadmill: Radio) -> None:
    async with line_to(treadmill) as line:
        await treadmill.ask("hangup")
        await asyncio.wait_for(line.lost.wait(), 10)

    async with line_to(treadmill) as line:
        assert await records(line.client, 1)


async def test_a_pulled_plug_is_noticed_and_the_treadmill_found_again(treadmill: Radio) -> None:
    async with line_to(treadmill) as line:
        await treadmill.ask("off")
        try:
            await asyncio.wait_for(line.lost.wait(), 10)
        finally:
            await treadmill.ask("on")

    async with line_to(treadmill) as line:
        assert await records(line.client, 1)


@pytest.mark.parametrize(("cure", "answers"), [("left", [1, 2, 3]), ("disconnected", [1, 1, 1])])
async def test_a_lost_client_of_bleak_goes_on_listening_until_disconnected(
    treadmill: Radio, cure: str, answers: list[int]
) -> None:
    """bleak 3.1 keeps its bus line after a loss that it did not ask for, and bluetoothd tells each line once more.

    The cure is to disconnect the lost client. When the first case fails, bleak was mended: the cure may go.
    """
    counted = []
    async with contextlib.AsyncExitStack() as until_the_end:
        for _ in answers:
            async with contextlib.AsyncExitStack() as until_lost:
                line = await until_lost.enter_async_context(line_to(treadmill))
                counted.append(await answers_to_one_wish(line.client))
                await treadmill.ask("hangup")
                await asyncio.wait_for(line.lost.wait(), 10)
                if cure == "left":
                    until_the_end.push_async_exit(until_lost.pop_all())

    assert counted == answers
