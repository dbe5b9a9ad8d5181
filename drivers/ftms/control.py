"""The control point: one request in flight, answered by its own indication or not at all (FTMS 4.16, FTMP 4.4.14)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from drivers.contract import Link, LinkLost, Permit, ProtocolError, Refused, Timeout, Unsupported, Withdrawn
from drivers.ftms.gate import Allow
from drivers.ftms.words import CONTROL_POINT, SUCCESS, decode_answer, echo_of
from drivers.odd import Odd

ANSWER_S = 30.0
"""FTMP 4.4.14.3: no answer in 30 s is a timeout, after which the link must be made anew."""
ECHO_MS = 5_000
"""A machine status that repeats our own command this soon is its echo, not a key."""


@dataclass(slots=True)
class Flight:
    """The request whose answer is awaited; `sent` is None until its bytes leave."""

    command: bytes
    answer: asyncio.Future[int | None]
    """The result code; None when the link went."""
    sent: int | None = None


class ControlPoint:
    """The control point of one link; make a new one for each link.

    After a request whose outcome is unknown nothing more is sent: `broken` is called once with the reason, so that
    the link is ended, and every later request is LinkLost.
    """

    def __init__(
        self, link: Link, allow: Allow, odd: Odd, broken: Callable[[str], None], now: Callable[[], int], wait_s: float
    ) -> None:
        self._link, self._allow, self._odd, self._broken = link, allow, odd, broken
        self._now, self._wait_s = now, wait_s
        self._one = asyncio.Lock()
        self._flight: Flight | None = None
        self._over: str | None = None
        self._echo: tuple[bytes, int] | None = None

    async def ask(self, command: bytes, permit: Permit) -> None:
        """Send one command and wait for its success, which means accepted, not done.

        Refused or Unsupported: the machine said no. Withdrawn: nothing left. Timeout: the outcome is unknown.
        """
        self._allow(CONTROL_POINT, command)
        async with self._one:
            if self._over is not None:
                raise LinkLost(f"nothing was sent: {self._over}; the link must be made anew first")
            flight = self._flight = Flight(command, asyncio.get_running_loop().create_future())
            try:
                verdict(command, await self._exchange(flight, permit))
            except BaseException:
                self._echo = None
                raise
            finally:
                self._flight = None

    async def _exchange(self, flight: Flight, permit: Permit) -> int:
        """Return the result code; what ends without one after the send leaves an unknown outcome, and ends the link."""
        sent = flight.command.hex(" ")
        try:
            async with asyncio.timeout(self._wait_s):
                await self._link.write(CONTROL_POINT, flight.command, partial(self._leaving, flight, permit))
                result = await flight.answer
        except (TimeoutError, LinkLost) as late:
            if flight.sent is None:
                raise Withdrawn(
                    f"nothing was sent: {sent} could not leave ({str(late) or 'no turn in time'})"
                ) from late
            self._end(str(late) or f"no answer to {sent} in {self._wait_s:g} s")
            raise Timeout(f"{self._over}: what the machine did with {sent} is unknown") from late
        except asyncio.CancelledError:
            if flight.sent is not None:
                self._end(f"{sent} was given up before its answer")
            raise
        if result is None:
            raise Timeout(f"{self._over}: what the machine did with {sent} is unknown")
        return result

    def _leaving(self, flight: Flight, permit: Permit) -> bool:
        """Say whether the bytes may leave, at the moment when they do; answers count from here."""
        if self._over is not None or not permit():
            return False
        flight.sent = self._now()
        if echo := echo_of(flight.command):
            self._echo = (echo, flight.sent)
        return True

    def heard(self, data: bytes) -> None:
        """Take an indication; only the answer to the request in flight counts."""
        answer = decode_answer(data)
        flight = self._flight
        if answer is None:
            self._odd.note("no control point answer", data)
        elif flight is None or flight.sent is None or flight.answer.done() or flight.command[0] != answer.op:
            self._odd.note("answer to nothing asked", data)
        else:
            flight.answer.set_result(answer.result)

    def is_echo(self, status: bytes) -> bool:
        """Say whether this machine status repeats our own command, once per command."""
        if self._echo is None or status != self._echo[0] or self._now() - self._echo[1] > ECHO_MS:
            return False
        self._echo = None
        return True

    def lost(self, reason: str) -> None:
        """Take the end of the link: what is in flight is unknown, and nothing more is sent."""
        self._over = self._over or reason
        if self._flight and not self._flight.answer.done():
            self._flight.answer.set_result(None)

    def _end(self, reason: str) -> None:
        if self._over is None:
            self._over = reason
            self._broken(reason)


def verdict(command: bytes, result: int) -> None:
    """Return for success, else raise what the result code means (FTMS table 4.24)."""
    if result == SUCCESS:
        return
    from pyftms import ResultCode  # seldom needed, and a tenth of a second to load

    sent = command.hex(" ")
    try:
        code = ResultCode(result)
    except ValueError as reserved:
        raise ProtocolError(f"the machine answered {sent} with the reserved result {result:02x}") from reserved
    said = f"the machine answered {sent} with {result:02x}, {code.name.lower().replace('_', ' ')}"
    if code is ResultCode.NOT_SUPPORTED:
        raise Unsupported(f"{said}: it cannot do this")
    raise Refused(f"{said}: use the machine's own keys")
