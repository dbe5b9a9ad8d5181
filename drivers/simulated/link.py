"""A link in memory to a simulated treadmill, for tests and for the demo: no radio, the same behaviour.

The machine lives on `now`, whether or not somebody is connected. While the link is open a task of its own lets the
machine's time pass; with `by_hand` there is none, and `catch_up` is called after `now` was moved.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from drivers.contract import LinkLost, Listener, Permit, Refused, Timeout, Unsupported, Withdrawn
from drivers.simulated.build import Key
from drivers.simulated.ftms import DEVICE_INFORMATION, FtmsServer

SUPERVISION_MS: Final = 420
"""The kernel's usual supervision timeout: silence for so long ends a link."""


class SimulatedLink:
    """A contract.Link over an FtmsServer; `now` is ms of the monotonic clock."""

    open_limit = 5.0

    def __init__(
        self,
        server: FtmsServer | None = None,
        *,
        now: Callable[[], int],
        by_hand: bool = False,
        supervision_ms: int = SUPERVISION_MS,
    ) -> None:
        self.server = server or FtmsServer(at=now())
        self.taken = False
        """Somebody else's app has the machine's one link."""
        self.powered = True
        self._now = now
        self._by_hand = by_hand
        self._supervision_ms = supervision_ms
        self._listener: Listener | None = None
        self._over = asyncio.Event()
        self._silent_since: int | None = None
        self._clock: asyncio.Task[None] | None = None

    async def open(self, listener: Listener, /) -> frozenset[int]:
        """Connect; LinkLost when the machine is off or its link is taken."""
        self.catch_up()
        if self._listener:
            raise LinkLost("the simulated treadmill is already connected here; close the link first")
        if not self.powered:
            raise LinkLost("the simulated treadmill has no power and does not advertise; switch it on")
        if self.taken:
            raise LinkLost("the simulated treadmill's one link is in use by another app; free it there")
        self.server.connect(listener.heard, lambda: self._lose("the treadmill ended the link"))
        self._listener, self._over, self._silent_since = listener, asyncio.Event(), None
        if not self._by_hand:
            self._clock = asyncio.create_task(self._run(), name="simulated treadmill")
        return frozenset(self.server.characteristics) | frozenset(DEVICE_INFORMATION)

    async def subscribe(self, channel: int, /) -> None:
        """Have notifications or indications of this characteristic."""
        await self._reach(channel)
        self.server.subscribe(channel)

    async def read(self, channel: int, /) -> bytes:
        """Return a characteristic's value."""
        await self._reach(channel)
        try:
            return self.server.read(channel)
        except KeyError:
            raise Unsupported(f"{channel:04X} cannot be read on the simulated treadmill; leave it unread") from None

    async def write(self, channel: int, data: bytes, permit: Permit, /) -> None:
        """Write with response; Refused with the ATT error, Timeout when the link ends before the response."""
        await self._reach(channel, permit)
        if not permit():
            raise Withdrawn(f"the permit for {data.hex(' ')} was gone before it left; nothing was sent")
        if error := self.server.write(channel, data):
            raise Refused(f"the simulated treadmill refused a write to {channel:04X}: ATT error {error:02X}")

    async def close(self) -> None:
        """End the link from this side; nothing more is heard."""
        self.catch_up()
        if self._forget():
            self.server.disconnect()

    async def slot_free(self) -> bool:
        """Tell whether the machine advertises."""
        self.catch_up()
        return self.powered and not self.taken and not self.server.connected

    def press(self, key: Key) -> bool:
        """Let the member press a key, now."""
        self.catch_up()
        return self.server.press(key)

    def catch_up(self) -> None:
        """Let the machine's time pass until `now`."""
        self.server.advance_to(self._now())
        since = self._silent_since
        if since is not None and self._now() >= since + self._supervision_ms:
            self._lose("nothing was heard for the supervision timeout")

    def drop(self) -> None:
        """Have the treadmill hang up."""
        self.catch_up()
        self.server.disconnect()
        self._lose("the treadmill ended the link")

    def plug_pulled(self) -> None:
        """Pull the mains plug: the belt stops, the link is silent and lost after the supervision timeout."""
        self.catch_up()
        self.powered = False
        self.server.cut_power()
        if self._listener:
            self._silent_since = self._now()

    def power_on(self) -> None:
        """Put the plug back."""
        self.catch_up()
        self.powered = True

    async def _reach(self, channel: int, permit: Permit | None = None) -> None:
        await asyncio.sleep(0)  # a radio is never instant: let others run, as they would
        self.catch_up()
        if self._listener is None:
            raise LinkLost("the simulated treadmill is not connected; open the link first")
        if channel not in self.server.characteristics | DEVICE_INFORMATION:
            raise Unsupported(f"the simulated treadmill has no characteristic {channel:04X}")
        if self._silent_since is not None:
            if permit is not None and not permit():
                raise Withdrawn("the permit was gone before the write left; nothing was sent")
            await self._over.wait()
            if permit is not None:
                raise Timeout("the link ended before the simulated treadmill answered a write; its outcome is unknown")
            raise LinkLost("the link ended before the simulated treadmill answered")

    async def _run(self) -> None:
        while self._listener:
            self.catch_up()
            moments = [m for m in (self.server.due, self._silent_end()) if m is not None]
            await asyncio.sleep(max(1, min(moments, default=self._now()) - self._now()) / 1_000)

    def _silent_end(self) -> int | None:
        return None if self._silent_since is None else self._silent_since + self._supervision_ms

    def _lose(self, reason: str) -> None:
        if listener := self._forget():
            listener.lost(reason)

    def _forget(self) -> Listener | None:
        listener, self._listener, self._silent_since = self._listener, None, None
        self._over.set()
        if self._clock:
            self._clock.cancel()  # when the clock itself got here, it is at its end anyway
            self._clock = None
        return listener
