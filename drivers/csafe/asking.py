"""One question at a time to a console, and its answer or none; what comes by itself is told on.

After a question without an answer only empty frames are sent until one is answered (never a Reset, which would end a
workout): what is still on its way comes before that answer, and is dropped.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Final

from drivers.contract import Link, LinkLost, Permit, Timeout
from drivers.csafe.answers import ECHO, UNASKED, Fit, conclusive, fit, verdict
from drivers.csafe.frames import Decoder, Dropped, encode
from drivers.csafe.words import Reply, Status, decode_reply
from drivers.odd import Odd
from drivers.transports.gated import STREAM

ANSWER_S: Final = 1.2
"""The standard gives a console one second, as qdomyos-zwift has it; their own use is 1.2."""
GRACE_S: Final = 0.15
"""How long a better answer is waited for."""


def always() -> bool:
    """Permit what changes nothing at the machine."""
    return True


class Asking:
    """A contract.Listener for one link; make a new one for each link. The caller asks one thing at a time.

    `told` gets every status that arrives, at once. It must not raise.
    """

    def __init__(self, link: Link, odd: Odd, told: Callable[[Status], None], answer_s: float = ANSWER_S) -> None:
        self.heard_bytes = 0
        self.dropped: Counter[str] = Counter()
        loop = asyncio.get_running_loop()
        self.answered_at = loop.time()
        """Of the loop's clock: when a question was answered last; of noise, one frame in 256 is well made by chance."""
        self._link, self._odd, self._told, self._answer_s = link, odd, told, answer_s
        self._decoder = Decoder()
        self._asked: bytes | None = None
        self._answer: asyncio.Future[Reply] | None = None
        self._candidate: Reply | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._status: Status | None = None
        self._in_step = False
        self._valued = False
        self._lost: asyncio.Future[str] = loop.create_future()

    def heard(self, channel: int, data: bytes, /) -> None:  # noqa: ARG002, a stream has one channel
        """Take bytes of the line; never raises."""
        self.heard_bytes += len(data)
        for said in self._decoder.feed(data):
            if isinstance(said, Dropped):
                self._note(said.kind, said.data)
            else:
                self._take(said)

    def lost(self, reason: str, /) -> None:
        """Take the end of the link; the first reason stands."""
        if not self._lost.done():
            self._lost.set_result(reason)
        if self._answer and not self._answer.done():
            self._answer.set_exception(LinkLost(reason))

    async def get(self, contents: bytes) -> Reply:
        """Ask what does no harm; Timeout when it is not answered, and the line has been set right as far as it goes."""
        if not contents:
            return await self._exchange(b"", always)
        if not self._in_step:
            await self._exchange(b"", always)
        try:
            reply = await self._exchange(contents, always)
        except Timeout:
            await self._exchange(b"", always)
            raise
        self._valued = bool(reply.values)
        return reply

    async def send(self, contents: bytes, permit: Permit) -> None:
        """Send one command, once, and return when the console accepted it, which means no more than that.

        A console may reject by silence: then one empty frame asks what became of it. Refused: it said no. Withdrawn:
        nothing left. Timeout: the outcome is unknown.
        """
        before, left = self._status, False

        def leaving() -> bool:
            nonlocal left
            may = permit()
            left = left or may
            return may

        self._valued = False
        try:
            status = await self._outcome(contents, leaving, before)
        except LinkLost as lost:
            if left:
                raise Timeout(f"the line went after {encode(contents).hex(' ')} had left: {lost}") from lost
            raise
        verdict(encode(contents), status, before)

    async def _outcome(self, contents: bytes, permit: Permit, before: Status | None) -> Status:
        try:
            said = (await self._exchange(contents, permit)).status
        except Timeout:
            return (await self._exchange(b"", always)).status
        return said if conclusive(said, before) else (await self._exchange(b"", always)).status

    async def rest(self, seconds: float) -> None:
        """Let time pass; LinkLost at once when the link ends."""
        await asyncio.wait((self._lost,), timeout=max(0, seconds))
        self._stand()

    def _stand(self) -> None:
        if self._lost.done():
            raise LinkLost(self._lost.result())

    async def _exchange(self, contents: bytes, permit: Permit) -> Reply:
        """Send one frame and return its answer; LinkLost, Withdrawn, Unsupported or Timeout."""
        self._stand()
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._answer = answer
        frame = encode(contents)

        def leaving() -> bool:
            if not permit():
                return False
            self._asked, self._in_step = contents, False  # answers count from here
            return True

        try:
            await self._link.write(STREAM, frame, leaving)
            await asyncio.wait((answer,), timeout=self._answer_s)
            if answer.done():
                reply = answer.result()
            elif self._candidate is not None:
                reply = self._candidate
            else:
                raise Timeout(f"the console did not answer {frame.hex(' ')} in {self._answer_s:g} s")
        finally:
            self._forget()
        self._in_step = True
        self.answered_at = asyncio.get_running_loop().time()
        return reply

    def _forget(self) -> None:
        """Expect no answer any more."""
        if self._patience:
            self._patience.cancel()
        if self._answer and self._answer.done() and not self._answer.cancelled():
            self._answer.exception()  # looked at: nobody waits for it
        self._asked = self._answer = self._candidate = self._patience = None

    def _take(self, contents: bytes) -> None:
        reply = decode_reply(contents)
        if reply is None or (contents == self._asked):
            self._note(ECHO if contents == self._asked else "a frame without a status", contents)
            return
        if reply.odd:
            self._note(reply.odd, contents)
        before, self._status = self._status, reply.status
        self._told(reply.status)
        if self._asked is None or self._answer is None or self._answer.done():
            self._unasked(reply, contents)
            return
        match fit(self._asked, reply, before):
            case Fit.YES:
                self._answer.set_result(reply)
            case Fit.MAYBE:
                self._consider(reply)
            case Fit.NO:
                self._unasked(reply, contents)

    def _unasked(self, reply: Reply, contents: bytes) -> None:
        """Pass over a status that a console sends by itself; values that nobody asked for come late, and are told."""
        if reply.values:
            self._note(UNASKED, contents)

    def _consider(self, reply: Reply) -> None:
        """Keep what may be the answer, for a while, or to the end where one with values is to be expected."""
        if self._candidate is None or reply.values or not self._candidate.values:
            self._candidate = reply
        if self._patience is None and (reply.values or not self._valued):
            self._patience = asyncio.get_running_loop().call_later(GRACE_S, self._settle)

    def _settle(self) -> None:
        if self._answer and not self._answer.done() and self._candidate:
            self._answer.set_result(self._candidate)

    def _note(self, kind: str, data: bytes) -> None:
        self.dropped[kind] += 1
        self._odd.note(f"on the line: {kind}", data)
