"""A plain stream of bytes as a contract.Link of one channel, with the gate right before the bytes."""

from collections.abc import Callable

from drivers.contract import Listener, Permit, Unsupported
from drivers.transports.stream import ByteStream

STREAM = 0
"""The one channel."""

type Allow = Callable[[bytes], None]
"""Raises Unsupported for a whole write that may not leave now."""


class StreamLink:
    """A contract.Link over a stream. `allow` is asked for every write at the last line, and raises Unsupported."""

    def __init__(self, stream: ByteStream, allow: Allow) -> None:
        self.open_limit = stream.open_limit
        self.name, self.speed = stream.name, stream.speed
        self._stream, self._allow = stream, allow
        self._listener: Listener | None = None
        self._subscribed = False

    async def open(self, listener: Listener, /) -> frozenset[int]:
        """Open the port; nothing is sent, and nothing heard before the subscription."""
        self._listener, self._subscribed = listener, False
        await self._stream.open(self)
        return frozenset({STREAM})

    async def subscribe(self, channel: int, /) -> None:
        """Hear from here on."""
        self._subscribed = channel == STREAM

    async def read(self, channel: int, /) -> bytes:
        """Refuse: a stream has no values that lie ready."""
        raise Unsupported(f"{self.name} has nothing to be read at {channel:04x}")

    async def write(self, channel: int, data: bytes, permit: Permit, /) -> None:
        """Send one frame whole, if the gate lets it pass at that moment."""
        if channel != STREAM:
            raise Unsupported(f"nothing was sent: {self.name} has no channel {channel:04x}")

        def leaving() -> bool:
            self._allow(data)
            return permit()

        await self._stream.write(data, leaving)

    async def close(self) -> None:
        """Close the port; the console is told nothing."""
        self._listener = None
        await self._stream.close()

    def arrived(self, data: bytes, /) -> None:
        """Take bytes of the line; part of stream.StreamListener."""
        if self._listener and self._subscribed:
            self._listener.heard(STREAM, data)

    def lost(self, reason: str, /) -> None:
        """Take the end of the line; part of stream.StreamListener."""
        if self._listener:
            self._listener.lost(reason)
