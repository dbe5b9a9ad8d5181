"""A Bluetooth link to one treadmill through BlueZ, on bleak: only the configured address, one open at a time.

Two traps of bleak 3.1 are cured here. After a loss that we did not ask for it keeps its D-Bus connection, and BlueZ
then sends every later notification twice: the old client is disconnected before the next open. And an error that
escapes a callback is swallowed by dbus-fast: none escapes.
Bleak repeats a write by itself while BlueZ says InProgress, which only another write at the same moment causes:
hence one write at a time, and no second program on the same machine.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from bleak import BleakClient, BleakScanner
from bleak.args.bluez import BlueZScannerArgs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.exc import BleakGATTProtocolError, BleakGATTProtocolErrorCode
from bleak_retry_connector import close_stale_connections_by_address, establish_connection

from drivers.contract import LinkLost, Listener, Permit, Refused, Timeout, Unsupported, Withdrawn
from drivers.transports.bluez import LOW_LEVEL, by_channel, why_not

logger = logging.getLogger(__name__)

SCAN_S = 15.0
SLOT_SCAN_S = 6.0
OPEN_S = 45.0
"""Scan, connect and service discovery together; a bluetoothd that is missing holds D-Bus for 25 s alone."""
CALL_S = 35.0
"""ATT gives a request 30 s."""
CLOSE_S = 12.0
"""An orderly disconnect takes BlueZ 2 s; bleak gives it 10."""
ATTEMPTS = 2

type Allow = Callable[[int, bytes], None]


def nothing(channel: int, data: bytes) -> None:
    """Allow no write at all: the gate of a link that was given none."""
    raise Unsupported(f"nothing was sent: this link writes nothing ({channel:04x}: {data.hex(' ')})")


class BleLink:
    """A contract.Link whose channels are the machine's 16-bit characteristics; sees its slot, too.

    `allow` is asked for every write at the last line and raises Unsupported; without one nothing is written.
    """

    open_limit = OPEN_S

    def __init__(self, address: str, adapter: str | None, allow: Allow = nothing) -> None:
        self._address, self._allow = address.upper(), allow
        self._bluez: BlueZScannerArgs = {"adapter": adapter} if adapter else {}
        self._where = f"{self._address} on {adapter or 'the default adapter'}"
        self._busy = False
        self._client: BleakClient | None = None
        self._lost: asyncio.Future[str] | None = None
        self._listener: Listener | None = None
        self._channels: dict[int, BleakGATTCharacteristic] = {}
        self._writing = asyncio.Lock()

    async def open(self, listener: Listener, /) -> frozenset[int]:
        """Scan for the address, stop scanning, connect; LinkLost with the reason when that fails."""
        if self._busy:
            raise LinkLost(f"{self._where} is already open or being opened: close it first")
        self._busy = True
        try:
            async with asyncio.timeout(OPEN_S):
                await self._connect(listener)
        except TimeoutError as late:
            raise await self._not_open(f"{self._where} could not be opened in {OPEN_S:g} s") from late
        except LOW_LEVEL as error:
            raise await self._not_open(why_not(self._where, error)) from error
        except BaseException:
            await self._drop()
            raise
        return frozenset(self._channels)

    async def _connect(self, listener: Listener) -> None:
        await close_stale_connections_by_address(self._address)
        device = await self._find(SCAN_S)
        if device is None:
            raise LinkLost(
                f"{self._where} was not heard in {SCAN_S:g} s: it is off, out of range, or its link is taken"
            )
        self._lost = asyncio.get_running_loop().create_future()
        self._listener = listener
        self._client = client = await establish_connection(
            BleakClient, device, self._address, disconnected_callback=self._on_lost, max_attempts=ATTEMPTS
        )
        if not client.is_connected:
            raise LinkLost(f"{self._where} left while it was being connected")
        self._channels = by_channel(client)

    async def _find(self, seconds: float) -> BLEDevice | None:
        return await BleakScanner.find_device_by_address(self._address, timeout=seconds, bluez=self._bluez)

    async def _not_open(self, why: str) -> LinkLost:
        await self._drop()
        return LinkLost(why)

    async def subscribe(self, channel: int, /) -> None:
        """Write the channel's CCCD; what it says goes to the listener."""
        client, found = self._found(channel)

        def on_value(_: BleakGATTCharacteristic, data: bytearray) -> None:
            self._tell(client, lambda listener: listener.heard(channel, bytes(data)))

        await self._call(client, client.start_notify(found, on_value))

    async def read(self, channel: int, /) -> bytes:
        client, found = self._found(channel)
        return bytes(await self._call(client, client.read_gatt_char(found)))

    async def write(self, channel: int, data: bytes, permit: Permit, /) -> None:
        """Write with response. Timeout: it may have arrived. Refused: the machine did not take it."""
        async with self._writing:
            client, found = self._found(channel)
            self._allow(channel, data)

            async def send() -> None:
                # asked inside the task that sends: between a permit and the bytes nothing else may run
                if not permit():
                    raise Withdrawn(f"nothing was sent: {data.hex(' ')} was withdrawn")
                await client.write_gatt_char(found, data, response=True)

            try:
                await self._call(client, send())
            except LinkLost as lost:
                raise Timeout(f"the link went during the write: {lost}") from lost

    async def close(self) -> None:
        """Disconnect, at most 12 s, and needed after a loss, too; never raises but for being cancelled."""
        await self._drop()

    async def slot_free(self) -> bool:
        """Say whether the machine advertises, as machines do whose one link is free; takes up to 6 s."""
        try:
            async with asyncio.timeout(OPEN_S):
                return await self._find(SLOT_SCAN_S) is not None
        except TimeoutError as late:
            raise LinkLost(f"{self._where}: no answer from bluetoothd") from late
        except LOW_LEVEL as error:
            raise LinkLost(why_not(self._where, error)) from error

    def _found(self, channel: int) -> tuple[BleakClient, BleakGATTCharacteristic]:
        client = self._client
        if client is None or self._lost is None or self._lost.done():
            raise LinkLost(f"{self._where} is not open")
        found = self._channels.get(channel)
        if found is None:
            raise Unsupported(f"{self._where} has no characteristic {channel:04x}")
        return client, found

    async def _call[T](self, client: BleakClient, work: Coroutine[Any, Any, T]) -> T:
        """Await a call of bleak, or the loss of the link, whichever comes first."""
        lost = self._lost
        if lost is None or client is not self._client:
            work.close()
            raise LinkLost(f"{self._where} is not open")
        task = asyncio.ensure_future(work)
        task.add_done_callback(_seen)
        try:
            await asyncio.wait((task, lost), timeout=CALL_S, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        except BleakGATTProtocolError as error:
            if error.code is BleakGATTProtocolErrorCode.UNLIKELY_ERROR:  # BlueZ's word for a peer that went silent
                raise Timeout(f"{self._where} did not answer (ATT 0e)") from error
            raise Refused(f"{self._where} refused: ATT {error.code:02x}, {error.args[1]}") from error
        except TimeoutError as late:
            raise Timeout(f"{self._where}: no answer from bluetoothd") from late
        except LOW_LEVEL as error:
            raise LinkLost(why_not(self._where, error)) from error
        finally:
            task.cancel()
        if lost.done():
            raise LinkLost(lost.result())
        raise Timeout(f"{self._where} did not answer in {CALL_S:g} s")

    def _tell(self, client: BleakClient, say: Callable[[Listener], None]) -> None:
        """Tell the listener of the link that client holds; nothing escapes into dbus-fast, which would hide it."""
        if client is not self._client or self._listener is None:
            return
        try:
            say(self._listener)
        except Exception:  # whatever a listener's mistake is, it must be logged here: dbus-fast would swallow it
            logger.exception("%s: a listener raised", self._where)

    def _on_lost(self, client: BleakClient) -> None:
        """Take bleak's word that the link is gone; our own disconnects come here, too, and are not told."""
        if client is not self._client or self._lost is None or self._lost.done():
            return
        reason = f"{self._where}: the machine ended the link, or it went out of reach"
        self._tell(client, lambda listener: listener.lost(reason))
        self._lost.set_result(reason)

    async def _drop(self) -> None:
        """Forget the link, lost or not, and free its D-Bus connection; afterwards it may be opened again."""
        client, self._client, self._listener = self._client, None, None
        if self._lost and not self._lost.done():
            self._lost.set_result(f"{self._where} was closed")
        try:
            if client:
                await self._disconnect(client)
        finally:
            self._busy = False

    async def _disconnect(self, client: BleakClient) -> None:
        try:
            async with asyncio.timeout(CLOSE_S):
                await client.disconnect()
        except (TimeoutError, *LOW_LEVEL) as error:
            logger.info("%s: not closed in order: %r", self._where, error)


def _seen(task: asyncio.Future[Any]) -> None:
    """Look at the result of a call that nobody waits for any more, so that asyncio does not log it."""
    if not task.cancelled():
        task.exception()
