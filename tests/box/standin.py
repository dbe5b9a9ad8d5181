# mypy: ignore-errors
# It goes when `inclined simulate ftms` is there, and bumble is half typed.
"""A stand-in for `inclined simulate ftms`: the least treadmill and radio with which the box can be tested."""

import argparse
import asyncio
import contextlib
import json
import struct
from asyncio import StreamReader, StreamWriter
from pathlib import Path
from typing import Any

from bumble import hci
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData, PhysicalTransport
from bumble.device import Device
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport import open_transport

from tests.box.radio import ADDRESS, NAME

Property, Permission = Characteristic.Properties, Characteristic.Permissions
HEARD_BY_LINUX = ~(
    hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
    | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
    | hci.LeFeatureMask.LL_PRIVACY
    | hci.LeFeatureMask.LE_2M_PHY
    | hci.LeFeatureMask.LE_CODED_PHY
)


class Air(LocalLink):
    """bumble's link; BlueZ connects with its public address, which bumble's own takes for nobody's."""

    def send_acl_data(self, sender_controller: Any, destination_address: Any, transport: Any, data: bytes) -> None:
        connection = sender_controller.le_connections.get(destination_address)
        peer = self.find_le_controller(destination_address)
        if transport == PhysicalTransport.LE and connection and peer:
            asyncio.get_running_loop().call_soon(peer.on_link_acl_data, connection.self_address, transport, data)

    def send_ll_control_pdu(self, sender_address: Any, receiver_address: Any, packet: Any) -> None:
        if self.find_le_controller(receiver_address):  # else its power is off
            super().send_ll_control_pdu(sender_address, receiver_address, packet)


class LinuxSide(Controller):
    """The controller that Linux sees, corrected where Linux expects more than bumble does."""

    le_features = Controller.le_features & HEARD_BY_LINUX
    supervision = 2.0

    def on_hci_reset_command(self, command: Any) -> Any:
        self.pending_le_connection = None
        self.le_scan_enable = False
        return super().on_hci_reset_command(command)

    def on_hci_le_create_connection_cancel_command(self, _command: Any) -> Any:
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        cancelled = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address.address_type,
            peer_address=pending.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, cancelled)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def create_le_connection(self, peer_address: Any) -> None:
        self.supervision = self.pending_le_connection.supervision_timeout * 0.01
        super().create_le_connection(peer_address)

    async def silence(self, peer: Any) -> None:
        """Tell the host of the lost link, one supervision timeout after the peer fell silent."""
        connection = self.le_connections.get(peer)
        await asyncio.sleep(self.supervision)
        if connection and self.le_connections.get(peer) is connection:
            self.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)


class Treadmill:
    """A belt at 8 km/h whose incline can be set."""

    def __init__(self, air: Air) -> None:
        self.air, self.address = air, hci.Address(f"{ADDRESS}/P")
        self.incline, self.writes, self.started = 0, list[str](), asyncio.get_running_loop().time()

    async def on(self) -> None:
        self.controller = Controller(NAME, link=self.air, public_address=self.address)
        host = Host()
        host.controller, self.controller.host = self.controller, host
        self.device = Device(name=NAME, address=self.address, host=host)
        self.data = Characteristic(UUID.from_16_bits(0x2ACD), Property.NOTIFY, Permission(0))
        answer = CharacteristicValue(write=self.wish)
        self.point = Characteristic(
            UUID.from_16_bits(0x2AD9), Property.WRITE | Property.INDICATE, Permission.WRITEABLE, answer
        )
        feature = struct.pack("<II", 0x0000_100C, 0x0000_0002)
        said = Characteristic(UUID.from_16_bits(0x2ACC), Property.READ, Permission.READABLE, feature)
        self.device.add_service(Service(UUID.from_16_bits(0x1826), [said, self.data, self.point]))
        self.device.advertising_data = bytes(
            AdvertisingData(
                [
                    (AdvertisingData.FLAGS, bytes([6])),
                    (AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, struct.pack("<H", 0x1826)),
                    (AdvertisingData.SERVICE_DATA_16_BIT_UUID, struct.pack("<HBH", 0x1826, 1, 1)),
                    (AdvertisingData.COMPLETE_LOCAL_NAME, NAME.encode()),
                ]
            )
        )
        await self.device.power_on()
        await self.device.start_advertising(
            own_address_type=hci.OwnAddressType.PUBLIC,
            auto_restart=True,
            advertising_interval_min=100,
            advertising_interval_max=100,
        )
        self.belt = asyncio.create_task(self.run())

    def off(self) -> None:
        self.belt.cancel()
        for advertiser in (self.controller.le_legacy_advertiser, *self.controller.advertising_sets.values()):
            advertiser.stop()
        self.air.remove_controller(self.controller)

    async def hang_up(self) -> None:
        for connection in list(self.device.connections.values()):
            await connection.disconnect()

    async def run(self) -> None:
        while True:
            elapsed = int(asyncio.get_running_loop().time() - self.started)
            packet = struct.pack("<HHhhH", 0x0408, 800, self.incline, 0x7FFF, elapsed)
            await self.device.notify_subscribers(self.data, packet)
            await asyncio.sleep(0.25)

    def wish(self, connection: Any, value: bytes) -> None:
        self.writes.append(bytes(value).hex())
        if value[0] == 3:
            (self.incline,) = struct.unpack_from("<h", value, 1)
        answer = bytes([0x80, value[0], 1])
        self.answering = asyncio.create_task(self.device.indicate_subscriber(connection, self.point, answer))


async def main(radio: str, control: Path) -> None:
    air = Air()
    treadmill = Treadmill(air)
    await treadmill.on()
    async with await open_transport(radio) as line:
        linux = LinuxSide("hci0", line.source, line.sink, air, "00:AA:01:02:03:04/P")

        async def serve(reader: StreamReader, writer: StreamWriter) -> None:
            async for wish in reader:
                answer: dict[str, Any] = {"ok": True}
                match json.loads(wish)["op"]:
                    case "off":
                        treadmill.off()
                        tasks.append(asyncio.create_task(linux.silence(treadmill.address)))
                    case "on":
                        await treadmill.on()
                    case "hangup":
                        await treadmill.hang_up()
                    case "status":
                        answer["writes"] = treadmill.writes
                writer.write(json.dumps(answer).encode() + b"\n")
            writer.close()

        tasks: list[asyncio.Task[None]] = []
        async with await asyncio.start_unix_server(serve, control):
            await line.source.wait_for_termination()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--address")
    parser.add_argument("--name")
    parser.add_argument("--radio", required=True)
    parser.add_argument("--control", required=True, type=Path)
    with contextlib.suppress(ConnectionError):
        args = parser.parse_args()
        asyncio.run(main(args.radio, args.control))
