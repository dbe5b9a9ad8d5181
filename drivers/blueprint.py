"""The smallest whole driver, for authors of new ones; type-checked, never registered.

It reads an invented machine that sends four bytes on channel 0 about once a second: speed in 0.01 km/h and incline
in 0.1 %, both little-endian, incline signed. Copy it, then:

1. Put the bytes into a codec of their own: pure functions, tested on captures of a real machine.
2. Raise nothing but leaves of DriverError; say in each what happened, where, and what to do.
3. Stamp `at` when the bytes arrive. Leave None what the machine did not say: unknown is not zero.
4. Add an ability (RaisesIncline and the others of the contract) only where the machine can be asked, and let every
   byte that leaves pass an allow-list of its own, as drivers/ftms/gate.py does. Connecting writes nothing.
5. Name it in drivers/registry.py, and write a simulated machine for it that shares no code with it.
"""

import asyncio
from collections.abc import Callable

from drivers.contract import Link, LinkLost, Machine, Reading, Sink

STREAM = 0
SILENT_S = 5.0


class _Ear:
    """Takes what the link hears. A new one for each link, so that nothing of an old link is left in it."""

    def __init__(self, sink: Sink, now: Callable[[], int]) -> None:
        self._sink, self._now = sink, now
        self.arrived = asyncio.Event()
        self.reason: str | None = None

    def heard(self, channel: int, data: bytes, /) -> None:
        """Turn one packet into a reading; this must not raise, so it drops what it cannot read."""
        if channel != STREAM or len(data) != 4:
            return
        speed, incline = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:], "little", signed=True)
        self._sink(Reading(at=self._now(), speed=speed, incline=incline))
        self.arrived.set()

    def lost(self, reason: str, /) -> None:
        self.reason = reason
        self.arrived.set()

    async def over(self) -> str:
        """Wait for the end of the link, or for silence, and return which it was."""
        while self.reason is None:
            self.arrived.clear()
            try:
                async with asyncio.timeout(SILENT_S):
                    await self.arrived.wait()
            except TimeoutError:
                return f"the machine said nothing for {SILENT_S:g} s"
        return self.reason


class BlueprintDriver:
    """Implements contract.Driver and no ability: it can only watch."""

    def __init__(self, link: Link, now: Callable[[], int]) -> None:
        self.connect_limit = link.open_limit
        self._link, self._now = link, now

    async def run(self, sink: Sink, /) -> None:
        """Say who the machine is, then its readings; LinkLost when the link ends or falls silent."""
        ear = _Ear(sink, self._now)
        try:
            await self._link.open(ear)
            sink(Machine(at=self._now(), protocol="blueprint"))
            await self._link.subscribe(STREAM)
            raise LinkLost(await ear.over())
        finally:
            await self._link.close()
