"""How much the outbox may hold, and what leaves it. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from daemon.outbox.fold import Dated, fold, folded
from daemon.outbox.rows import Row

HELP_MS = 24 * 3_600_000
"""A call for help is forgotten after a day."""
WANTED_MS = 400 * 24 * 3_600_000
"""Safety and audit wait so long for a first floor; no floor was ever heard of then, and the journal had them."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many rows of telemetry, their bytes, how many of safety and audit, and the calls for help among those."""

    events: int = 0
    size: int = 0
    kept: int = 0
    helps: int = 0

    def plus(self, row: Row) -> "Load":
        """Return the load with one row more."""
        if folded(row):
            return Load(self.events + 1, self.size + row.size, self.kept, self.helps)
        return Load(self.events, self.size, self.kept + 1, self.helps + (row.kind == "help"))


@dataclass(frozen=True, slots=True)
class Bounds:
    """Most events of telemetry, and their bytes; safety and audit have the same number where nobody wants them."""

    events: int = 10_000
    size: int = 4 * 1024 * 1024

    def hold(self, load: Load) -> bool:
        """Tell whether load is within the bounds of telemetry."""
        return load.events <= self.events and load.size <= self.size


def load_of(rows: Iterable[Row]) -> Load:
    """Return the load of rows."""
    load = Load()
    for row in rows:
        load = load.plus(row)
    return load


def lightened(rows: Sequence[Row], bounds: Bounds, dated: Dated) -> list[Row]:
    """Return rows folded until a quarter of the bounds is free, so that not each event folds again."""
    room = Bounds(bounds.events * 3 // 4, bounds.size * 3 // 4)
    return fold(rows, lambda left: room.hold(load_of(left)), dated)


def unwanted(rows: Sequence[Row], bounds: Bounds, age: Callable[[Row], int], *, sends: bool, floor: bool) -> set[int]:
    """Return the numbers of safety and audit events that leave unstored; age: a row's least age, ms.

    A call for help after a day. Others never, once a floor was heard of; before, after WANTED_MS and only when there
    are too many; where nothing is sent at all, when there are too many.
    """
    kept = [row for row in rows if not folded(row)]
    gone = {row.seq for row in kept if row.kind == "help" and age(row) > HELP_MS}
    over = [] if floor else kept[: max(0, len(kept) - bounds.events)]
    return gone | {row.seq for row in over if not sends or age(row) > WANTED_MS}
