"""Writes the ring to a file when something surprised us, or when staff ask: beside the loop, never in it.

The file is written a little after the surprise, so that it also shows what came of it. At most MOST files are kept in
the folder; the oldest goes. Nobody's name is in one: no event of the core holds any.
"""

import logging
import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from daemon.policy.events import Effect, Event, Happened
from daemon.policy.state import State
from daemon.trace.file import head
from daemon.trace.ring import Ring

log = logging.getLogger(__name__)

SURPRISES = frozenset({"lowered_after", "halted_after", "unknown", "refused", "not_reached"})
"""Results of a command after which somebody will want to look."""
AFTER_MS = 15_000
"""How long is waited for what comes of a surprise."""
SPACING_MS = 300_000
"""Least time between two files that nobody asked for: a machine that surprises all day must not wear out the card."""
MOST = 20
NAME = re.compile(r"trace-(\d{6})-\w+\.jsonl")
UNFINISHED = "unfinished"
"""The file being written; what a full disk leaves of it is written over by the next one."""
ASKED = "asked"


def surprise(effects: Sequence[Effect]) -> str | None:
    """Return the result that surprises, if there is one among effects."""
    results = (
        str(dict(one.data).get("result")) for one in effects if isinstance(one, Happened) and one.kind == "command"
    )
    return next((result for result in results if result in SURPRISES), None)


class Tracer:
    """Remembers every step of the core by `took`, and keeps what it remembers when it is worth it."""

    def __init__(self, folder: Path, wall: Callable[[], datetime | None], software: str) -> None:
        self._folder, self._wall, self._software = folder, wall, software
        self._ring = Ring()
        self._why: str | None = None
        self._due = 0
        self._not_before: int | None = None
        self._thread = ThreadPoolExecutor(1, "trace")

    def took(self, before: State, event: Event, effects: Sequence[Effect]) -> None:
        """Remember a step; the runner calls it for each. Never waits, never raises."""
        try:
            self._ring.take(before, event, effects)
        except ValueError as error:
            log.warning("A step cannot be written down (%s); the trace begins anew after it.", error)
            self._ring.clear()
            return
        at = max(before.at, event.at)
        why = surprise(effects)
        if why is not None and self._why is None:
            self._why, self._due = why, max(at + AFTER_MS, self._not_before or 0)
        elif self._why is not None and at >= self._due:
            self._not_before = at + SPACING_MS
            self._keep(self._why)

    def ask(self) -> None:
        """Keep what there is, now: staff want to see it."""
        self._keep(ASKED)

    def close(self) -> None:
        """Keep what was still waited for, and wait until it is written."""
        if self._why is not None:
            self._keep(self._why)
        self._thread.shutdown()

    def _keep(self, why: str) -> None:
        self._why = None
        if (kept := self._ring.kept()) is not None:
            state, pieces = kept
            when = self._wall()
            self._thread.submit(write, self._folder, state, pieces, self._software, why, when)


def write(
    folder: Path, state: State, pieces: Sequence[bytes], software: str, why: str, when: datetime | None
) -> Path | None:
    """Write one trace whole or not at all, and let the oldest go; what goes wrong is told in the journal."""
    number = max((number_of(path) for path in traces(folder)), default=0) + 1
    path = folder / f"trace-{number:06d}-{why}.jsonl"
    unfinished = folder / UNFINISHED
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            file.write(head(state, software, why, when).encode() + b"\n")
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        for old in traces(folder)[:-MOST]:
            old.unlink()
    except OSError as error:
        log.warning("The trace %s cannot be kept: %s.", path, error.strerror)
        return None
    log.info("Kept the last minutes as %s; `inclined replay` shows them.", path)
    return path


def traces(folder: Path) -> list[Path]:
    """Return the traces of folder, oldest first."""
    return sorted((path for path in folder.glob("trace-*.jsonl") if NAME.fullmatch(path.name)), key=number_of)


def number_of(path: Path) -> int:
    """Return a trace's number; numbers tell the order where no clock can be trusted."""
    found = NAME.fullmatch(path.name)
    return int(found[1]) if found else 0


__all__ = ["ASKED", "Tracer", "traces", "write"]
