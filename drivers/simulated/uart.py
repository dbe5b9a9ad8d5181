"""A simulated treadmill on a serial line: the FTMS server, its gateway and the line, with the machine's own time."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from drivers.simulated.ftms import FtmsServer
from drivers.simulated.gateway import Gateway
from drivers.simulated.line import Line

IDLE_S: Final = 1.0


class SerialTreadmill:
    """One machine on a line. `now` is ms of the monotonic clock; by_hand: the caller moves it and calls catch_up."""

    def __init__(
        self,
        server: FtmsServer,
        *,
        now: Callable[[], int],
        speed: int | None = None,
        link: Path | None = None,
        by_hand: bool = False,
    ) -> None:
        self.server = server
        self.line = Line(self._heard, speed=speed, link=link)
        self.gateway = Gateway(server, self.line.send)
        self._now, self._by_hand = now, by_hand
        self._changed = asyncio.Event()
        self._clock: asyncio.Task[None] | None = None

    async def power_on(self) -> None:
        """Put the plug in; the port is there."""
        self.catch_up()
        self.line.plug()
        if not self._by_hand and self._clock is None:
            self._clock = asyncio.create_task(self._run(), name="treadmill on a line")

    async def power_off(self) -> None:
        """Pull the mains plug of machine and gateway: the port is gone, the machine forgot everything."""
        self.catch_up()
        self.server.cut_power()
        await self._unplug()

    async def walk_away(self) -> None:
        """Pull the line's plug, while the machine goes on; power_on puts it back, under the same link."""
        self.catch_up()
        self.gateway.forget()
        await self._unplug()

    async def hang_up(self) -> None:
        """Restart the gateway: the port stays, the session is forgotten."""
        self.catch_up()
        self.gateway.forget()

    def fault(self, kind: str, frames: int) -> None:
        """Spoil the next frames to the host."""
        self.line.fault(kind, frames)

    def catch_up(self) -> None:
        """Let the machine's time pass until `now`."""
        self.server.advance_to(self._now())

    async def _unplug(self) -> None:
        self.line.unplug()
        clock, self._clock = self._clock, None
        if clock:
            clock.cancel()
            await asyncio.wait([clock])

    def _heard(self, data: bytes) -> None:
        if not self._by_hand:
            self.catch_up()
        self.gateway.take(data)
        self._changed.set()

    async def _run(self) -> None:
        while True:
            self.catch_up()
            due = self.server.due
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE_S if due is None else max(1, due - self._now()) / 1_000):
                    await self._changed.wait()
