"""Does it tell the speed that its console shows, and in which unit? Pure."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from daemon.commissioning.steps import Ask, Ending, Event, Typed, Watched, lost, typed_number

Unit = Literal["km/h", "mph"]
PER: Final[dict[Unit, Decimal]] = {"km/h": Decimal(100), "mph": Decimal("160.9344")}
"""0.01 km/h in one of each."""
WITHIN: Final = Decimal("0.15")
"""What a console rounds, and a belt wavers, in its own unit."""
SLOWEST: Final = 100
"""Below this the two units cannot be told apart."""
NO_SPEED: Final = "It tells no speed. Without one there are no sessions: `observe` shows its keys only."
UNSTEADY: Final = "It is not steady yet, or slower than 1 km/h: wait a few seconds, and type it again."


@dataclass(frozen=True, slots=True)
class Units:
    """Compares the speed told with the speed that staff read off."""

    unit: Unit
    """As configured."""
    seen: Watched = Watched()
    hint: str = ""
    found: Unit | None = None
    why: str = ""

    @property
    def title(self) -> str:
        return "Speed and its unit"

    @property
    def says(self) -> str:
        if self.why:
            return self.why
        if self.found is not None:
            changed = "" if self.found == self.unit else f" The configuration said {self.unit}; that is changed."
            return f"Its speed is told rightly, and its console shows {self.found}.{changed}"
        return (
            "Nobody is on the belt, and one of you is at the red stop. Start the belt by its own key, leave it at "
            "about 3 km/h or 2 mph, and type the speed that its console shows."
        )

    @property
    def asks(self) -> Ask | None:
        return None if self.ended else Ask(unit="km/h or mph")

    @property
    def ended(self) -> Ending | None:
        return Ending.FAILED if self.why else Ending.DONE if self.found else None

    def after(self, event: Event) -> tuple["Units", None]:
        seen = self.seen.after(event)
        step = replace(self, seen=seen)
        if (why := lost(event, seen)) is not None:
            return replace(step, why=why), None
        if not isinstance(event, Typed):
            return step, None
        number = typed_number(event.text)
        if number is None:
            return replace(step, hint="A number, please, such as 3.0."), None
        if seen.speed is None:
            return replace(
                step, why="It tells no speed. Without one there are no sessions: `observe` shows its keys only."
            ), None
        if not seen.steady(event.at) or seen.speed < SLOWEST:
            return replace(
                step, hint="It is not steady yet, or slower than 1 km/h: wait a few seconds, and type it again."
            ), None
        fits = [unit for unit, per in PER.items() if abs(number - seen.speed / per) <= WITHIN]
        if not fits:
            return replace(
                step,
                why=f"It tells {seen.speed / 100:g} km/h ({seen.speed / PER['mph']:.1f} mph) while its console shows "
                f"{number}. Leave this treadmill in `observe`, and tell us of it: its speed cannot be relied on.",
            ), None
        return replace(step, found=fits[0]), None

    def permits(self, _at: int, /) -> bool:
        return False
