"""A driver as this one machine is: inclines pass through its map, both ways, and its names are looked up."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from drivers.calibration import Calibration
from drivers.contract import (
    Driver,
    InclineRange,
    Key,
    Machine,
    Notice,
    Permit,
    RaisesIncline,
    Reading,
    RequestsControl,
    Said,
    SeesSlot,
    SetsWorkoutTime,
    Sink,
    StopsOnce,
    Unsupported,
)
from drivers.odd import Odd
from drivers.quirks import Row, doubted, known, with_steps

logger = logging.getLogger(__name__)


class _Calibrated:
    def __init__(self, driver: Any, through: Calibration | None) -> None:  # noqa: ANN401, a Driver and what else it can do
        self.connect_limit: float = driver.connect_limit
        self._driver, self._through = driver, through
        self._range: InclineRange | None = None
        self.rows: tuple[Row, ...] = ()
        """What the machine of this link is known for."""

    @property
    def odd(self) -> Odd:
        """The driver's own."""
        return cast("Odd", getattr(self._driver, "odd", None) or Odd())

    async def run(self, sink: Sink, /) -> None:
        """Run the driver; sink hears inclines as the console shows them."""
        self._range = None
        await self._driver.run(lambda said: sink(self._shown(said)))

    def _shown(self, said: Said) -> Said:
        match said:
            case Machine():
                return self._known(said)
            case Reading(incline=incline) if incline is not None:
                return replace(said, incline=self._incline(incline))
            case Notice(key=Key.INCLINE, value=value) if value is not None:
                return replace(said, value=self._incline(value))
        return said

    def _incline(self, told: int) -> int | None:
        if self._through is not None:
            return self._through.shown(told)
        return None if doubted(self.rows) else told

    def _known(self, machine: Machine) -> Machine:
        """Return the machine as its map and its rows make it; each of them is logged."""
        self.rows = known(machine)
        for row in self.rows:
            logger.info(
                "Reports of treadmills of this name: %s (%s; docs/quirks.md, %d).", row.what, row.evidence, row.number
            )
        if machine.incline is None or (self._through is None and doubted(self.rows)):
            return replace(machine, incline=None)
        self._range = with_steps(machine.incline, self.rows)
        return replace(machine, incline=self._mapped(self._range))

    def _mapped(self, told: InclineRange) -> InclineRange | None:
        shown = told if self._through is None else self._through.range_shown(told)
        if shown is None:
            logger.warning(
                "The incline map does not fit what this treadmill says of itself (%g to %g %% in steps of %g %%): its "
                "incline is shown by the map, and no raise is sent. Calibrate it again.",
                told.least / 10, told.most / 10, told.step / 10,
            )  # fmt: skip
        return shown


class _Controls(_Calibrated):
    async def request_control(self, permit: Permit, /) -> None:
        await self._driver.request_control(permit)


class _Raises(_Calibrated):
    async def raise_incline(self, target: int, permit: Permit, /) -> None:
        if self._range is None:
            raise Unsupported("nothing was sent: no incline of this treadmill is known well enough to ask for one")
        told = target if self._through is None else self._through.told(target, self._range)
        if told is None or (told - self._range.least) % self._range.step:
            raise Unsupported(
                f"nothing was sent: by its incline map, or by its steps, this treadmill cannot hold {target / 10:g} % "
                "exactly"
            )
        await self._driver.raise_incline(told, permit)


class _Times(_Calibrated):
    async def set_workout_time(self, seconds: int, permit: Permit, /) -> None:
        await self._driver.set_workout_time(seconds, permit)


class _Stops(_Calibrated):
    async def stop_once(self, permit: Permit, /) -> None:
        await self._driver.stop_once(permit)


class _Sees(_Calibrated):
    async def slot_free(self) -> bool:
        return bool(await self._driver.slot_free())


ABILITIES: tuple[tuple[type, type[_Calibrated]], ...] = (
    (RequestsControl, _Controls),
    (RaisesIncline, _Raises),
    (SetsWorkoutTime, _Times),
    (StopsOnce, _Stops),
    (SeesSlot, _Sees),
)


def calibrated(driver: Driver, through: Calibration | None) -> Driver:
    """Return driver with inclines as the console shows them; it can do what driver can do, and nothing else.

    Without a map they are as they are told, unless treadmills of the machine's name are known to tell wrong ones.
    """
    kinds = tuple(kind for ability, kind in ABILITIES if isinstance(driver, ability))
    made: Callable[..., Driver] = type("Calibrated", kinds or (_Calibrated,), {})
    return made(driver, through)
