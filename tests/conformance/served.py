"""The radio double with a simulated treadmill behind it: what bleak does is done to an FTMS server."""

import asyncio
from dataclasses import dataclass
from typing import Any, cast, override

from bleak.args import SizedBuffer
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import NotifyCallback
from bleak.exc import BleakError, BleakGATTProtocolError

from drivers.simulated.ftms import DEVICE_INFORMATION, Can, FtmsServer
from drivers.transports.bluez import BASE_UUID
from tests.drivers.radio import ADDRESS, RadioClient, RadioScanner, radio

PROPERTIES = {Can.READ: "read", Can.NOTIFY: "notify", Can.WRITE: "write", Can.INDICATE: "indicate"}


@dataclass
class Air:
    """The one treadmill in it."""

    server: FtmsServer

    async def lose(self) -> None:
        """Carry the machine out of reach."""
        self.server.disconnect()
        if radio.clients and radio.current.connected:
            radio.hang_up()


_air: list[Air] = []


def served(server: FtmsServer) -> Air:
    """Put this treadmill into the air, alone."""
    radio.__init__()  # type: ignore[misc]  # as new: the backends find it by name
    tables = {0x180A: DEVICE_INFORMATION, 0x1826: server.characteristics}
    radio.services = {
        BASE_UUID.format(service): {
            BASE_UUID.format(uuid): [word for flag, word in PROPERTIES.items() if flag in can]
            for uuid, can in table.items()
        }
        for service, table in tables.items()
    }
    _air[:] = [Air(server)]
    return _air[0]


def channel_of(characteristic: BleakGATTCharacteristic) -> int:
    return int(characteristic.uuid[4:8], 16)


class ServedScanner(RadioScanner):
    """It hears the treadmill while nobody has its link."""

    @override
    def advertise(self) -> None:
        radio.in_air = [] if _air[0].server.connected else [ADDRESS]
        super().advertise()


class ServedClient(RadioClient):
    """A client whose machine is the one in the air."""

    @property
    def server(self) -> FtmsServer:
        return _air[0].server

    @override
    async def connect(self, pair: bool, **kwargs: Any) -> None:
        await super().connect(pair, **kwargs)
        if self.server.connected:
            self.connected = False
            raise BleakError("le-connection-abort-by-local")
        self.server.connect(self._notified, self.lose)

    @override
    async def disconnect(self) -> None:
        if self.connected:
            self.server.disconnect()
        await super().disconnect()

    @override
    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **kwargs: Any) -> bytearray:
        await self._here()
        return bytearray(self.server.read(channel_of(characteristic)))

    @override
    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool) -> None:
        error = self.server.write(channel_of(characteristic), bytes(data))
        await self._here()
        if error is not None:
            raise BleakGATTProtocolError(cast("Any", error))

    @override
    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **kwargs: Any
    ) -> None:
        await super().start_notify(characteristic, callback, **kwargs)
        await self._here()
        self.server.subscribe(channel_of(characteristic))

    async def _here(self) -> None:
        await asyncio.sleep(0)  # a radio is never instant
        if not self.connected:
            raise EOFError

    def _notified(self, channel: int, data: bytes) -> None:
        if callback := self.callbacks.get(channel):
            callback(bytearray(data))


__all__ = ["ADDRESS", "Air", "ServedClient", "ServedScanner", "served"]
