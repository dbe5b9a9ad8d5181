"""One finding: how well a part is, what was seen, and what to do about it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import IntEnum


class Level(IntEnum):
    """How well; the highest is the worst."""

    OK = 0
    LOOK = 1
    """It works, or cannot be seen from here; have a look when there is time."""
    BAD = 2
    """It does not work."""

    @property
    def word(self) -> str:
        """Return the level as it is shown."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `do` is empty only where nothing is to be done."""

    level: Level
    check: str
    says: str
    do: str = ""

    def line(self) -> str:
        """Return it as one line."""
        says = " ".join(self.says.split())
        return f"{self.level.word:<5} {self.check:<13} {says}{': ' + ' '.join(self.do.split()) if self.do else ''}"

    def json(self) -> dict[str, object]:
        """Return it for programs."""
        return {**asdict(self), "level": self.level.word}


def ok(check: str, says: str) -> Finding:
    """Return a finding of what is well."""
    return Finding(Level.OK, check, says)


def look(check: str, says: str, do: str) -> Finding:
    """Return a finding of what staff should look at."""
    return Finding(Level.LOOK, check, says, do)


def bad(check: str, says: str, do: str) -> Finding:
    """Return a finding of what does not work."""
    return Finding(Level.BAD, check, says, do)


def worst(findings: Iterable[Finding]) -> Level:
    """Return the level of the worst finding."""
    return max((each.level for each in findings), default=Level.OK)
