"""What is known of treadmills by their names: the rows of quirks.toml, each with its public report.

Names are a hint, since they change with firmware and two machines of one name differ: so a row can only make us do
less. What this one machine's own incline map says comes first.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import lcm

from drivers.contract import InclineRange, Machine


@dataclass(frozen=True, slots=True)
class Row:
    """One way in which treadmills depart from the specification."""

    number: int
    what: str
    evidence: str
    stood: str
    """How it is stood, and by which test."""
    machines: tuple[str, ...] = ()
    step: int | None = None
    """The smallest step that the lift really does, 0.1 %."""
    incline_doubted: bool = False
    """What it tells of its incline is in a wrong unit, or fixed."""


@cache
def rows() -> tuple[Row, ...]:
    """Return the table."""
    table = tomllib.loads(files("drivers").joinpath("quirks.toml").read_text(encoding="utf-8"))["row"]
    return tuple(
        Row(**{**row, "machines": tuple(row.get("machines", ())), "step": _tenths(row.get("step"))}) for row in table
    )


def _tenths(percent: float | None) -> int | None:
    return None if percent is None else round(percent * 10)


def known(machine: Machine, table: Iterable[Row] | None = None) -> tuple[Row, ...]:
    """Return the rows that are told of a machine with these names."""
    said = f"{machine.maker or ''} {machine.model or ''}".lower().split()
    return tuple(
        row
        for row in (rows() if table is None else table)
        if any(set(name.lower().split()) <= set(said) for name in row.machines)
    )


def doubted(found: Iterable[Row]) -> bool:
    """Tell whether the incline of such a machine is unknown until it was calibrated."""
    return any(row.incline_doubted for row in found)


def with_steps(incline: InclineRange, found: Iterable[Row]) -> InclineRange:
    """Return the range in steps that the lift really does: of both, its own and the rows'."""
    step = lcm(incline.step, *(row.step for row in found if row.step is not None))
    return incline if step == incline.step or incline.least + step > incline.most else replace(incline, step=step)
