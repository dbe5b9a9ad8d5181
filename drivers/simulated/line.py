"""The far end of a serial line, on a pseudo terminal: paced bytes, faults on demand, a plug that can be pulled.

The port's own name changes with each plugging in, as a USB adapter's does; `link` names a symbolic link that does not.
"""

import asyncio
import contextlib
import os
import tty
from collections import deque
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

BITS: Final = 10
"""Of one byte on the line: start, 8 data, stop."""
DELAY_S: Final = 0.8
"""More than a host waits for an answer."""
NOISE: Final = 40
CHUNK: Final = 4096
FAULTS: Final = ("drop", "flip", "truncate", "duplicate", "delay", "noise")


def spoil(frame: bytes, fault: str, chance: Random) -> bytes:
    """Return what is left of a frame on a line with this fault."""
    match fault:
        case "drop":
            return b""
        case "flip":
            bit = chance.randrange(8 * (len(frame) - 1))  # its 00 stays, or two frames were one
            return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(frame))
        case "truncate":
            return frame[: chance.randrange(1, len(frame))]
        case "duplicate":
            return frame * 2
        case "noise":
            return chance.randbytes(NOISE) + b"\0" + frame
        case _:
            return frame


class Line:
    """One end of the line. `heard` gets what the host sends; `speed` in bits a second, None for at once."""

    def __init__(
        self, heard: Callable[[bytes], None], *, speed: int | None = None, link: Path | None = None, seed: int = 0
    ) -> None:
        self.deaf = False
        """What the host sends is lost."""
        self.sent = self.taken = 0
        """Bytes that went to the host and came from it, since the plug was last put in."""
        self._heard, self._speed, self._link = heard, speed, link
        self._chance = Random(seed)  # noqa: S311, noise on a line is no secret
        self._faults: deque[str] = deque()
        self._ends: tuple[int, int] | None = None
        self._out = bytearray()
        self._writer: asyncio.Task[None] | None = None

    @property
    def port(self) -> str | None:
        """The port's own name, None while it is unplugged."""
        return os.ttyname(self._ends[1]) if self._ends else None

    @property
    def name(self) -> str | None:
        """The name to configure."""
        return str(self._link) if self._link else self.port

    def plug(self) -> None:
        """Put the plug in: the port is there."""
        if self._ends:
            return
        ours, host = os.openpty()
        tty.setraw(host)  # kept open, or every read of ours fails while nobody has the port
        os.set_blocking(ours, False)
        self._ends = (ours, host)
        self.sent = self.taken = 0
        asyncio.get_running_loop().add_reader(ours, self._readable)
        self._unlink()
        if self._link:
            self._link.symlink_to(os.ttyname(host))

    def unplug(self) -> None:
        """Pull the plug: the port is gone, and what was on its way with it."""
        if not self._ends:
            return
        self._unlink()
        asyncio.get_running_loop().remove_reader(self._ends[0])
        for end in self._ends:
            os.close(end)
        self._ends = None
        self._out.clear()
        if self._writer:
            self._writer.cancel()
            self._writer = None

    def _unlink(self) -> None:
        if self._link and self._link.is_symlink():
            self._link.unlink()

    def fault(self, kind: str, frames: int = 1) -> None:
        """Spoil the next frames to the host; ValueError for a fault that there is not."""
        if kind not in FAULTS:
            raise ValueError(f"no fault {kind!r}; there are {', '.join(FAULTS)}")
        self._faults.extend([kind] * frames)

    def send(self, frame: bytes) -> None:
        """Send one frame to the host, as the line lets it through."""
        fault = self._faults.popleft() if self._faults else ""
        if fault == "delay":
            asyncio.get_running_loop().call_later(DELAY_S, self._put, frame)
        else:
            self._put(spoil(frame, fault, self._chance))

    def _put(self, data: bytes) -> None:
        if not self._ends:
            return
        if self._speed is None:
            self._write(data)
            return
        self._out += data
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._pace(self._speed), name="paced bytes")

    def _write(self, data: bytes) -> None:
        """Write to the port; what does not fit is lost, as on a line that nobody reads."""
        assert self._ends  # noqa: S101, for the types: whoever unplugs stops what writes
        with contextlib.suppress(BlockingIOError):
            self.sent += os.write(self._ends[0], data)

    async def _pace(self, speed: int) -> None:
        """Let the bytes leave no faster than the line is."""
        loop = asyncio.get_running_loop()
        since, gone = loop.time(), 0
        while self._out:
            due = int((loop.time() - since) * speed / BITS) - gone
            if due > 0:
                self._write(bytes(self._out[:due]))
                gone += len(self._out[:due])
                del self._out[:due]
            await asyncio.sleep(BITS / speed)

    def _readable(self) -> None:
        assert self._ends  # noqa: S101, for the types: the reader ends with the plug
        try:
            data = os.read(self._ends[0], CHUNK)
        except (BlockingIOError, OSError):
            return
        self.taken += len(data)
        if not self.deaf:
            self._heard(data)
