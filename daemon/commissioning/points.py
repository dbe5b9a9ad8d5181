"""Does it tell the incline that its console shows? Read off at the lowest, at 5 % and at the highest. Pure."""

from dataclasses import dataclass, replace
from typing import Final

from daemon.commissioning.steps import Ask, Ending, Event, Typed, Watched, lost, typed_number
from drivers.calibration import calibration

WHERE: Final = ("its lowest incline (mostly 0 %)", "5 %", "its highest incline")


@dataclass(frozen=True, slots=True)
class Points:
    """Collects three pairs of what is told and what is shown."""

    seen: Watched = Watched()
    points: tuple[tuple[int, int], ...] = ()
    hint: str = ""
    why: str = ""

    @property
    def title(self) -> str:
        return "Incline"

    @property
    def map(self) -> tuple[tuple[int, int], ...] | None:
        """The map to keep, once it ended well; None where the console shows what is told."""
        return None if all(told == shown for told, shown in self.points) else self.points

    @property
    def says(self) -> str:
        if self.why:
            return self.why
        if self.ended:
            pairs = ", ".join(f"{told / 10:g} % told is {shown / 10:g} % shown" for told, shown in self.points)
            kept = "No map is needed." if self.map is None else "The map is kept."
            return f"Its incline was read off at three places: {pairs}. {kept}"
        where = WHERE[len(self.points)]
        belt = " If the deck moves only while the belt runs, start it by its own key." if not self.points else ""
        return (
            f"Bring the deck to {where} by the treadmill's own keys, wait until it stands, and type the incline that "
            f"its console shows.{belt}"
        )

    @property
    def asks(self) -> Ask | None:
        return None if self.ended else Ask(unit="%")

    @property
    def ended(self) -> Ending | None:
        return Ending.FAILED if self.why else Ending.DONE if len(self.points) == len(WHERE) else None

    def after(self, event: Event) -> tuple["Points", None]:
        seen = self.seen.after(event)
        step = replace(self, seen=seen)
        if (why := lost(event, seen)) is not None:
            return replace(step, why=why), None
        return (_read_off(step, event) if isinstance(event, Typed) else step), None

    def permits(self, _at: int, /) -> bool:
        return False


def _read_off(step: Points, typed: Typed) -> Points:
    number = typed_number(typed.text)
    if number is None or number * 10 != int(number * 10):
        return replace(step, hint="A number with one decimal at most, please, such as 5.0.")
    if step.seen.incline is None:
        return replace(step, why="It tells no incline. `observe` and `nudge` work without; no deck is ever raised.")
    if not step.seen.at_rest(typed.at):
        return replace(step, hint="The deck still moves, or has only just come to rest: wait, and type it again.")
    points = (*step.points, (step.seen.incline, int(number * 10)))
    after = replace(step, points=points, hint="")
    if len(points) == 1:
        return after
    try:
        calibration(points)
    except ValueError as error:
        return replace(after, why=f"That makes no map: {error}")
    grid = step.seen.machine.incline if step.seen.machine else None
    told = [told for told, _ in points]
    if grid is not None and not (grid.least <= min(told) and max(told) <= grid.most):
        return replace(
            after,
            why=f"It says that its incline goes from {grid.least / 10:g} to "
            f"{grid.most / 10:g} %, and tells {min(told) / 10:g} to {max(told) / 10:g} %. Write the range "
            "that its console has as `incline_range` in the configuration, and begin again.",
        )
    return after
