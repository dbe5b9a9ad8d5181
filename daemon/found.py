"""What a treadmill told in a while: who it is, what it tells and how often, and what made no sense. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from drivers.contract import Ability, InclineRange, Key, Machine, Notice, Reading, Said, Training

FIELDS: Mapping[str, str] = {
    "speed": "speed",
    "incline": "incline",
    "distance": "distance",
    "elapsed": "time",
    "remaining": "time left",
    "training": "training status",
}
"""Fields of a reading, and what people call them."""
ABILITIES: Mapping[Ability, str] = {
    Ability.RAISE_INCLINE: "raise its incline",
    Ability.WORKOUT_TIME: "set a workout time",
    Ability.STOP: "stop its belt",
}


@dataclass
class Found:
    """A sink that keeps what counts; `odd` is the driver's own count of what made no sense."""

    spec: str
    machine: Machine | None = None
    readings: int = 0
    told: Counter[str] = field(default_factory=Counter)
    """Readings that carried a field."""
    last: Reading | None = None
    keys: list[Key] = field(default_factory=list)
    odd: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, said: Said, /) -> None:
        """Take what the machine says."""
        match said:
            case Machine():
                self.machine = said
            case Reading():
                self.readings += 1
                self.last = said
                self.told.update(name for name in FIELDS if getattr(said, name) is not None)
            case Notice(key=key):
                self.keys.append(key)

    def rates(self, seconds: float) -> dict[str, float]:
        """Return how often each field was told, a second, to a tenth."""
        return {name: round(self.told[name] / seconds, 1) for name in FIELDS}


def lines(found: Found, seconds: float) -> Iterator[str]:
    """Yield the report for people, line by line."""
    machine = found.machine
    if machine is None:
        yield "It told nothing of itself."
        return
    yield f"Maker       {machine.maker or 'not told'}"
    yield f"Model       {machine.model or 'not told'}"
    yield f"Firmware    {machine.firmware or 'not told'}"
    yield f"Speaks      {machine.protocol}"
    yield f"Incline     {_range(machine.incline)}"
    able = [ABILITIES[ability] for ability in Ability if ability in machine.abilities]
    yield f"Says it can {', '.join(able) or 'nothing'} (a claim until it was tried)"
    yield f"Readings    {found.readings / seconds:.1f} a second, over {seconds:g} s"
    for name, rate in found.rates(seconds).items():
        yield f"  {FIELDS[name]:<18}{f'{rate:.1f} a second' if rate else 'not told'}{_now(name, found.last)}"
    if found.keys:
        yield f"Keys        {', '.join(sorted({key.value for key in found.keys}))}"
    for kind, count in sorted(found.odd.items()):
        yield f"Odd         {kind}: {count} times"


def _range(incline: InclineRange | None) -> str:
    if incline is None:
        return "no range that makes sense was told; a raise needs one that you write down (incline_range)"
    return f"{incline.least / 10:g} to {incline.most / 10:g} % in steps of {incline.step / 10:g} %"


def _now(name: str, last: Reading | None) -> str:
    value = None if last is None else getattr(last, name)
    match name, value:
        case _, None:
            return ""
        case "speed", int():
            return f", now {value / 100:g} km/h"
        case "incline", int():
            return f", now {value / 10:g} %"
        case "distance", _:
            return f", now {value} m"
        case "training", Training():
            return f", now {value.value}"
    return f", now {value} s"


def as_json(found: Found, seconds: float) -> dict[str, object]:
    """Return the report for programs; inclines in %, rates a second."""
    machine = found.machine
    incline = None if machine is None else machine.incline
    return {
        "driver": found.spec,
        "protocol": machine.protocol if machine else None,
        "maker": machine.maker if machine else None,
        "model": machine.model if machine else None,
        "firmware": machine.firmware if machine else None,
        "incline": None
        if incline is None
        else {"least": incline.least / 10, "most": incline.most / 10, "step": incline.step / 10},
        "abilities": sorted(ability.value for ability in machine.abilities) if machine else [],
        "tells_training": machine.tells_training if machine else False,
        "seconds": seconds,
        "readings": found.readings,
        "rates": found.rates(seconds),
        "keys": sorted({key.value for key in found.keys}),
        "odd": dict(found.odd),
    }
