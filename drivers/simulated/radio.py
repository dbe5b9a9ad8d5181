"""The air between a simulated treadmill and its host: bumble's virtual controllers, put right for Linux with BlueZ.

bumble 0.0.236 differs from a real controller in ways that stop BlueZ; each correction says which. It also knows no
supervision timeout: here a radio that falls silent is noticed by its peers after the timeout that they asked for.
"""

import asyncio
import logging
from typing import Protocol, override

from bumble import hci, ll
from bumble.controller import Connection, Controller
from bumble.core import PhysicalTransport
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import Transport

log = logging.getLogger(__name__)

SUPERVISION_UNIT_S = 0.01
"""Core 5.3 Vol 4 Part E 7.8.12."""
HOST_ADDRESS = "00:AA:01:02:03:04/P"


class Air(LocalLink):
    """All radios that hear each other; made by `air`."""

    @override
    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        """Carry data under the address that the connection was made with: bumble takes the sender's random one."""
        connection = sender_controller.le_connections.get(destination_address)
        receiver = self.find_le_controller(destination_address)
        if transport is PhysicalTransport.LE and connection and receiver:
            loop = asyncio.get_running_loop()
            loop.call_soon(receiver.on_link_acl_data, connection.self_address, transport, data)

    @override
    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        """Lose what is sent to a silent radio: bumble raises."""
        if self.find_le_controller(receiver_address):
            super().send_ll_control_pdu(sender_address, receiver_address, packet)

    def silence(self, radio: Controller) -> None:
        """Take a radio off the air without a word; its peers notice after their supervision timeout."""
        radio.le_legacy_advertiser.stop()
        for advertiser in radio.advertising_sets.values():
            advertiser.stop()
        addresses = [connection.self_address for connection in radio.le_connections.values()]
        self.remove_controller(radio)
        for peer in self.controllers:
            if isinstance(peer, HostSideController):
                for address in addresses:
                    peer.miss(address)


class HostSideController(Controller):
    """The controller that the host under test sees as its own: legacy scanning and connecting only."""

    # The feature bits claim what bumble's command bitmap lacks, so that it would send reports BlueZ cannot read.
    le_features = Controller.le_features & ~(
        hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
        | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
        | hci.LeFeatureMask.LL_PRIVACY
        | hci.LeFeatureMask.LE_2M_PHY
        | hci.LeFeatureMask.LE_CODED_PHY
    )
    supervision_s = 2.0
    """Of the connection last asked for."""

    @override
    def on_hci_reset_command(self, _command: hci.HCI_Reset_Command) -> hci.HCI_StatusReturnParameters:
        """Forget scans, connects and links at a reset: bumble keeps them."""
        self.pending_le_connection = None
        self.le_scan_enable = False
        for connection in self.le_connections.values():
            connection.send_ll_control_pdu(ll.TerminateInd(hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR))
        self.le_connections.clear()
        return super().on_hci_reset_command(_command)

    @override
    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Cancel the connect under way (Core 5.3 Vol 4 Part E 7.8.13): bumble answers success and goes on with it."""
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        asyncio.get_running_loop().call_soon(self.send_hci_packet, cancelled(pending.peer_address))
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    @override
    def create_le_connection(self, peer_address: hci.Address) -> None:
        """Connect, and remember how long the host wants to wait for a silent peer."""
        if isinstance(self.pending_le_connection, hci.HCI_LE_Create_Connection_Command):
            self.supervision_s = self.pending_le_connection.supervision_timeout * SUPERVISION_UNIT_S
        super().create_le_connection(peer_address)

    def miss(self, peer_address: hci.Address) -> None:
        """Tell the host of a lost link (reason 0x08) once the supervision timeout is over."""
        if connection := self.le_connections.get(peer_address):
            asyncio.get_running_loop().call_later(self.supervision_s, self._lose, connection)

    def _lose(self, connection: Connection) -> None:
        if self.le_connections.get(connection.peer_address) is connection:
            log.info("link to %s lost", connection.peer_address)
            self.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)


def cancelled(peer: hci.Address) -> hci.HCI_LE_Connection_Complete_Event:
    """Return the event that ends a cancelled connect."""
    return hci.HCI_LE_Connection_Complete_Event(
        status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
        connection_handle=0,
        role=hci.Role.CENTRAL,
        peer_address_type=peer.address_type,
        peer_address=peer,
        connection_interval=0,
        peripheral_latency=0,
        supervision_timeout=0,
        central_clock_accuracy=0,
    )


def air() -> Air:
    """Return an empty air; call it inside a running loop."""
    return Air()  # type: ignore[no-untyped-call]  # bumble's LocalLink leaves __init__ untyped


def host_side(on: Air, transport: Transport) -> HostSideController:
    """Return the controller for a host at the other end of an HCI byte stream."""
    return HostSideController(
        "host side", host_source=transport.source, host_sink=transport.sink, link=on, public_address=HOST_ADDRESS
    )


class Radio(Protocol):
    """The treadmill's own radio."""

    def host(self, address: hci.Address) -> Host:
        """Return a bumble host on a radio that is switched on."""
        ...

    async def silence(self) -> None:
        """Fall silent without ending any link."""
        ...


class VirtualRadio:
    """A treadmill's radio on the air; each `host` is a new one, as after a restart."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self._controller: Controller | None = None

    def host(self, address: hci.Address) -> Host:
        self._controller = Controller("treadmill", link=self._air, public_address=address)
        host = Host()
        host.controller = self._controller
        self._controller.host = host
        return host

    async def silence(self) -> None:
        if self._controller:
            self._air.silence(self._controller)
            self._controller = None


class RealRadio:
    """A real controller, a dongle, at the other end of an HCI transport; a reset makes it silent."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._host: Host | None = None

    def host(self, address: hci.Address) -> Host:  # noqa: ARG002, the radio has its own, or takes a random one from the device
        self._host = Host(self._transport.source, self._transport.sink)
        return self._host

    async def silence(self) -> None:
        if self._host:
            await self._host.send_sync_command(hci.HCI_Reset_Command())
