"""A CSAFE console at the end of a serial line, with the machine's own time."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from drivers.simulated.csafe.codec import Broken, Taker, pack
from drivers.simulated.csafe.console import Console
from drivers.simulated.line import Line

DELAY_S = 1.3
"""Of the fault `delay`: more than a host waits for an answer. What comes behind it waits, too."""


class SerialConsole:
    """One console on a line. `now` is ms of the monotonic clock; by_hand: the caller moves it and calls catch_up."""

    def __init__(
        self,
        server: Console,
        *,
        now: Callable[[], int],
        speed: int | None = None,
        link: Path | None = None,
        by_hand: bool = False,
        delay_s: float = DELAY_S,
    ) -> None:
        self.server = server
        self.bad = 0
        """Frames of the host that arrived damaged."""
        self.line = Line(self._heard, speed=speed, link=link)
        server.say = self._say
        self._delay_s = delay_s
        self._slow = 0
        self._held: list[bytes] = []
        self._taker = Taker(server.profile.room)
        self._now, self._by_hand = now, by_hand
        self._clock: asyncio.Task[None] | None = None

    async def power_on(self) -> None:
        """Put the plug in, of the line or of the machine; the port is there."""
        self.catch_up()
        self.line.plug()
        self.server.power_on()
        if not self._by_hand and self._clock is None:
            self._clock = asyncio.create_task(self._run(), name="console on a line")

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
        if not self._by_hand and self._clock is None:
            self._clock = asyncio.create_task(self._run(), name="console on a line")

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

    async def _unplug(self) -> None:
        self.line.unplug()
        clock, self._clock = self._clock, None
        if clock:
            clock.cancel()
            await asyncio.wait([clock])

    def _say(self, contents: bytes) -> None:
        if self._slow and not self._held:
            self._slow -= 1
            asyncio.get_running_loop().call_later(self._delay_s, self._release)
            self._held.append(pack(contents))
        elif self._held:
            self._held.append(pack(contents))
        else:
            self.line.send(pack(contents))

    def _release(self) -> None:
        held, self._held = self._held, []
        for frame in held:
            self.line.send(frame)

    def _heard(self, data: bytes) -> None:
        if not self._by_hand:
            self.catch_up()
        for byte in data:
            contents = self._taker.take(byte)
            if contents is None:
                continue
            self.bad += isinstance(contents, Broken)
            answer = self.server.heard(contents)
            if answer is not None:
                self._say(answer)

    async def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                self.catch_up()
                await asyncio.sleep(max(1, self.server.due - self._now()) / 1_000)
