"""The CSAFE treadmill: polled four times a second at most, and asked for two things where commissioning proved them."""

import asyncio
from collections.abc import Callable, Collection

from drivers.contract import (
    Ability,
    InclineRange,
    Link,
    LinkLost,
    Machine,
    Permit,
    Refused,
    Sink,
    Timeout,
    Unsupported,
    Withdrawn,
)
from drivers.csafe.answers import mute
from drivers.csafe.asking import ANSWER_S, Asking
from drivers.csafe.capability import Capability
from drivers.csafe.gate import Seen
from drivers.csafe.meaning import incline_of, machine_of, notice_of, odd_values, reading_of
from drivers.csafe.units import counts
from drivers.csafe.words import Get, Reply, Status, encode_gets, encode_grade, encode_workout_time
from drivers.odd import Odd
from drivers.transports.gated import STREAM

POLL_S = 0.25
SILENT_S = 10.0
"""A line on which nothing is answered for this long is dead."""
TRIES = 6
"""Empty frames before a line counts as one without a console."""


class CsafeDriver:
    """A treadmill's CSAFE port over a link; implements Driver. Made by `csafe_driver`.

    `odd.counts` counts what made no sense, by kind. `where` is the port's name and speed, for sentences.
    """

    def __init__(
        self,
        link: Link,
        seen: Seen,
        where: tuple[str, int],
        capability: Capability,
        abilities: frozenset[Ability],
        incline: InclineRange | None,
        times: tuple[float, float, float],
    ) -> None:
        self._poll_s, self._answer_s, self._silent_s = times
        self.connect_limit = link.open_limit + (TRIES + 3) * (self._answer_s + 1)
        self.odd = Odd()
        self._link, self._seen, self._where = link, seen, where
        self._capability, self._abilities, self._incline = capability, abilities, incline
        self._one = asyncio.Lock()
        self._asking: Asking | None = None
        self._sink: Sink | None = None
        """Set once the machine has been told of."""
        self._due = 0.0
        """Of the loop's clock: when the next poll is."""

    async def run(self, sink: Sink, /) -> None:
        """Ask who it is, then poll, and tell sink all that the console says; LinkLost when the link ends or is silent.

        Sends nothing but reads and empty frames.
        """
        self._seen.saw(None)
        asking = Asking(self._link, self.odd, self._told, self._answer_s)
        try:
            await self._link.open(asking)
            await self._link.subscribe(STREAM)
            await self._meet(asking)
            sink(await self._identify(asking))
            self._asking, self._sink = asking, sink
            while True:
                await self._poll_or_end(asking)
        finally:
            self._asking = self._sink = None
            await self._link.close()

    async def _meet(self, asking: Asking) -> None:
        """Wait for the first answer; LinkLost says what the line looks like when there is none."""
        for _ in range(TRIES):
            try:
                await asking.get(b"")
            except Timeout:
                continue
            return
        raise LinkLost(mute(*self._where, asking.heard_bytes, asking.dropped))

    async def _identify(self, asking: Asking) -> Machine:
        try:
            version = (await asking.get(encode_gets([Get.VERSION]))).values.get(Get.VERSION)
        except Timeout:
            version = None
        return machine_of(version, self._seen.now(), self._abilities, self._incline)

    async def _poll_or_end(self, asking: Asking) -> None:
        """Poll on a grid of time, so that what one answer takes is no drift."""
        loop = asyncio.get_running_loop()
        try:
            async with self._one:
                await self._poll(asking)
        except Timeout as late:
            if loop.time() - asking.answered_at >= self._silent_s:
                raise LinkLost(f"{self._where[0]} fell silent: no answer for {self._silent_s:g} s") from late
        self._due = max(self._due + self._poll_s, loop.time())
        await asking.rest(self._due - loop.time())

    async def _poll(self, asking: Asking) -> Reply:
        """Ask once and tell the reading."""
        reply = await asking.get(encode_gets(self._capability.asks))
        reading = reading_of(reply, self._capability, self._seen.at)
        for kind, data in odd_values(reply, reading, self._capability):
            self.odd.note(kind, data)
        if self._sink:
            self._sink(reading)
        return reply

    def _told(self, status: Status) -> None:
        """Take a status, whatever it came with."""
        before = self._seen.state
        self._seen.saw(status.state)
        notice = notice_of(before, status.state, self._seen.at)
        if self._sink and notice:
            self._sink(notice)

    async def _ask(self, command: Callable[[Reply], bytes], permit: Permit) -> None:
        """Look once more, make the command of what was seen, and send it at once, if it still may."""
        asking = self._asking
        if asking is None:
            raise Withdrawn("nothing was sent: the treadmill is not connected")
        async with self._one:
            try:
                contents = command(await self._poll(asking))
            except (Timeout, LinkLost) as late:
                raise Withdrawn(f"nothing was sent: {late}") from late
            await self._send(asking, contents, permit)

    async def _send(self, asking: Asking, contents: bytes, permit: Permit) -> None:
        try:
            await asking.send(contents, permit)
        except LinkLost as lost:
            raise Withdrawn(f"nothing was sent: {lost}") from lost


class _Asked(CsafeDriver):
    async def request_control(self, permit: Permit, /) -> None:
        """Do nothing but look whether the treadmill is there: CSAFE has no control to ask for."""
        if self._asking is None or not permit():
            raise Withdrawn("nothing was sent: the treadmill is not connected, or it is not the time any more")


class _Raises(_Asked):
    async def raise_incline(self, target: int, permit: Permit, /) -> None:
        """Ask for a grade in 0.1 %, above the one just read and in the unit just read, or not at all."""
        await self._ask(lambda reply: self._grade(target, reply), permit)

    def _grade(self, target: int, reply: Reply) -> bytes:
        now, steps = incline_of(reply, self._capability), self._incline
        if now is None:
            raise Refused("nothing was sent: the console does not tell its incline now")
        if steps is None or not steps.least <= target <= steps.most or (target - steps.least) % steps.step:
            raise Unsupported(f"nothing was sent: {target / 10:g} % is none of the inclines in incline_range")
        if target <= now:
            raise Withdrawn(f"nothing was sent: {target / 10:g} % is not above {now / 10:g} %")
        unit = reply.values[Get.INCLINE][2]
        count = counts(target, unit, self._capability.incline_count)
        if count is None:
            raise Unsupported(f"nothing was sent: the console's unit {unit:02x} cannot say {target / 10:g} %")
        return encode_grade(count, unit)


class _SetsTime(_Asked):
    async def set_workout_time(self, seconds: int, permit: Permit, /) -> None:
        """Set the console's workout time, to the next minute that is safe to be sent; up to 119 minutes."""
        contents = encode_workout_time(seconds)
        await self._ask(lambda _: contents, permit)


def csafe_driver(
    link: Link,
    *,
    seen: Seen,
    where: tuple[str, int],
    capability: Capability | None = None,
    armed: Collection[Ability] = (),
    incline: InclineRange | None = None,
    poll_s: float = POLL_S,
    answer_s: float = ANSWER_S,
    silent_s: float = SILENT_S,
) -> CsafeDriver:
    """Return a driver over link that has the abilities which commissioning proved, and no others.

    `armed` may hold WORKOUT_TIME. A raise needs `capability.raises` and `incline`, for CSAFE tells no range; without
    them there is no method that could send one. `seen` is shared with the gate.
    """
    shown = capability or Capability()
    wanted = {Ability.RAISE_INCLINE: _Raises, Ability.WORKOUT_TIME: _SetsTime}
    abilities = armed_of(shown, armed) - (frozenset() if incline else {Ability.RAISE_INCLINE})
    parts = tuple(part for ability, part in wanted.items() if ability in abilities)
    kind: type[CsafeDriver] = type("CsafeDriver", (*parts, CsafeDriver), {})
    return kind(link, seen, where, shown, abilities, incline, (poll_s, answer_s, silent_s))


def armed_of(capability: Capability, armed: Collection[Ability]) -> frozenset[Ability]:
    """Return what this console may be asked, of all that CSAFE can; the gate and the driver are made from it."""
    raises = {Ability.RAISE_INCLINE} if capability.raises else set()
    return frozenset(raises | ({Ability.WORKOUT_TIME} & set(armed)))
