"""The treadmills in reach, as who sets one up is told of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Near:
    """One to choose: its driver's spec, what it is called, and dBm, where it has any."""

    spec: str
    about: str
    signal: int | None = None


@dataclass(frozen=True, slots=True)
class Nearby:
    """All that were found, the nearest first, and why not more could be, if so."""

    found: tuple[Near, ...] = ()
    fault: str | None = None
