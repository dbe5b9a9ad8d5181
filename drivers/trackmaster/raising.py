"""The one thing that a treadmill of this family is asked: to raise its deck, in steps of 0.5 %, one write at a time.

Look, ask, read back: the deck's place and target are read right before, and the target again right after.
"""

from collections.abc import Callable

from drivers.contract import InclineRange, Link, LinkLost, Permit, Refused, Timeout, Unsupported, Withdrawn
from drivers.trackmaster.codec import HALF, No, encode_elevation, number
from drivers.trackmaster.driver import Look, Met, Times, TrackmasterDriver
from drivers.trackmaster.gate import Seen
from drivers.trackmaster.variants import NOES, Ask, Variant


class _Raises(TrackmasterDriver):
    async def request_control(self, permit: Permit, /) -> None:
        """Do nothing but look whether the treadmill is there: this family has no control to ask for."""
        if self._met is None or not permit():
            raise Withdrawn("nothing was sent: the treadmill is not connected, or it is not the time any more")

    async def raise_incline(self, target: int, permit: Permit, /) -> None:
        """Look once more, then ask for an elevation in 0.1 %, above where the deck is and where it is going.

        Success: the machine took it, which is not arrival. Timeout: what it did is unknown.
        """
        met = self._met
        if met is None:
            raise Withdrawn("nothing was sent: the treadmill is not connected")
        async with self._one:
            try:
                look = await self._poll(met)
            except (Timeout, LinkLost) as late:
                raise Withdrawn(f"nothing was sent: {late}") from late
            self._check(target, look)
            await self._send(met, target, look.goal, permit)

    def _check(self, target: int, look: Look) -> None:
        steps = self._incline
        if look.incline is None or (look.goal is None and Ask.SET_INCLINE in self._variant.codes):
            raise Refused("nothing was sent: the treadmill does not tell where its deck is now")
        if steps is None or not steps.least <= target <= steps.most or (target - steps.least) % steps.step:
            raise Unsupported(f"nothing was sent: {target / 10:g} % is none of the inclines in incline_range")
        if target <= max(look.incline, look.goal or 0):
            raise Withdrawn(f"nothing was sent: {target / 10:g} % is not above where the deck is, or is going")

    async def _send(self, met: Met, target: int, before: int | None, permit: Permit) -> None:
        command, left = encode_elevation(target), False

        def leaving() -> bool:
            nonlocal left
            left = permit()
            if left:
                met.ours = target
            return left

        try:
            answer = await met.asking.ask(command, 0, leaving)
        except Timeout:
            answer = None
        except LinkLost as lost:
            if left:
                raise Timeout(f"the line went after {command.hex(' ')} had left: {lost}") from lost
            raise Withdrawn(f"nothing was sent: {lost}") from lost
        if isinstance(answer, No):
            met.ours = None  # from here on the same target is the member's
            raise Refused(f"the treadmill refused {target / 10:g} %: {NOES[answer.code]}; use its own keys")
        await self._confirm(met, target, before, taken=answer is not None)

    async def _confirm(self, met: Met, target: int, before: int | None, *, taken: bool) -> None:
        """Read the target back, where there is one to be read; Timeout when what the machine did is not known."""
        goal: int | None = None
        if Ask.SET_INCLINE in self._variant.codes:
            try:
                value = await self._ask(met, Ask.SET_INCLINE)
            except LinkLost as lost:
                raise Timeout(f"the line went before the treadmill's target could be read: {lost}") from lost
            except Timeout:
                value = None
            goal = None if value is None else number(value)
        if goal == target:
            met.goals[Ask.SET_INCLINE], met.ours = goal, None
            return
        if taken and goal in (None, before):
            return
        said = "nothing" if goal is None else f"{goal / 10:g} %"
        raise Timeout(f"{target / 10:g} % was sent once, and the treadmill's target is {said}: it is not sent again")


def trackmaster_driver(
    link: Link,
    *,
    seen: Seen,
    variant: Variant,
    unit: str,
    where: tuple[str, int],
    incline: InclineRange | None = None,
    times: Times | None = None,
) -> TrackmasterDriver:
    """Return a driver over link. `unit` is kmh or mph, as the console is set; the wire does not tell.

    It can raise only where `incline` is given, since the family tells no range; without, there is no method that could
    send anything but questions. Unsupported: the range is off the grid of 0.5 %. `seen` is shared with the gate.
    """
    if incline and (incline.least % HALF or incline.step % HALF or incline.least < 0):
        raise Unsupported("incline_range: this treadmill's inclines go up from 0 or more in steps of 0.5 %")
    kind: Callable[..., TrackmasterDriver] = _Raises if incline else TrackmasterDriver
    return kind(link, seen, variant, unit, where, incline, times or Times())
