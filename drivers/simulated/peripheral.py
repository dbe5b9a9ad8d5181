"""An FtmsServer as a Bluetooth LE peripheral on bumble: advertises, lets one client in, is switched off and on."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable
from typing import Final

from bumble import att, hci
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Service

from drivers.simulated import codec
from drivers.simulated.ftms import DEVICE_INFORMATION, Can, FtmsServer
from drivers.simulated.radio import Radio

FITNESS_MACHINE: Final = 0x1826
DEVICE_INFORMATION_SERVICE: Final = 0x180A
TREADMILL_SERVICE_DATA: Final = b"\x01\x01\x00"
"""Available, and a treadmill (FTMS 3.1)."""
ADDRESS: Final = "F0:F1:F2:F3:F4:F5"
NAME: Final = "Sim Treadmill"
SHORT_NAME: Final = 15
"""Bytes of the name that fit beside the rest in 31."""
ADVERTISING_MS: Final = 100.0
IDLE_S: Final = 1.0

type Value = Characteristic[CharacteristicValue[bytes] | bytes]

PROPERTIES: Final = {
    Can.READ: Characteristic.Properties.READ,
    Can.NOTIFY: Characteristic.Properties.NOTIFY,
    Can.WRITE: Characteristic.Properties.WRITE,
    Can.INDICATE: Characteristic.Properties.INDICATE,
}


class Peripheral:
    """One treadmill on the air. `now` is ms of the monotonic clock; by_hand: the caller advances the server."""

    def __init__(
        self,
        server: FtmsServer,
        radio: Radio,
        *,
        now: Callable[[], int],
        address: str = ADDRESS,
        name: str = NAME,
        by_hand: bool = False,
    ) -> None:
        self.server = server
        self.address = hci.Address(f"{address}/P")
        self.name = name
        self._radio = radio
        self._now = now
        self._by_hand = by_hand
        self._device: Device | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    async def power_on(self) -> None:
        """Switch the machine on: it advertises and takes one client after the other."""
        if self._device:
            return
        device = Device(name=self.name, address=self.address, host=self._radio.host(self.address))
        characteristics = self._mount(device)
        device.on(device.EVENT_CONNECTION, lambda connection: self._welcome(device, connection, characteristics))
        self._device = device
        await device.power_on()
        await device.start_advertising(
            own_address_type=hci.OwnAddressType.PUBLIC,
            auto_restart=True,
            advertising_data=advertisement(self.name[:SHORT_NAME]),
            scan_response_data=bytes(AdvertisingData([(AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode())])),
            advertising_interval_min=ADVERTISING_MS,
            advertising_interval_max=ADVERTISING_MS,
        )
        if not self._by_hand:
            self._start(self._run())

    async def power_off(self) -> None:
        """Pull the mains plug: silence, and a machine that forgot everything."""
        self.catch_up()
        self.server.cut_power()
        await self._fall_silent()

    async def walk_away(self) -> None:
        """Carry the radio out of reach: silence, while the machine goes on; power_on brings it back."""
        self.catch_up()
        self.server.disconnect()
        await self._fall_silent()

    async def hang_up(self) -> None:
        """End the link in order, as the treadmill's wish."""
        if self._device:
            for connection in list(self._device.connections.values()):
                await connection.disconnect()

    async def _fall_silent(self) -> None:
        self._device = None
        for task in self._tasks:
            task.cancel()
        await self._radio.silence()

    def _mount(self, device: Device) -> dict[int, Value]:
        ftms = {uuid: self._characteristic(uuid, can) for uuid, can in self.server.characteristics.items()}
        about = [self._characteristic(uuid, can) for uuid, can in DEVICE_INFORMATION.items()]
        device.add_service(Service(UUID.from_16_bits(FITNESS_MACHINE), ftms.values()))
        device.add_service(Service(UUID.from_16_bits(DEVICE_INFORMATION_SERVICE), about))
        return ftms

    def _characteristic(self, uuid: int, can: Can) -> Value:
        properties, permissions = Characteristic.Properties(0), Characteristic.Permissions(0)
        for one in can:
            properties |= PROPERTIES[one]
        if Can.READ in can:
            permissions |= Characteristic.Permissions.READABLE
        if Can.WRITE in can:
            permissions |= Characteristic.Permissions.WRITEABLE
        value = CharacteristicValue(read=lambda _: self._read(uuid), write=lambda _, data: self._write(uuid, data))
        characteristic = Characteristic(UUID.from_16_bits(uuid), properties, permissions, value)
        characteristic.on(
            characteristic.EVENT_SUBSCRIPTION,
            lambda _, notify, indicate: self.server.subscribe(uuid, on=indicate if Can.INDICATE in can else notify),
        )
        return characteristic

    def _read(self, uuid: int) -> bytes:
        self.catch_up()
        return self.server.read(uuid)

    def _write(self, uuid: int, data: bytes) -> None:
        self.catch_up()
        error = self.server.write(uuid, bytes(data))
        self._changed.set()
        if error:
            raise att.ATT_Error(att.ErrorCode(error))

    def _welcome(self, device: Device, connection: Connection, characteristics: dict[int, Value]) -> None:
        self.catch_up()
        out: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()
        self.server.connect(lambda uuid, data: out.put_nowait((uuid, data)), self._drop)
        stop_sending = self._start(send(device, connection, characteristics, out))

        def farewell(_reason: int) -> None:
            stop_sending()
            self.catch_up()
            self.server.disconnect()

        connection.on(connection.EVENT_DISCONNECTION, farewell)
        self._changed.set()

    def _drop(self) -> None:
        self._start(self.hang_up())

    def _start(self, work: Coroutine[None, None, None]) -> Callable[[], bool]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task.cancel

    def catch_up(self) -> None:
        """Let the machine's time pass until `now`."""
        if not self._by_hand:
            self.server.advance_to(self._now())

    async def _run(self) -> None:
        while True:
            self.catch_up()
            due = self.server.due
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE_S if due is None else max(1, due - self._now()) / 1_000):
                    await self._changed.wait()


async def send(
    device: Device,
    connection: Connection,
    characteristics: dict[int, Value],
    out: asyncio.Queue[tuple[int, bytes]],
) -> None:
    """Send what the server says to one client, in order; an indication waits for its confirmation."""
    while True:
        uuid, data = await out.get()
        if uuid == codec.CONTROL_POINT:
            with contextlib.suppress(TimeoutError):  # a client that never confirms still hears the rest
                await device.indicate_subscriber(connection, characteristics[uuid], data)
        else:
            await device.notify_subscriber(connection, characteristics[uuid], data)


def advertisement(name: str) -> bytes:
    """Return the advertising data of a treadmill."""
    service = FITNESS_MACHINE.to_bytes(2, "little")
    parts: Iterable[tuple[AdvertisingData.Type, bytes]] = (
        (AdvertisingData.FLAGS, b"\x06"),
        (AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, service),
        (AdvertisingData.SERVICE_DATA_16_BIT_UUID, service + TREADMILL_SERVICE_DATA),
        (AdvertisingData.COMPLETE_LOCAL_NAME, name.encode()),
    )
    return bytes(AdvertisingData(list(parts)))
