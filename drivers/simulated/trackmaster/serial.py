"""A machine of the family A0 to DF at the end of a serial line, with its own time."""

from collections.abc import Callable
from pathlib import Path
from typing import override

from drivers.simulated.trackmaster.codec import Taker
from drivers.simulated.trackmaster.console import Console
from drivers.simulated.wired import Wired

DELAY_S = 0.8
"""Of the fault `delay`: more than a host waits for an answer."""


class SerialTrackmaster(Wired[Console]):
    """One machine on a line; `got` holds every byte that the host sent, where `keeps` says so."""

    def __init__(
        self,
        server: Console,
        *,
        now: Callable[[], int],
        speed: int | None = None,
        link: Path | None = None,
        by_hand: bool = False,
        delay_s: float = DELAY_S,
        keeps: bool = False,
    ) -> None:
        super().__init__(server, now=now, delay_s=delay_s, speed=speed, link=link, by_hand=by_hand)
        self.got = bytearray()
        self._keeps = keeps
        self._taker = Taker(server.profile.data)

    @override
    def obey(self, data: bytes) -> None:
        if self._keeps:
            self.got += data
        for byte in data:
            command = self._taker.take(byte)
            if command is not None:
                self.put(self.server.heard(command))
