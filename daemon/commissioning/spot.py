"""Is it this one? Staff press a key at the treadmill before them; what this computer hears has to change. Pure."""

from dataclasses import dataclass, replace
from typing import Final

from daemon.commissioning.steps import Ask, Ending, Event, Watched, lost
from drivers.contract import Key, Notice, Reading

STOOD_MS: Final = 2_000
"""Its belt must be seen to stand for so long first: a treadmill in use would change without us."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Waits for a key pressed at the treadmill."""

    seen: Watched = Watched()
    what: str = ""
    why: str = ""

    @property
    def title(self) -> str:
        return "Is it this one?"

    @property
    def says(self) -> str:
        if self.why or self.what:
            return self.why or f"It is this one: {self.what}."
        if self.seen.machine is None:
            return "Connecting to the treadmill ..."
        return (
            "Press incline up on the treadmill before you, by its own key. Nobody is on it, and its belt stands. "
            "(It has no incline? Then start its belt by its own key, and stop it again.)"
        )

    @property
    def hint(self) -> str:
        return ""

    @property
    def asks(self) -> Ask | None:
        return None

    @property
    def ended(self) -> Ending | None:
        return Ending.FAILED if self.why else Ending.DONE if self.what else None

    def after(self, event: Event) -> tuple["Spot", None]:
        seen = self.seen.after(event)
        if (why := lost(event, seen)) is not None:
            return replace(self, seen=seen, why=why), None
        before = self.seen
        stood = before.speed == 0 and event.at - before.speed_since >= STOOD_MS
        match event:
            case Reading(speed=speed) if before.read_at is None and speed:
                return replace(self, seen=seen, why=RUNS), None
            case Reading(speed=speed) if speed and not stood:
                return replace(self, seen=seen, why=RUNS), None
            case Reading(incline=incline) if (
                stood and None not in (incline, before.incline) and incline != before.incline
            ):
                return replace(self, seen=seen, what="its incline changed as you pressed"), None
            case Reading(speed=speed) if stood and speed:
                return replace(self, seen=seen, what="its belt started as you pressed"), None
            case Notice(key=Key.INCLINE) if stood:
                return replace(self, seen=seen, what="its incline key was heard"), None
        return replace(self, seen=seen), None

    def permits(self, _at: int, /) -> bool:
        return False


RUNS: Final = (
    "The belt of the treadmill that this computer hears is running. If the one before you stands, this is another one: "
    "choose again with `sudo inclined setup --again`. If it runs, stop it by its own key and begin this step again."
)
