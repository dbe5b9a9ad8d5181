"""Machines nearby that have no computer of their own: free or busy, by what they advertise. Pure, but for `Ear`.

Nothing is ever connected, so no member's link is taken. A flag that was never seen to change says nothing, and neither
does silence: a machine that an app has, and one that is switched off, are both silent.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from daemon.clock import Clock
from daemon.messages import Nearby, NearbyMachine, StandingWord
from daemon.settings.model import Neighbour
from drivers.contract import DriverError

FRESH_MS: Final = 180_000
"""What was heard longer ago says nothing any more."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What was heard of one machine."""

    at: int | None = None
    available: bool | None = None
    seen: frozenset[bool] = frozenset()
    """The values that its flag has had."""


def heard(sign: Sign, at: int, *, available: bool | None) -> Sign:
    """Return what is known after an advertisement with this flag."""
    seen = sign.seen if available is None else sign.seen | {available}
    return replace(sign, at=at, available=available, seen=seen)


def standing(sign: Sign, now: int) -> StandingWord:
    """Return what a machine is, as far as that is sure."""
    fresh = sign.at is not None and 0 <= now - sign.at <= FRESH_MS
    if not fresh or sign.available is None or len(sign.seen) < 2:
        return "unknown"
    return "free" if sign.available else "busy"


type Listen = Callable[[], Awaitable[Mapping[str, bool | None]]]


class Ear:
    """Listens again and again; `message` is what to tell, and `fault` why nothing is heard."""

    def __init__(self, machines: Mapping[str, Neighbour], every_s: float, listen: Listen, clock: Clock) -> None:
        self.message: Nearby | None = None
        self.fault: str | None = None
        self._machines = {address.upper(): each for address, each in machines.items()}
        self._signs = dict.fromkeys(self._machines, Sign())
        self._every_s, self._listen, self._clock = every_s, listen, clock

    async def run(self, told: Callable[[], None] = lambda: None) -> None:
        """Listen for ever; told is called after each time."""
        while True:
            await self.once()
            told()
            await asyncio.sleep(self._every_s)

    async def once(self) -> None:
        """Listen once, and make the message anew."""
        try:
            found = await self._listen()
            self.fault = None
        except DriverError as error:
            found = {}
            self.fault = str(error)
        now = self._clock.now()
        for address in found.keys() & self._signs.keys():
            self._signs[address] = heard(self._signs[address], now, available=found[address])
        rows = [
            NearbyMachine(machine=each.machine, kind=each.kind, standing=standing(self._signs[address], now))
            for address, each in self._machines.items()
        ]
        self.message = Nearby(ts=self._clock.wall(), machines=rows)
