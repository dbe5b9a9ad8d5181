"""A driver whose inclines pass through a calibration, both ways: the one place where that is done."""

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

logger = logging.getLogger(__name__)


class _Calibrated:
    def __init__(self, driver: Any, through: Calibration) -> None:  # noqa: ANN401, a Driver and what else it can do
        self.connect_limit: float = driver.connect_limit
        self._driver, self._through = driver, through
        self._range: InclineRange | None = None

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
            case Machine(incline=incline) if incline is not None:
                self._range = incline
                shown = self._through.range_shown(incline)
                if shown is None:
                    logger.warning(
                        "The incline map does not fit what this treadmill says of itself (%g to %g %% in steps of "
                        "%g %%): its incline is shown by the map, and no raise is sent. Calibrate it again.",
                        incline.least / 10, incline.most / 10, incline.step / 10,
                    )  # fmt: skip
                return replace(said, incline=shown)
            case Reading(incline=incline) if incline is not None:
                return replace(said, incline=self._through.shown(incline))
            case Notice(key=Key.INCLINE, value=value) if value is not None:
                return replace(said, value=self._through.shown(value))
        return said


class _Controls(_Calibrated):
    async def request_control(self, permit: Permit, /) -> None:
        await self._driver.request_control(permit)


class _Raises(_Calibrated):
    async def raise_incline(self, target: int, permit: Permit, /) -> None:
        told = None if self._range is None else self._through.told(target, self._range)
        if told is None:
            raise Unsupported(
                f"nothing was sent: by its incline map this treadmill cannot hold {target / 10:g} % exactly"
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


def calibrated(driver: Driver, through: Calibration) -> Driver:
    """Return driver with inclines as the console shows them; it can do what driver can do, and nothing else."""
    kinds = tuple(kind for ability, kind in ABILITIES if isinstance(driver, ability))
    made: Callable[..., Driver] = type("Calibrated", kinds or (_Calibrated,), {})
    return made(driver, through)
