"""The other end of a serial port, on a real pseudo terminal, and an ear for a byte stream."""

import asyncio
import os
import select
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Ear:
    """A stream.StreamListener that keeps what it hears."""

    data: bytearray = field(default_factory=bytearray)
    reasons: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def arrived(self, data: bytes, /) -> None:
        self.data += data
        self.news.set()

    def lost(self, reason: str, /) -> None:
        self.reasons.append(reason)
        self.news.set()

    async def until(self, wanted: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not wanted():
                await self.news.wait()
                self.news.clear()


@dataclass
class End:
    """The far end: `name` is the port's, `ours` what the other side of the cable reads and writes."""

    ours: int
    host: int
    name: str
    open: bool = True

    def take(self) -> bytes:
        """Return what has arrived and not been taken."""
        try:
            return os.read(self.ours, 65536)
        except BlockingIOError:
            return b""

    def unplug(self) -> None:
        if self.open:
            self.open = False
            os.close(self.ours)
            os.close(self.host)

    def settings(self) -> list[object]:
        """Return the terminal settings, as anyone who has opened the port would have left them."""
        return list(termios.tcgetattr(self.host))


@contextmanager
def far_end() -> Iterator[End]:
    """Yield a pty whose far end nobody reads but the test; the settings are a terminal's, as on a new port."""
    ours, host = os.openpty()
    os.set_blocking(ours, False)
    end = End(ours, host, os.ttyname(host))
    try:
        yield end
    finally:
        end.unplug()


def yes() -> bool:
    return True


def yes_and(tell: Callable[[], object]) -> Callable[[], bool]:
    """Return a permit that tells that it was asked."""

    def permit() -> bool:
        tell()
        return True

    return permit


async def until(wanted: Callable[[], bool]) -> None:
    """Let the loop run until wanted; TimeoutError after 5 s."""
    async with asyncio.timeout(5):
        while not wanted():  # noqa: ASYNC110, bytes on a pty come with no event of ours
            await asyncio.sleep(0)


def fill(end: End) -> None:
    """Write into the port, from its own side, until the kernel takes no more, and goes on taking no more."""
    side = os.open(end.name, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    tty.setraw(end.host)
    try:
        full = 0
        while full < 3:  # a kernel thread moves bytes on, and makes room once more
            try:
                os.write(side, b"x" * (1 if full else 1000))
                full = 0
            except BlockingIOError:
                full += 1
                select.select([], [side], [], 0.02)
    finally:
        os.close(side)


async def until_taken(end: End, least: int) -> bytes:
    """Wait until the far end has got so many bytes; return them."""
    got = b""
    arrived = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(end.ours, arrived.set)
    try:
        async with asyncio.timeout(5):
            while len(got) < least:
                await arrived.wait()
                arrived.clear()
                got += end.take()
    finally:
        loop.remove_reader(end.ours)
    return got
