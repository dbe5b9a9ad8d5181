"""A plain stream of bytes in both directions, as a serial port is one; frames are the business of who listens."""

import logging
from collections.abc import Callable
from typing import Protocol

from drivers.contract import Permit

logger = logging.getLogger(__name__)

type Tap = Callable[[str, bytes], None]
"""Gets every chunk that passes, as it passes: `<` came in, `>` went out. Must not block and must not raise."""


def to_log(direction: str, data: bytes) -> None:
    """Tell the bytes that pass to the log, in hex; its lines carry the time."""
    if logger.isEnabledFor(logging.DEBUG):
        logger.debug("%s %s", direction, data.hex(" "))


class StreamListener(Protocol):
    """Who is told what a stream says. Neither may raise."""

    def arrived(self, data: bytes, /) -> None:
        """Take the next bytes, in chunks of any size."""
        ...

    def lost(self, reason: str, /) -> None:
        """Take the end of the stream; said once, and not after a close of our own."""
        ...


class ByteStream(Protocol):
    """Opened once at a time; after `lost` or `close` it may be opened again. Silence is the listener's business."""

    open_limit: float
    """Seconds that an open may take."""
    name: str
    """What it is, for sentences."""
    speed: int
    """Bits a second, as configured."""

    async def open(self, listener: StreamListener, /) -> None:
        """Open; LinkLost says why not. Nothing is sent."""
        ...

    async def write(self, data: bytes, permit: Permit, /) -> None:
        """Send data whole; permit is asked after every wait, right before bytes leave.

        Withdrawn: it was gone; a part may have left where the port took the data in pieces. Timeout: how much left
        is unknown. LinkLost: the port is gone.
        """
        ...

    async def close(self) -> None:
        """Close, at most a moment, and needed after a loss, too."""
        ...
