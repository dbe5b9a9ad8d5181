"""The serial port: pyserial opens it, the loop reads and writes its file descriptor; no thread stands between.

One program has it at a time: pyserial takes an advisory lock, which refuses other daemons, and TIOCEXCL refuses all
other openers but root. What waits in the kernel to be sent is thrown away when its time is over or when the port is
closed, so that no byte leaves after its permit is gone.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable

from drivers.contract import LinkLost, Permit, Timeout, Withdrawn
from drivers.transports.aside import aside
from drivers.transports.port import Opened, closed, discard, opened, queued, why_not
from drivers.transports.ports import check_name, device_of, identity_of
from drivers.transports.stream import StreamListener, Tap, to_log

OPEN_S = 6.0
"""A USB adapter that does not answer holds its open for 5 s."""
WRITE_S = 2.0
"""At least; slow lines get the time that the bytes take."""
CLOSE_S = 2.0
CHUNK = 4096
LONGEST_NAP_S = 0.05


class SerialPort:
    """A stream.ByteStream: 8 data bits, no parity, 1 stop bit, no flow control, and the lines DTR and RTS as given."""

    open_limit = OPEN_S

    def __init__(
        self,
        name: str,
        speed: int,
        *,
        dtr: bool = True,
        rts: bool = True,
        tap: Tap = to_log,
        identify: Callable[[str], str | None] = identity_of,
    ) -> None:
        check_name(name)
        self.name, self.speed = name, speed
        self._dtr, self._rts, self._tap, self._identify = dtr, rts, tap, identify
        self._known: str | None = None
        """Which adapter stood behind the name when it was first opened."""
        self._busy = False
        self._ours = threading.Lock()
        """Held from the opening of the port to the end of its closing, in whatever thread these are."""
        self._port: Opened | None = None
        self._listener: StreamListener | None = None
        self._over: asyncio.Future[None] | None = None
        """Done when the open port is lost, with the reason as its exception."""
        self._writing = asyncio.Lock()

    async def open(self, listener: StreamListener, /) -> None:
        """Open beside the loop; LinkLost in a sentence for staff when that cannot be, or when it is another adapter."""
        if self._busy:
            raise LinkLost(f"{self.name} is already open or being opened: close it first")
        self._busy = True
        try:
            port = await aside(self._open_now, self._close_now, OPEN_S)
        except BaseException as error:
            self._busy = False
            if isinstance(error, TimeoutError):
                raise LinkLost(f"{self.name} could not be opened in {OPEN_S:g} s: unplug the adapter once") from error
            raise
        self._known = self._known or port.identity
        self._port, self._listener = port, listener
        self._over = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().add_reader(port.fd, self._readable, port)

    def _open_now(self) -> Opened:
        """Do what may block; in a thread. One that was given up ends first, or it would look like another program's."""
        if not self._ours.acquire(timeout=OPEN_S):
            raise LinkLost(f"{self.name} is still being opened or closed: unplug the adapter once")
        try:
            return self._open_alone()
        except BaseException:
            self._ours.release()
            raise

    def _close_now(self, port: Opened) -> None:
        """Close; in a thread."""
        try:
            closed(port)
        finally:
            self._ours.release()

    def _open_alone(self) -> Opened:
        device = device_of(self.name)
        identity = self._identify(device)
        if self._known is not None and identity != self._known:
            raise LinkLost(
                f"{self.name} is another device now: {identity or 'an unknown one'}, where {self._known} was before. "
                "Nothing was sent to it. Put the first one back, or restart inclined if the change was meant"
            )
        return opened(self.name, device, identity, self.speed, dtr=self._dtr, rts=self._rts)

    async def write(self, data: bytes, permit: Permit, /) -> None:
        """Send data whole once nothing waits in front of it; see stream.ByteStream."""
        async with self._writing:
            port, over = self._open_port()
            left = data
            try:
                async with asyncio.timeout(WRITE_S + len(data) * 10 / self.speed):
                    await self._sent_out(port, over)
                    while left:
                        left = left[self._send(port, left, permit) :]
                        if left:
                            await _writable(port, over)
                    await self._sent_out(port, over)
            except BaseException as error:
                discard(port)
                if isinstance(error, TimeoutError):
                    raise self._stuck(data, left) from error
                raise

    def _stuck(self, data: bytes, left: bytes) -> LinkLost | Timeout:
        if left == data:
            return LinkLost(f"nothing was sent: {self.name} takes no bytes; unplug the adapter once")
        return Timeout(f"{self.name} took only a part of {data.hex(' ')}: what became of it is unknown")

    def _send(self, port: Opened, data: bytes, permit: Permit) -> int:
        """Hand bytes to the kernel, if they may still leave; return how many it took."""
        if not permit():
            raise Withdrawn(f"nothing whole was sent: {data.hex(' ')} was withdrawn")
        try:
            count = os.write(port.fd, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self._lose(port, why_not(self.name, error)) from error
        self._tap(">", data[:count])
        return count

    async def _sent_out(self, port: Opened, over: asyncio.Future[None]) -> None:
        """Wait until the kernel holds no byte that has not left."""
        while True:
            if over.done():
                over.result()
            try:
                waiting = queued(port)
            except OSError as error:
                raise self._lose(port, why_not(self.name, error)) from error
            if not waiting:
                return
            await asyncio.sleep(min(waiting * 10 / self.speed, LONGEST_NAP_S))

    def _readable(self, port: Opened) -> None:
        try:
            data = os.read(port.fd, CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(port, why_not(self.name, error))
            return
        if not data:  # VMIN is 1: only a port that is gone says this
            self._lose(port, f"{self.name} was unplugged, or its other end is closed")
            return
        self._tap("<", data)
        if self._listener:
            self._listener.arrived(data)

    def _lose(self, port: Opened, reason: str) -> LinkLost:
        """End the open port, once; return the error to raise."""
        asyncio.get_running_loop().remove_reader(port.fd)
        lost = LinkLost(reason)
        if port is self._port and self._over and not self._over.done():
            self._over.set_exception(lost)
            self._over.exception()  # looked at: nobody may be waiting
            if self._listener:
                self._listener.lost(reason)
        return lost

    def _open_port(self) -> tuple[Opened, asyncio.Future[None]]:
        if self._port is None or self._over is None:
            raise LinkLost(f"{self.name} is not open")
        if self._over.done():
            self._over.result()
        return self._port, self._over

    async def close(self) -> None:
        """Throw away what has not left, and close; never raises but for being cancelled."""
        port, self._port, self._listener = self._port, None, None
        if port is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(port.fd)
        loop.remove_writer(port.fd)
        if self._over and not self._over.done():
            self._over.set_exception(LinkLost(f"{self.name} was closed"))
            self._over.exception()
        try:
            with contextlib.suppress(TimeoutError):
                await aside(lambda: self._close_now(port), lambda _: None, CLOSE_S)
        finally:
            self._busy = False


async def _writable(port: Opened, over: asyncio.Future[None]) -> None:
    """Wait until the kernel takes bytes again, or the port is lost: its reason is raised."""
    loop = asyncio.get_running_loop()
    free: asyncio.Future[None] = loop.create_future()
    loop.add_writer(port.fd, free.cancel)  # any end of it will do
    try:
        await asyncio.wait((free, over), return_when=asyncio.FIRST_COMPLETED)
    finally:
        loop.remove_writer(port.fd)
    if over.done():
        over.result()
