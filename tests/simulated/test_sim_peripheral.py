"""The peripheral on bumble's air, seen by a bumble central behind the corrected controller: no kernel, no D-Bus."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
from bumble import att, core, hci
from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.host import Host

from drivers.simulated.build import Key
from drivers.simulated.ftms import FtmsServer
from drivers.simulated.peripheral import ADDRESS, SHORT_NAME, Peripheral, advertisement
from drivers.simulated.profile import PROFILES
from drivers.simulated.radio import HostSideController, VirtualRadio, air

LIMIT_S = 10
TREADMILL = hci.Address(f"{ADDRESS}/P")


class Bench:
    """One air, one central, one peripheral whose time passes by hand."""

    def __init__(self, profile: str = "normal") -> None:
        self.air = air()
        self.server = FtmsServer(profile=PROFILES[profile])
        self.peripheral = Peripheral(self.server, VirtualRadio(self.air), now=lambda: 0, by_hand=True)
        self.controller = HostSideController("central", link=self.air, public_address="00:AA:01:02:03:04/P")
        host = Host()
        host.controller = self.controller
        self.controller.host = host
        self.central = Device(name="central", address=hci.Address("00:AA:01:02:03:04/P"), host=host)
        self.heard: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()

    async def connect(self) -> tuple[Connection, dict[int, CharacteristicProxy[bytes]]]:
        connection = await self.central.connect(TREADMILL, timeout=LIMIT_S, own_address_type=hci.OwnAddressType.PUBLIC)
        peer = Peer(connection)
        await peer.discover_all()  # type: ignore[no-untyped-call]  # bumble leaves it untyped
        found = {int.from_bytes(c.uuid.uuid_bytes, "little"): c for s in peer.services for c in s.characteristics}
        return connection, found

    async def subscribe(self, found: dict[int, CharacteristicProxy[bytes]], *uuids: int) -> None:
        for uuid in uuids:
            await found[uuid].subscribe(partial(self._hear, uuid), prefer_notify=uuid != 0x2AD9)

    def _hear(self, uuid: int, data: bytes) -> None:
        self.heard.put_nowait((uuid, bytes(data)))

    async def hears(self) -> tuple[int, bytes]:
        return await asyncio.wait_for(self.heard.get(), LIMIT_S)


async def ended(connection: Connection) -> int:
    """Return the reason once the link is over."""
    over = asyncio.get_running_loop().create_future()
    connection.on(connection.EVENT_DISCONNECTION, over.set_result)
    reason: int = await asyncio.wait_for(over, LIMIT_S)
    return reason


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    it = Bench()
    await it.central.power_on()
    await it.peripheral.power_on()
    yield it
    await it.peripheral.power_off()


async def test_a_scan_finds_a_treadmill_with_name_and_service_data(bench: Bench) -> None:
    seen: asyncio.Future[Advertisement] = asyncio.get_running_loop().create_future()
    bench.central.once("advertisement", seen.set_result)
    await bench.central.start_scanning(legacy=True)
    data = (await asyncio.wait_for(seen, LIMIT_S)).data
    await bench.central.stop_scanning()
    assert (UUID.from_16_bits(0x1826), b"\x01\x01\x00") == data.get(AdvertisingData.SERVICE_DATA_16_BIT_UUID)
    assert data.get(AdvertisingData.COMPLETE_LOCAL_NAME) == "Sim Treadmill"
    assert len(advertisement("x" * SHORT_NAME)) == 31


async def test_discover_read_and_hear_records(bench: Bench) -> None:
    _, found = await bench.connect()
    assert {0x2ACC, 0x2ACD, 0x2AD3, 0x2AD4, 0x2AD5, 0x2AD9, 0x2ADA, 0x2A29} <= set(found)
    assert await found[0x2AD5].read_value() == bytes.fromhex("0000 9600 0500")
    await bench.subscribe(found, 0x2ACD)
    bench.server.advance(250)
    uuid, record = await bench.hears()
    assert (uuid, record[2:4]) == (0x2ACD, b"\x00\x00")


async def test_control_raises_the_deck(bench: Bench) -> None:
    _, found = await bench.connect()
    await bench.subscribe(found, 0x2AD9)
    bench.server.press(Key.START)
    bench.server.advance(4_000)
    for request, answer in (("00", "800001"), ("030a00", "800301"), ("03fc01", "800303"), ("99", "809902")):
        await found[0x2AD9].write_value(bytes.fromhex(request), with_response=True)
        bench.server.advance(50)
        assert await bench.hears() == (0x2AD9, bytes.fromhex(answer))
    bench.server.advance(3_500)
    assert bench.server.treadmill.incline == 10


async def test_a_write_without_subscription_is_an_att_error(bench: Bench) -> None:
    _, found = await bench.connect()
    with pytest.raises(att.ATT_Error) as refused:
        await found[0x2AD9].write_value(b"\x00", with_response=True)
    assert refused.value.error_code == 0xFD
    assert [w.error for w in bench.server.writes] == [0xFD]


async def test_five_reconnects_after_hang_ups_hear_each_record_once(bench: Bench) -> None:
    for _ in range(5):
        connection, found = await bench.connect()
        await bench.subscribe(found, 0x2ACD, 0x2AD9)
        bench.server.advance(250)
        assert (await bench.hears())[0] == 0x2ACD
        assert bench.heard.empty()
        over = asyncio.create_task(ended(connection))
        await bench.peripheral.hang_up()
        assert await over == hci.HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR
        assert not bench.server.connected
    await asyncio.sleep(0)
    assert not bench.peripheral._tasks


async def test_a_pulled_plug_is_silence_until_the_supervision_timeout(bench: Bench) -> None:
    connection, found = await bench.connect()
    await bench.subscribe(found, 0x2ACD)
    bench.controller.supervision_s = 0.05
    over = asyncio.create_task(ended(connection))
    await bench.peripheral.power_off()
    assert not over.done()
    assert await over == hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR
    with pytest.raises(core.TimeoutError):
        await bench.central.connect(TREADMILL, timeout=0.05, own_address_type=hci.OwnAddressType.PUBLIC)
    assert bench.controller.pending_le_connection is None  # the connect that timed out was cancelled
    await bench.peripheral.power_on()
    _, found = await bench.connect()
    assert len(await found[0x2ACC].read_value()) == 8


async def test_a_radio_out_of_reach_leaves_the_belt_running(bench: Bench) -> None:
    bench.server.press(Key.START)
    bench.server.advance(4_000)
    connection, _ = await bench.connect()
    bench.controller.supervision_s = 0.05
    over = asyncio.create_task(ended(connection))
    await bench.peripheral.walk_away()
    await over
    assert bench.server.treadmill.speed == 80


async def test_a_profile_that_drops_hangs_up() -> None:
    bench = Bench("drops")
    await bench.central.power_on()
    await bench.peripheral.power_on()
    connection, _ = await bench.connect()
    over = asyncio.create_task(ended(connection))
    await asyncio.sleep(0)
    bench.server.advance(30_000)
    await over
    assert not bench.server.connected


async def test_its_own_clock_sends_records() -> None:
    bench = Bench()
    loop = asyncio.get_running_loop()
    bench.peripheral = Peripheral(bench.server, VirtualRadio(bench.air), now=lambda: int(loop.time() * 1_000))
    bench.server.at = int(loop.time() * 1_000)
    await bench.central.power_on()
    await bench.peripheral.power_on()
    _, found = await bench.connect()
    await bench.subscribe(found, 0x2ACD)
    assert [(await bench.hears())[0] for _ in range(2)] == [0x2ACD, 0x2ACD]
    await bench.peripheral.power_off()
