"""A radio behind bleak's own backend seam: one machine in the air, and BlueZ's habits where they matter.

Modelled: advertisements only while nobody is connected, notify sessions that live on until their client is
disconnected (bleak 3.1 after a loss), calls that hang until the link goes.
"""

import asyncio
from collections.abc import Callable
from typing import Any, override

import bleak
import pytest
from bleak.args import SizedBuffer
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection

from drivers.transports.bluez import BASE_UUID

ADDRESS = "C4:64:E3:5A:10:9F"
FTMS = {0x2ACC: ["read"], 0x2ACD: ["notify"], 0x2AD3: ["read", "notify"], 0x2AD9: ["write", "indicate"]}


class Radio:
    """The air around one machine; `log` tells in which order things were done."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.in_air = ["11:11:11:11:11:11", ADDRESS]
        self.services: dict[str, dict[str, list[str]]] = {
            "0000180a-0000-1000-8000-00805f9b34fb": {BASE_UUID.format(0x2A29): ["read"]},
            BASE_UUID.format(0x1826): {BASE_UUID.format(channel): props for channel, props in FTMS.items()},
            "59554c55-8000-6666-8888-4d4552414348": {"59554c55-8001-6666-8888-4d4552414348": ["write"]},
        }
        self.values: dict[str, bytes] = {}
        self.scan_error: Exception | None = None
        self.connect_error: Exception | None = None
        self.call_error: Exception | None = None
        self.connect_hangs = False
        self.call_hangs = False
        self.written: list[str] = []
        self.wrote = asyncio.Event()
        self.connecting = asyncio.Event()
        self.clients: list[RadioClient] = []
        self.sessions: list[RadioClient] = []
        """Notify sessions that BlueZ keeps; each of them repeats every notification."""

    @property
    def current(self) -> "RadioClient":
        return self.clients[-1]

    def notify(self, channel: int, data: str) -> None:
        """Send one notification; BlueZ repeats it for each session that was never given back."""
        callback = self.current.callbacks.get(channel)
        for _ in self.sessions:
            if callback:
                callback(bytearray.fromhex(data))

    def hang_up(self) -> None:
        self.current.lose()


radio = Radio()


class RadioScanner(BaseBleakScanner):
    def __init__(self, detection_callback: Any, service_uuids: Any, *_: Any, **more: Any) -> None:
        super().__init__(detection_callback, service_uuids)
        self.adapter = more.get("bluez", {}).get("adapter")

    @override
    async def start(self) -> None:
        self.seen_devices = {}
        if radio.scan_error:
            raise radio.scan_error
        radio.log.append(f"scan {self.adapter}")
        self.soon = asyncio.get_running_loop().call_later(0.001, self.advertise)

    def advertise(self) -> None:
        for address in radio.in_air:
            said = AdvertisementData(f"name {address[:2]}", {}, {}, [BASE_UUID.format(0x1826)], None, -60, ())
            device = self.create_or_update_device(address, address, said.local_name, {}, said)
            self.call_detection_callbacks(device, said)
        self.soon = asyncio.get_running_loop().call_later(0.01, self.advertise)

    @override
    async def stop(self) -> None:
        self.soon.cancel()
        radio.log.append("scan stopped")


class RadioClient(BaseBleakClient):
    def __init__(self, device: BLEDevice, *, disconnected_callback: Callable[[], None] | None, **more: Any) -> None:
        super().__init__(device, disconnected_callback=disconnected_callback, timeout=more["timeout"])
        self.connected = False
        self.callbacks: dict[int, NotifyCallback] = {}
        self.ended = asyncio.Event()
        radio.clients.append(self)

    @property
    @override
    def mtu_size(self) -> int:
        return 23

    @property
    @override
    def name(self) -> str:
        return self.address

    @property
    @override
    def is_connected(self) -> bool:
        return self.connected

    @override
    async def connect(self, pair: bool, **kwargs: Any) -> None:
        radio.log.append(f"connect {self.address}")
        radio.connecting.set()
        if radio.connect_hangs:
            await asyncio.Event().wait()
        if radio.connect_error:
            raise radio.connect_error
        self.connected = True
        self.services = self._collect()

    def _collect(self) -> BleakGATTServiceCollection:
        services, handle = BleakGATTServiceCollection(), 0
        for uuid, characteristics in radio.services.items():
            service = BleakGATTService(None, handle := handle + 1, uuid)
            services.add_service(service)
            for each, properties in characteristics.items():
                found: Any = properties
                services.add_characteristic(
                    BleakGATTCharacteristic(None, handle := handle + 1, each, found, lambda: 20, service)
                )
        return services

    def lose(self) -> None:
        self.connected = False
        self.services = None
        self.ended.set()
        if self._disconnected_callback:
            self._disconnected_callback()

    @override
    async def disconnect(self) -> None:
        radio.log.append("disconnect")
        await asyncio.sleep(0)
        if self in radio.sessions:
            radio.sessions.remove(self)
        if self.connected:
            self.lose()

    @override
    async def pair(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError

    @override
    async def unpair(self) -> None:
        raise NotImplementedError

    async def _call(self) -> None:
        if radio.call_error:
            raise radio.call_error
        if radio.call_hangs:
            await self.ended.wait()
            await asyncio.sleep(0.01)
            raise EOFError

    @override
    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **kwargs: Any) -> bytearray:
        await self._call()
        return bytearray(radio.values.get(characteristic.uuid, b"\x01\x02"))

    @override
    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **kwargs: Any) -> bytearray:
        raise NotImplementedError

    @override
    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool) -> None:
        radio.written.append(f"{characteristic.uuid[4:8]} {bytes(data).hex(' ')} {response}")
        radio.wrote.set()
        await self._call()

    @override
    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        raise NotImplementedError

    @override
    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **kwargs: Any
    ) -> None:
        await self._call()
        if self not in radio.sessions:
            radio.sessions.append(self)
        self.callbacks[int(characteristic.uuid[4:8], 16)] = callback

    @override
    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        raise NotImplementedError


def install(patch: pytest.MonkeyPatch) -> Radio:
    """Put the radio under bleak, with no D-Bus anywhere, and return it."""
    radio.__init__()  # type: ignore[misc]  # the one radio, as new: the backends find it by name
    patch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    patch.setattr(bleak, "get_platform_client_backend_type", lambda: (RadioClient, "radio"))
    patch.setattr(bleak, "get_platform_scanner_backend_type", lambda: (RadioScanner, "radio"))
    return radio
