"""A link that plays a recording back: what was heard is heard, what was read is read, and it ends as it ended."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator

from drivers.contract import LinkLost, Listener, Permit, Refused, Unsupported, Withdrawn
from drivers.transports.recording import ERRORS, Line, parse

THE_END = "the recording ends here"
CLOSED_S = 5.0
"""How long a strict replay waits for the driver to close the link where the recording did."""
ASKED = frozenset({"subscribe", "read", "write", "error"})
"""Lines that wait for a driver to ask."""


class ReplayLink:
    """A contract.Link over the lines of a recording, in their order.

    `pace` multiplies the recorded times: 1 is real time, 0 at once. A write is refused, for the machine of a
    recording cannot do anything new; with `strict` each recorded write is waited for instead, and answered as it was,
    so that the recording of a replay is the recording.
    """

    open_limit = 5.0

    def __init__(
        self,
        lines: Iterable[str],
        pace: float = 0,
        *,
        strict: bool = False,
        start: int = 0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.spec, self._lines = parse(lines)
        self._pace, self._strict, self._start, self._sleep = pace, strict, start, sleep
        self._next = 0
        self._at = 0
        self._moved = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._over = True

    def now(self) -> int:
        """Return the recorded time of what was played last, in ms from `start`."""
        return self._start + self._at

    async def open(self, listener: Listener, /) -> frozenset[int]:
        """Play the next link of the recording; Unsupported when it has no more."""
        if self._pump:
            raise LinkLost("the recording is already being played: close it first")
        for line in self._rest():
            self._advance()
            if line.do == "open":
                self._over = False
                self._pump = asyncio.get_running_loop().create_task(self._play(listener))
                return line.channels
            if line.do == "error" and line.op == "open":
                raise ERRORS[line.error](line.reason)
        raise Unsupported(f"{THE_END}: there is no further link in it")

    async def subscribe(self, channel: int, /) -> None:
        await self._turn("subscribe", channel)

    async def read(self, channel: int, /) -> bytes:
        return (await self._turn("read", channel)).data

    async def write(self, channel: int, data: bytes, permit: Permit, /) -> None:
        """Refuse; with strict, wait for the same write in the recording and end as it ended."""
        if not self._strict:
            raise Refused(f"nothing was sent: {data.hex(' ')} cannot be asked of a recording")
        await self._turn("write", channel, data)
        if not permit():
            raise Withdrawn(f"nothing was sent: {data.hex(' ')} was withdrawn")
        if self._failure_ahead(channel, data):
            await self._turn("write", channel, data)

    async def close(self) -> None:
        """Stop playing; the next open goes on with the recording's next link."""
        if self._pump:
            self._pump.cancel()
        self._pump = None
        self._end()
        for line in self._rest():
            if line.do == "open" or (line.do == "error" and line.op == "open"):
                return
            self._advance()

    def _rest(self) -> Iterator[Line]:
        """Yield the lines from the next one on, as long as there are some."""
        while self._next < len(self._lines):
            yield self._lines[self._next]

    def _advance(self) -> None:
        self._at = self._lines[self._next].at
        self._next += 1
        self._stir()

    def _stir(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    def _end(self) -> None:
        self._over = True
        self._stir()

    def _link_lines(self) -> Iterator[Line]:
        """Yield what is left of this link."""
        for line in self._lines[self._next :]:
            if line.do in {"open", "close"}:
                return
            yield line

    def _failure_ahead(self, channel: int, data: bytes) -> bool:
        """Say whether this write, already played, is recorded as failed."""
        for line in self._link_lines():
            if line.channel == channel and line.data == data and line.do != "heard":
                return line.do == "error"
        return False

    async def _turn(self, op: str, channel: int, data: bytes | None = None) -> Line:
        """Wait until the recording comes to this request; pass over requests that nobody makes any more."""

        def wanted(line: Line) -> bool:
            same = op in (line.do, line.op) and line.channel == channel
            return same and (data is None or line.data == data)

        if not self._over and not any(map(wanted, self._link_lines())):
            raise Refused(f"the recording has no {op} of {channel:04x} here")
        for line in self._rest():
            if self._over:
                break
            if wanted(line):
                self._advance()
                if line.do == "error":
                    raise ERRORS[line.error](line.reason)
                return line
            if line.do in ASKED:
                self._advance()
            else:
                await self._moved.wait()
        raise LinkLost(THE_END)

    async def _stirred(self) -> bool:
        """Wait for the driver's own close; False when it waits for an end that this recording has not."""
        try:
            async with asyncio.timeout(CLOSED_S):
                await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def _play(self, listener: Listener) -> None:
        """Tell what was heard, until the link ends as it did; a request's line waits for the request."""
        for line in self._rest():
            if line.do in ASKED and (self._strict or line.do != "write" != line.op):
                await self._moved.wait()
                continue
            if line.do in {"open", "close"}:
                if self._strict and await self._stirred():
                    continue
                break
            await self._sleep(max(0, line.at - self._at) / 1000 * self._pace)
            self._advance()
            if line.do == "heard":
                listener.heard(line.channel, line.data)
            elif line.do == "lost":
                self._end()
                listener.lost(line.reason)
                return
        self._end()
        listener.lost(THE_END)
