"""A CSAFE console at the end of a serial line, with the machine's own time."""

from collections.abc import Callable
from pathlib import Path
from typing import override

from drivers.simulated.csafe.codec import Broken, Taker, pack
from drivers.simulated.csafe.console import Console
from drivers.simulated.wired import Wired

DELAY_S = 1.3
"""Of the fault `delay`: more than a host waits for an answer."""


class SerialConsole(Wired[Console]):
    """One CSAFE console on a line; `bad` counts frames of the host that arrived damaged."""

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
        super().__init__(server, now=now, delay_s=delay_s, speed=speed, link=link, by_hand=by_hand)
        self.bad = 0
        server.say = self._say
        self._taker = Taker(server.profile.room)

    def _say(self, contents: bytes) -> None:
        self.put(pack(contents))

    @override
    def obey(self, data: bytes) -> None:
        for byte in data:
            contents = self._taker.take(byte)
            if contents is None:
                continue
            self.bad += isinstance(contents, Broken)
            answer = self.server.heard(contents)
            if answer is not None:
                self._say(answer)
