"""What a machine tells of its incline, against what its console shows: a map made at commissioning. Pure, in 0.1 %.

Points rise, in both columns; between them the map is straight, beyond them it goes on as it went. A raise is possible
only where the whole of the machine's own grid comes out in whole tenths on one straight line: then a target is sent
exactly or not at all, and rounding lowers nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from drivers.contract import InclineRange

LEAST, MOST = -200, 400
"""No treadmill's incline is beyond these, told or shown."""
APART = 10
"""Points that are closer than 1 % say more of rounding than of the machine."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two points at least, each what is told and what is shown then. Made by `calibration`."""

    points: tuple[tuple[int, int], ...]

    def shown(self, told: int) -> int:
        """Return what the console shows when the machine tells this; half a tenth is rounded up."""
        return _near(self._exact(told))

    def _exact(self, told: int) -> Fraction:
        after = next((i for i, (point, _) in enumerate(self.points[1:-1], 1) if told <= point), len(self.points) - 1)
        (t0, s0), (t1, s1) = self.points[after - 1], self.points[after]
        return s0 + Fraction((told - t0) * (s1 - s0), t1 - t0)

    def range_shown(self, told: InclineRange) -> InclineRange | None:
        """Return the machine's range as the console shows it; None where no raise can be sent exactly."""
        steps = [self._exact(at) for at in range(told.least, told.most + 1, told.step)]
        whole = all(step.denominator == 1 for step in steps)
        apart = {after - before for before, after in pairwise(steps)}
        if not whole or len(apart) != 1 or not self._inside(told):
            return None
        (step,) = apart
        return InclineRange(int(steps[0]), int(steps[-1]), int(step))

    def told(self, shown: int, machine: InclineRange) -> int | None:
        """Return what to ask a machine of this range for, so that its console shows exactly this; None for no such."""
        seen = self.range_shown(machine)
        if seen is None or not seen.least <= shown <= seen.most or (shown - seen.least) % seen.step:
            return None
        return machine.least + (shown - seen.least) // seen.step * machine.step

    def _inside(self, machine: InclineRange) -> bool:
        """Tell whether the machine could have told every point; else the map is another machine's."""
        return all(machine.least <= told <= machine.most for told, _ in self.points)


def calibration(points: Sequence[tuple[int, int]]) -> Calibration:
    """Return the map through points of told and shown, in 0.1 %; ValueError says what is wrong and what to do."""
    if len(points) < 2:
        raise ValueError("one point is no map: read off 0, 5 % and the highest incline")
    for told, shown in points:
        if not (LEAST <= told <= MOST and LEAST <= shown <= MOST):
            raise ValueError(f"{_pair((told, shown))} is no incline of a treadmill: read that point off again")
    for one, other in pairwise(points):
        if other[0] - one[0] < APART or other[1] - one[1] < APART:
            raise ValueError(
                f"{_pair(one)} and {_pair(other)} do not rise by 1 % at least, told and shown: read both off again, "
                "from the lowest to the highest, and wait each time until the deck stands"
            )
    return Calibration(tuple(points))


def _pair(point: tuple[int, int]) -> str:
    return f"told {point[0] / 10:g} %, shown {point[1] / 10:g} %"


def _near(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
