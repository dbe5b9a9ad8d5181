"""One question at a time to a machine, and its answer or none.

Nothing on this line is numbered or framed, so an answer that comes late looks like the next one. After a question that
was not answered well, nothing is asked before the line has been silent for a while.
"""

import asyncio
from collections import Counter
from typing import Final

from drivers.contract import Link, LinkLost, Permit, Timeout
from drivers.odd import Odd as OddCounter
from drivers.trackmaster.codec import No, Odd, Value, answer_to
from drivers.transports.gated import STREAM

ANSWER_S: Final = 0.5
"""An answer takes 10 ms on the line. A machine that hears us and is not heard is asked too seldom to be kept going."""
SETTLE_S: Final = 0.5
"""How long the line must be silent after a bad answer, and at most four times as long is waited for it."""
UNASKED, GARBLED, ECHO = "an answer to nothing asked", "no answer that makes sense", "our own echo"


def always() -> bool:
    """Permit what changes nothing at the machine."""
    return True


class Asking:
    """A contract.Listener for one link; make a new one for each link. The caller asks one thing at a time."""

    def __init__(self, link: Link, odd: OddCounter, answer_s: float = ANSWER_S, settle_s: float = SETTLE_S) -> None:
        self.heard_bytes = 0
        self.dropped: Counter[str] = Counter()
        loop = asyncio.get_running_loop()
        self.answered_at = self._last = loop.time()
        """Of the loop's clock: when a question was answered last, and when a byte came."""
        self._link, self._odd, self._answer_s, self._settle_s = link, odd, answer_s, settle_s
        self._settled = True
        self._sent, self._length, self._digits = b"", 0, True
        self._got = bytearray()
        self._answer: asyncio.Future[Value | No | Odd] | None = None
        self._lost: asyncio.Future[str] = loop.create_future()

    def heard(self, channel: int, data: bytes, /) -> None:  # noqa: ARG002, a stream has one channel
        """Take bytes of the line; never raises."""
        self.heard_bytes += len(data)
        self._last = asyncio.get_running_loop().time()
        if self._answer is None or self._answer.done():
            self._note(UNASKED, data)
            return
        self._got += data
        answer = answer_to(self._sent, bytes(self._got), self._length, digits=self._digits)
        if answer is not None:
            self._answer.set_result(answer)

    def lost(self, reason: str, /) -> None:
        """Take the end of the link; the first reason stands."""
        if not self._lost.done():
            self._lost.set_result(reason)
        if self._answer and not self._answer.done():
            self._answer.set_exception(LinkLost(reason))

    async def ask(self, sent: bytes, length: int, permit: Permit = always, *, digits: bool = True) -> Value | No:
        """Send once and return the answer, of so many bytes, that comes first; Timeout when none or another came."""
        await self._settle()
        self._stand()
        waiting: asyncio.Future[Value | No | Odd] = asyncio.get_running_loop().create_future()

        def leaving() -> bool:
            if not permit():
                return False
            self._sent, self._length, self._digits = sent, length, digits
            self._got.clear()
            self._answer, self._settled = waiting, False  # answers count from here
            return True

        try:
            await self._link.write(STREAM, sent, leaving)
            await asyncio.wait((waiting,), timeout=self._answer_s)
            return self._judged(waiting, sent)
        finally:
            if waiting.done() and not waiting.cancelled():
                waiting.exception()  # looked at: nobody waits for it
            self._answer = None

    def _judged(self, waiting: asyncio.Future[Value | No | Odd], sent: bytes) -> Value | No:
        shown = sent.hex(" ")
        if not waiting.done():
            if bytes(self._got) == sent:
                self._note(ECHO, sent)
            raise Timeout(f"the treadmill did not answer {shown} in {self._answer_s:g} s")
        answer = waiting.result()
        if isinstance(answer, Odd):
            self._note(GARBLED, answer.data)
            raise Timeout(f"the treadmill's answer to {shown} makes no sense: {answer.data[:8].hex(' ')}")
        if answer.rest:
            self._note(UNASKED, answer.rest)
        self._settled = not answer.rest
        self.answered_at = asyncio.get_running_loop().time()
        return answer

    async def rest(self, seconds: float) -> None:
        """Let time pass; LinkLost at once when the link ends."""
        await asyncio.wait((self._lost,), timeout=max(0, seconds))
        self._stand()

    async def _settle(self) -> None:
        """Wait until the line has been silent; a line that never is, is asked all the same."""
        if self._settled:
            return
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while (left := max(self._last, begun) + self._settle_s - loop.time()) > 0:
            if loop.time() - begun > 4 * self._settle_s:
                break
            await self.rest(left)
        self._settled = True

    def _stand(self) -> None:
        if self._lost.done():
            raise LinkLost(self._lost.result())

    def _note(self, kind: str, data: bytes) -> None:
        self.dropped[kind] += 1
        self._odd.note(f"on the line: {kind}", data[:32])


def mute(name: str, speed: int, asking: Asking) -> str:
    """Return the sentence for a line on which nothing was answered, by what was heard instead."""
    if not asking.heard_bytes:
        return (
            f"{name} is silent: is the treadmill on and its serial port enabled, the cable in it, and the adapter one "
            "for RS-232?"
        )
    if asking.dropped[ECHO]:
        return f"{name} says what we say: the line is joined to itself, there is no treadmill on it"
    if set(asking.dropped) <= {UNASKED}:
        return f"{name} talks, yet answers nothing: is the line from here to it broken?"
    return f"{name} says nothing that makes sense: is {speed} its speed, and this the kind of treadmill there?"
