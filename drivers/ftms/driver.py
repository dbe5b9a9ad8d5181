"""The FTMS treadmill: what the machine says, and the few things that it may be asked (Fitness Machine Profile 1.0)."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace

from drivers.contract import (
    Ability,
    InclineRange,
    Link,
    LinkLost,
    Machine,
    Permit,
    Refused,
    SeesSlot,
    Sink,
    Timeout,
    Unsupported,
)
from drivers.ftms.codec import TREADMILL_DATA
from drivers.ftms.control import ANSWER_S, ControlPoint
from drivers.ftms.gate import gate
from drivers.ftms.hearing import Hearing
from drivers.ftms.identity import identify
from drivers.ftms.words import (
    CONTROL_POINT,
    MACHINE_STATUS,
    TRAINING_STATUS,
    encode_incline,
    encode_request_control,
    encode_stop,
    encode_training_time,
)
from drivers.odd import Odd

START_S = 25.0
"""All reads and subscriptions after the connect; on a good link they take under a second."""
SILENT_S = 10.0
"""A link on which nothing arrives for this long is dead, whatever the adapter says; machines speak once a second."""


class FtmsDriver:
    """A treadmill over a link; implements Driver, RequestsControl and RaisesIncline. Made by `ftms_driver`.

    `odd.counts` counts what made no sense, by kind. `incline` is a range that staff wrote down for a machine that
    tells none, or a wrong one; it takes the place of the machine's own.
    """

    def __init__(
        self,
        link: Link,
        *,
        now: Callable[[], int],
        armed: Collection[Ability] = (),
        silent_s: float = SILENT_S,
        answer_s: float = ANSWER_S,
        incline: InclineRange | None = None,
    ) -> None:
        self.connect_limit = link.open_limit + START_S
        self._given = incline
        self.odd = Odd()
        self._link, self._now = link, now
        self._allow = gate(armed)
        self._silent_s, self._answer_s = silent_s, answer_s
        self._control: ControlPoint | None = None
        self._machine: Machine | None = None

    async def run(self, sink: Sink, /) -> None:
        """Connect, tell sink all that the machine says, and raise LinkLost when the link ends.

        Writes nothing but subscriptions (FTMP 4.4). Unsupported when the machine has no treadmill data. A machine
        that is connected but says nothing for `silent_s` seconds is LinkLost too.
        """
        hearing = Hearing(sink, self.odd, self._now)
        control = hearing.control = ControlPoint(
            self._link, self._allow, self.odd, hearing.lost, self._now, self._answer_s
        )
        try:
            channels = await self._link.open(hearing)
            if TREADMILL_DATA not in channels:
                raise Unsupported("this machine has no treadmill data (2acd): is it a treadmill?")
            try:
                async with asyncio.timeout(START_S):
                    await self._start(channels, hearing, control)
            except TimeoutError as late:
                raise LinkLost(f"connected, but it did not answer in time ({str(late) or f'{START_S:g} s'})") from late
            raise LinkLost(await hearing.over(self._silent_s))
        finally:
            self._control = self._machine = None
            control.lost("the link is closed")
            await self._link.close()

    async def _start(self, channels: frozenset[int], hearing: Hearing, control: ControlPoint) -> None:
        """Read, subscribe and say who the machine is; its data comes last, so that Machine is said before."""
        machine = await identify(self._link, channels, self.odd, self._now)
        if self._given is not None:
            machine = replace(machine, incline=self._given)
        if await self._subscribe(channels, CONTROL_POINT):
            self._control = control
        else:
            machine = replace(machine, abilities=frozenset())
        await self._subscribe(channels, TRAINING_STATUS)
        await self._read_training(channels, hearing)
        self._machine = machine
        hearing.say(machine)
        await self._subscribe(channels, MACHINE_STATUS)
        try:
            await self._link.subscribe(TREADMILL_DATA)
        except Refused as no:
            raise LinkLost(f"the machine refuses its data: {no}") from no

    async def _subscribe(self, channels: frozenset[int], channel: int) -> bool:
        """Subscribe where the channel is there; say whether it worked."""
        if channel not in channels:
            return False
        try:
            await self._link.subscribe(channel)
        except (Refused, Timeout, Unsupported) as no:
            self.odd.note(f"{channel:04x} cannot be subscribed", b"", str(no))
            return False
        return True

    async def _read_training(self, channels: frozenset[int], hearing: Hearing) -> None:
        if TRAINING_STATUS not in channels:
            return
        try:
            hearing.heard(TRAINING_STATUS, await self._link.read(TRAINING_STATUS))
        except (Refused, Timeout, Unsupported) as error:
            self.odd.note("training status cannot be read", b"", str(error))
            hearing.heard(TRAINING_STATUS, b"")

    async def request_control(self, permit: Permit, /) -> None:
        """Ask for control, once (FTMS 4.16.2.1)."""
        await self._ask(encode_request_control(), permit)

    async def raise_incline(self, target: int, permit: Permit, /) -> None:
        """Ask for a target incline in 0.1 % (FTMS 4.16.2.4); Unsupported when it is off the machine's own grid."""
        if self._machine:
            check_target(target, self._machine.incline)
        await self._ask(encode_incline(target), permit)

    async def _ask(self, command: bytes, permit: Permit) -> None:
        if self._machine is None:
            raise LinkLost("nothing was sent: the treadmill is not connected")
        if self._control is None:
            raise Unsupported("nothing was sent: this machine has no control point that answers")
        await self._control.ask(command, permit)


def check_target(target: int, incline: InclineRange | None) -> None:
    """Return for a target that the machine can hold exactly; Unsupported for all others."""
    if incline is None:
        raise Unsupported("nothing was sent: the machine says no incline range")
    if not incline.least <= target <= incline.most or (target - incline.least) % incline.step:
        raise Unsupported(
            f"nothing was sent: {target / 10:g} % is not on this machine's grid of {incline.least / 10:g} % to "
            f"{incline.most / 10:g} % in steps of {incline.step / 10:g} %"
        )


class _SetsTime(FtmsDriver):
    async def set_workout_time(self, seconds: int, permit: Permit, /) -> None:
        """Set the console's workout time, 0..65535 s (FTMS 4.16.2.14)."""
        if not 0 <= seconds <= 0xFFFF:
            raise Unsupported(f"nothing was sent: a workout time is 0 to 65535 s, not {seconds}")
        await self._ask(encode_training_time(seconds), permit)


class _Stops(FtmsDriver):
    async def stop_once(self, permit: Permit, /) -> None:
        """Ask for a stop (FTMS 4.16.2.9)."""
        await self._ask(encode_stop(), permit)


class _SeesSlot(FtmsDriver):
    async def slot_free(self) -> bool:
        """Say whether the link could be taken now; asks the link, takes nothing."""
        if not isinstance(self._link, SeesSlot):
            raise Unsupported("this link cannot tell whether it is free")
        return await self._link.slot_free()


def ftms_driver(
    link: Link,
    *,
    now: Callable[[], int],
    armed: Collection[Ability] = (),
    silent_s: float = SILENT_S,
    answer_s: float = ANSWER_S,
    incline: InclineRange | None = None,
) -> FtmsDriver:
    """Return a driver over link that has the abilities which commissioning armed, and no others.

    `armed` may hold WORKOUT_TIME and STOP: without them there is no method that could send one.
    """
    wanted = {
        _SetsTime: Ability.WORKOUT_TIME in armed,
        _Stops: Ability.STOP in armed,
        _SeesSlot: isinstance(link, SeesSlot),
    }
    parts = [part for part, has in wanted.items() if has]
    kind: type[FtmsDriver] = type("FtmsDriver", (*parts, FtmsDriver), {})
    return kind(link, now=now, armed=armed, silent_s=silent_s, answer_s=answer_s, incline=incline)
