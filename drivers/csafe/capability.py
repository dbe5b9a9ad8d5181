"""What commissioning found one CSAFE console to do; staff or a wizard write it into the driver's spec as options.

    csafe:/dev/serial/by-id/NAME?speed=9600&asks=time,speed,incline&clock=up&inclinecount=0.5&raise=proved

Nothing of this is tried on members: what is not written here is not sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from drivers.csafe.words import Get

ASKED: Final = {"time": Get.TIME, "distance": Get.DISTANCE, "speed": Get.SPEED, "incline": Get.INCLINE}
NAMES: Final = ("asks", "clock", "speedcount", "inclinecount", "raise")
"""Of the options."""
ALL: Final = tuple(ASKED.values())
ALLOWED: Final = (
    "asks=time,distance,speed,incline (some of them), clock=up|down, speedcount=KM/H and inclinecount=PERCENT (what "
    "one count truly is), raise=proved"
)


@dataclass(frozen=True, slots=True)
class Capability:
    """One console: what it is asked in each poll, what its numbers mean, and whether it takes a grade while in use."""

    asks: tuple[Get, ...] = ALL
    counts_down: bool = False
    """Its time is what is left, not what has passed."""
    speed_count: Fraction | None = None  # in 0.01 km/h; None: what its unit says
    incline_count: Fraction | None = None  # in 0.1 %; None: what its unit says
    raises: bool = False
    """SetGrade was seen to raise the deck in use, on this machine, with its keys still answering."""


def capability_of(options: Mapping[str, str]) -> Capability:
    """Return the capability that these options say; ValueError names what is wrong with them."""
    rest = dict(options)
    asks = rest.pop("asks", ",".join(ASKED)).split(",")
    clock, proved = rest.pop("clock", "up"), rest.pop("raise", None)
    speed, incline = (_count(name, rest.pop(name, None)) for name in ("speedcount", "inclinecount"))
    if rest:
        raise ValueError(f"{next(iter(rest))} is unknown")
    if not set(asks) <= ASKED.keys() or len(asks) != len(set(asks)):
        raise ValueError(f"asks={','.join(asks)} is wrong")
    if clock not in ("up", "down") or proved not in (None, "proved"):
        raise ValueError("clock is up or down, and raise is proved, or left out")
    if proved and "incline" not in asks:
        raise ValueError("raise=proved needs incline among what it asks: a raise is confirmed by reading")
    return Capability(
        asks=tuple(ASKED[name] for name in asks),
        counts_down=clock == "down",
        speed_count=None if speed is None else speed * 100,
        incline_count=None if incline is None else incline * 10,
        raises=proved is not None,
    )


def options_of(capability: Capability) -> dict[str, str]:
    """Return the options that say this capability, without those that are the default."""
    names = {get: name for name, get in ASKED.items()}
    said = {
        "asks": ",".join(names[get] for get in capability.asks) if capability.asks != ALL else None,
        "clock": "down" if capability.counts_down else None,
        "speedcount": _text(capability.speed_count, 100),
        "inclinecount": _text(capability.incline_count, 10),
        "raise": "proved" if capability.raises else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _count(name: str, text: str | None) -> Fraction | None:
    """Return a decimal above 0, and no more than 10; ValueError otherwise."""
    if text is None:
        return None
    whole, _, part = text.partition(".")
    if not (whole + part).isdecimal() or not text.isascii() or len(text) > 6 or not 0 < Fraction(text) <= 10:
        raise ValueError(f"{name}={text} is no number above 0, such as 0.1")
    return Fraction(text)


def _text(count: Fraction | None, per: int) -> str | None:
    return None if count is None else f"{float(count / per):g}"
