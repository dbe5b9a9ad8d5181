"""The steps in their order, what they found, and what the configuration then says. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from daemon.commissioning.once import Once
from daemon.commissioning.points import Points
from daemon.commissioning.raising import Raising
from daemon.commissioning.spot import Spot
from daemon.commissioning.steps import Ending, Step
from daemon.commissioning.units import Unit, Units
from daemon.settings import Settings


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found so far; a step that was not done leaves its part as it is configured."""

    spotted: bool = False
    unit: Unit | None = None
    read_off: bool = False
    map: tuple[tuple[int, int], ...] | None = None
    raised: bool = False
    stopped: bool = False
    timed: bool = False
    told: frozenset[str] = frozenset()
    """Fields that readings carried, with the belt running: what a CSAFE console needs to be asked."""

    def after(self, step: Step) -> "Findings":
        """Return the findings with those of a step that ended."""
        done = step.ended is Ending.DONE
        match step:
            case Spot():
                return replace(self, spotted=done)
            case Units(found=unit) if done:
                return replace(self, unit=unit)
            case Points() if done:  # another map is another incline: what was tried by the old one is not proved
                return replace(self, read_off=True, map=step.map, raised=False)
            case Raising():
                return replace(self, raised=done)
            case Once(what=what):
                return replace(self, stopped=done) if what == "stop" else replace(self, timed=done)
        return self


type Begin = Callable[[Settings], Step]
STEPS: Final[Mapping[str, Begin]] = {
    "spot": lambda settings: Spot(),
    "units": lambda settings: Units(settings.machine.units),
    "incline": lambda settings: Points(),
    "raise": lambda settings: Raising(),
    "stop": lambda settings: Once("stop"),
    "time": lambda settings: Once("time"),
}
"""In this order; each may be done again."""
USUAL: Final = ("spot", "units", "incline", "raise")
"""What is done unless single steps are asked for: few clubs want more."""
ABOUT: Final[Mapping[str, str]] = {
    "spot": "Whether this computer is connected to the treadmill that stands here, and to no other.",
    "units": "Whether the speed that it tells is the one that its console shows, and in which unit.",
    "incline": "Whether the incline that it tells is the one that its console shows.",
    "raise": "Whether its deck rises by one step when it is asked to, and its own keys still win. Pass over it if you "
    "want records and questions only: then the deck is never moved.",
    "stop": 'Whether it stops once when it is asked to, for `limit_action = "stop"`. Speed and unit come first.',
    "time": 'Whether its console takes a workout time and nothing else changes, for `limit_action = "machine"`.',
}
"""What each is for."""
NEEDED: Final = frozenset({"spot"})
"""What cannot be passed over."""


def settings_for(name: str, settings: Settings, findings: Findings) -> Settings:
    """Return the settings with which the machine is reached in this step.

    Inclines are read off as the machine tells them; the raise is tried as it will be done, through the map.
    """
    points = findings.map if findings.read_off else settings.machine.incline_map
    action = {"stop": "stop", "time": "machine"}.get(name, "announce")
    machine = settings.machine.model_copy(
        update={"incline_map": points if name == "raise" else None, "limit_action": action}
    )
    if name == "raise" and machine.driver.startswith("csafe:") and machine.incline_range is not None:
        machine = machine.model_copy(update={"driver": armed(machine.driver)})
    today = date(1970, 1, 1)  # whichever: it lets the driver be asked in this one step
    proved = settings.proved.model_copy(update={"stop": today, "workout_time": today})
    return replace(settings, machine=machine, proved=proved)


def armed(spec: str) -> str:
    """Return a CSAFE console's spec with what lets it be raised, which is written down once it was proved."""
    if "raise=proved" in spec:
        return spec
    return f"{spec}{'&' if '?' in spec else '?'}raise=proved"


def asking(spec: str, told: frozenset[str]) -> str:
    """Return a CSAFE console's spec with only what it answers; one that says already what is asked stays."""
    names = {"time": {"elapsed", "remaining"}, "distance": {"distance"}, "speed": {"speed"}, "incline": {"incline"}}
    answered = [name for name, fields in names.items() if fields & told]
    if "asks=" in spec or not answered or len(answered) == len(names):
        return spec
    return f"{spec}{'&' if '?' in spec else '?'}asks={','.join(answered)}"
