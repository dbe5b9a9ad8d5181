"""FTMS on a serial line as a contract.Link: its channels are the 16-bit characteristics, as on Bluetooth.

One request is outstanding at a time; only the answer with its message, its seq and its channel ends it. What asks
again does no harm (discover, read, subscribe) and is asked up to three times; a write is sent once.
"""

import asyncio
import secrets
from collections import Counter
from typing import Final

from drivers.contract import DriverError, LinkLost, Listener, Permit, Timeout, Unsupported
from drivers.ftms.gate import Allow
from drivers.ftms.uart.answers import accept, channels_of, fits, mute
from drivers.ftms.uart.framing import (
    DISCOVER,
    END,
    LONGEST_VALUE,
    NOTIFY,
    READ,
    SUBSCRIBE,
    WRITE,
    Decoder,
    Dropped,
    Frame,
    encode,
)
from drivers.odd import Odd
from drivers.transports.stream import ByteStream

ANSWER_S: Final = 0.5
TRIES: Final = 3
DISCOVER_TRIES: Final = 6
"""An ESP32 that the opening of its port restarts is back in 2 s."""
MOST_SEQ: Final = 255
"""0 is for notifications."""


def always() -> bool:
    """Permit what changes nothing at the machine."""
    return True


class UartLink:
    """A contract.Link over a byte stream. `allow` is asked for every write at the last line, and raises Unsupported.

    `odd.counts` counts what made no sense on the line, by kind; it lasts from one open to the next.
    """

    def __init__(self, stream: ByteStream, allow: Allow, *, answer_s: float = ANSWER_S) -> None:
        self.open_limit = stream.open_limit + DISCOVER_TRIES * (answer_s + 1)
        self.odd = Odd()
        self._stream, self._allow, self._answer_s = stream, allow, answer_s
        self._one = asyncio.Lock()
        self._seq = secrets.randbelow(MOST_SEQ)  # a late answer to the program that was here before fits nothing
        self._fresh()

    def _fresh(self) -> None:
        """Forget all that belongs to one open."""
        self._decoder = Decoder()
        self._listener: Listener | None = None
        self._channels: frozenset[int] = frozenset()
        self._subscribed: set[int] = set()
        self._asked: Frame | None = None
        self._answer: asyncio.Future[Frame] | None = None
        self._lost: str | None = None
        self._heard = 0
        self._dropped: Counter[str] = Counter()

    async def open(self, listener: Listener, /) -> frozenset[int]:
        """Open the port and begin a session; LinkLost says what the line looks like when nobody answers."""
        self._fresh()
        await self._stream.open(self)
        try:
            self._channels = channels_of(await self._ask_again(DISCOVER, 0, b"", DISCOVER_TRIES))
        except BaseException as error:
            await self.close()
            if isinstance(error, Timeout):
                raise LinkLost(mute(self._stream.name, self._stream.speed, self._heard, self._dropped)) from error
            if isinstance(error, DriverError):  # whatever it was, a gateway that has come to itself may do better
                raise LinkLost(f"{self._stream.name}: {error}") from error
            raise
        self._listener = listener
        return self._channels

    async def subscribe(self, channel: int, /) -> None:
        """Have the channel's values told from here on."""
        self._subscribed.add(channel)  # its first value may come together with the answer
        try:
            await self._ask_again(SUBSCRIBE, self._known(channel), b"\x01")
        except BaseException:
            self._subscribed.discard(channel)
            raise

    async def read(self, channel: int, /) -> bytes:
        """Return the channel's value."""
        return await self._ask_again(READ, self._known(channel))

    async def write(self, channel: int, data: bytes, permit: Permit, /) -> None:
        """Send once. Timeout: it may have arrived. Refused or Unsupported: the gateway said no."""
        self._known(channel)
        if len(data) > LONGEST_VALUE:
            raise Unsupported(f"nothing was sent: {len(data)} bytes are more than a frame's {LONGEST_VALUE}")
        left = False

        def leaving() -> bool:
            nonlocal left
            self._allow(channel, data)
            left = permit()
            return left

        try:
            await self._ask(WRITE, channel, data, leaving)
        except LinkLost as lost:
            if left:
                raise Timeout(f"the line went during the write: {lost}") from lost
            raise

    async def close(self) -> None:
        """Close the port; the gateway is told nothing, and begins anew with the next discover."""
        self._listener = None
        await self._stream.close()

    def arrived(self, data: bytes, /) -> None:
        """Take bytes of the line; part of stream.StreamListener."""
        self._heard += len(data)
        for said in self._decoder.feed(data):
            if isinstance(said, Dropped):
                self._dropped[said.kind] += 1
                self.odd.note(f"on the line: {said.kind}", said.data)
            else:
                self._take(said)

    def lost(self, reason: str, /) -> None:
        """Take the end of the line; part of stream.StreamListener."""
        self._lost = reason
        if self._answer and not self._answer.done():
            self._answer.set_exception(LinkLost(reason))
        if self._listener:
            self._listener.lost(reason)

    def _take(self, frame: Frame) -> None:
        if frame.message == NOTIFY:
            if frame.seq == 0 and frame.channel in self._subscribed and self._listener:
                self._listener.heard(frame.channel, frame.value)
            else:
                self.odd.note("on the line: a value that nobody subscribed", frame.value)
        elif self._asked and self._answer and not self._answer.done() and fits(self._asked, frame):
            self._answer.set_result(frame)
        else:
            self.odd.note("on the line: an answer to nothing asked", encode(frame))

    def _known(self, channel: int) -> int:
        if channel not in self._channels:
            raise Unsupported(f"{self._stream.name} has no characteristic {channel:04x}")
        return channel

    async def _ask_again(self, message: int, channel: int, value: bytes = b"", tries: int = TRIES) -> bytes:
        """Ask what does no harm when it is asked twice; Timeout after the last try."""
        for _ in range(tries - 1):
            try:
                return await self._ask(message, channel, value, always)
            except Timeout:
                self.odd.note("on the line: no answer, asked again", bytes([message]))
        return await self._ask(message, channel, value, always)

    async def _ask(self, message: int, channel: int, value: bytes, permit: Permit) -> bytes:
        """Send one request and return its answer's value."""
        async with self._one:
            if self._lost is not None:
                raise LinkLost(self._lost)
            self._seq = self._seq % MOST_SEQ + 1
            asked = self._asked = Frame(message, self._seq, 0, channel, value)
            self._answer = asyncio.get_running_loop().create_future()
            try:
                # the 00 in front ends whatever noise the gateway has heard since the last frame
                await self._stream.write(END + encode(asked), permit)
                async with asyncio.timeout(self._answer_s):
                    return accept(asked, await self._answer)
            except TimeoutError as late:
                if isinstance(late, Timeout):
                    raise
                said = f"{self._stream.name} did not answer {encode(asked).hex(' ')} in {self._answer_s:g} s"
                raise Timeout(said) from late
            finally:
                self._drop_answer()

    def _drop_answer(self) -> None:
        """Expect no answer any more."""
        if self._answer and self._answer.done() and not self._answer.cancelled():
            self._answer.exception()  # looked at: nobody waits for it
        self._asked = self._answer = None
