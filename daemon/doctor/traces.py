"""The last traces: what the daemon kept because a treadmill did what nobody expected."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from daemon.doctor.finding import Finding, look, ok
from daemon.trace.keep import ASKED, traces

FOLDER = "traces"


def seen(store: Path) -> list[Path]:
    """Return the traces beside the database at store, oldest first; none where the folder cannot be read."""
    try:
        return traces(store.with_name(FOLDER))
    except OSError:
        return []


def judged(kept: Sequence[Path]) -> Iterator[Finding]:
    """Yield what that means."""
    reasons = [path.stem.split("-", 2)[2] for path in kept]
    surprises = [why for why in reasons if why != ASKED]
    if surprises:
        says = f"{len(surprises)} kept after a surprise of the treadmill, the last for {surprises[-1]!r}"
        newest = next(path for path, why in zip(reversed(kept), reversed(reasons), strict=True) if why != ASKED)
        yield look("traces", says, f"inclined replay {newest} shows it")
    else:
        yield ok("traces", f"{len(kept)} kept, none after a surprise")
