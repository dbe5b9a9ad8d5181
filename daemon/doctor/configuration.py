"""The configuration, as `inclined check` finds it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon.doctor.finding import Finding, bad, look, ok
from daemon.settings import Settings

MEND = "mend it in the file; inclined check shows all of it"


@dataclass(frozen=True, slots=True)
class Read:
    """What came of reading it: settings, or why not."""

    file: Path
    settings: Settings | None = None
    mistakes: Sequence[str] = ()
    warnings: Sequence[str] = ()
    unread: str | None = None


def judged(read: Read) -> Iterator[Finding]:
    """Yield what that means."""
    if read.unread is not None:
        do = (
            "run it with sudo"
            if "ermission" in read.unread
            else "sudo inclined setup makes it; or name it: --config FILE"
        )
        yield bad("configuration", f"{read.file}: {read.unread}", do)
    for mistake in read.mistakes:
        yield bad("configuration", mistake, MEND)
    for warning in read.warnings:
        yield look("configuration", warning, "see docs/settings.md")
    if read.settings is not None and not read.warnings:
        machine = read.settings.machine
        yield ok("configuration", f"{read.file}: no mistake; {machine.machine}, mode {machine.mode}, {machine.driver}")
