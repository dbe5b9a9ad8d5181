"""A simulated console at the end of a serial line, with the machine's own time; each protocol adds its bytes."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from drivers.simulated.line import Line


class Console(Protocol):
    """A console that lives on a clock."""

    @property
    def due(self) -> int: ...

    def power_on(self) -> None: ...

    def cut_power(self) -> None: ...

    def advance_to(self, at: int) -> None: ...


class Wired[C: Console]:
    """One console on a line. `now` is ms of the monotonic clock; by_hand: the caller moves it and calls catch_up.

    `delay_s` is what the fault `delay` waits: more than a host does. What comes behind it waits, too.
    """

    def __init__(
        self,
        server: C,
        *,
        now: Callable[[], int],
        delay_s: float,
        speed: int | None = None,
        link: Path | None = None,
        by_hand: bool = False,
    ) -> None:
        self.server = server
        self.line = Line(self._heard, speed=speed, link=link)
        self._delay_s = delay_s
        self._slow = 0
        self._held: list[bytes] = []
        self._now, self._by_hand = now, by_hand
        self._clock: asyncio.Task[None] | None = None

    async def power_on(self) -> None:
        """Put the plug in, of the line or of the machine; the port is there."""
        self.catch_up()
        self.line.plug()
        self.server.power_on()
        self._begin()

    async def power_off(self) -> None:
        """Pull the mains plug, and the line's with it."""
        self.catch_up()
        self.server.cut_power()
        await self._unplug()

    async def walk_away(self) -> None:
        """Pull the line's plug, while the machine goes on."""
        self.catch_up()
        await self._unplug()

    async def plug(self) -> None:
        """Put the line's plug back; the machine never noticed."""
        self.line.plug()
        self._begin()

    async def hang_up(self) -> None:
        """Restart the console: it begins as after the mains switch."""
        self.catch_up()
        self.server.cut_power()
        self.server.power_on()

    def fault(self, kind: str, frames: int) -> None:
        """Spoil the next frames to the host, or be slow with them."""
        if kind == "delay":
            self._slow += frames
        else:
            self.line.fault(kind, frames)

    def catch_up(self) -> None:
        """Let the machine's time pass until `now`."""
        self.server.advance_to(self._now())

    def put(self, frame: bytes) -> None:
        """Send one frame to the host, as line and faults let it."""
        if self._slow and not self._held:
            self._slow -= 1
            asyncio.get_running_loop().call_later(self._delay_s, self._release)
            self._held.append(frame)
        elif self._held:
            self._held.append(frame)
        else:
            self.line.send(frame)

    def obey(self, data: bytes) -> None:
        """Take what the host sent; each protocol has its own."""
        raise NotImplementedError

    def _heard(self, data: bytes) -> None:
        if not self._by_hand:
            self.catch_up()
        self.obey(data)

    def _begin(self) -> None:
        if not self._by_hand and self._clock is None:
            self._clock = asyncio.create_task(self._run(), name="console on a line")

    async def _unplug(self) -> None:
        self.line.unplug()
        clock, self._clock = self._clock, None
        if clock:
            clock.cancel()
            await asyncio.wait([clock])

    def _release(self) -> None:
        held, self._held = self._held, []
        for frame in held:
            self.line.send(frame)

    async def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                self.catch_up()
                await asyncio.sleep(max(1, self.server.due - self._now()) / 1_000)
