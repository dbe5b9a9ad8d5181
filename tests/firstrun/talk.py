"""`inclined setup` at a terminal of its own, and who sits before it."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

LIMIT_S = 60.0
"""Longest that a test waits for anything: a start takes a second alone, and many beside a browser."""
PATIENCE_S = 3.0
ENVIRONMENT = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent/bus", "PYTHONUTF8": "1"}
"""No Bluetooth, whatever this computer has."""


def command(*words: str) -> list[str]:
    """Return the command line of `inclined setup`."""
    return [sys.executable, "-m", "daemon", "setup", *words]


class Talk:
    """A conversation: what the terminal shows, and what is typed."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._ours, theirs = os.openpty()
        self._process = subprocess.Popen(
            ["setsid", "--ctty", "env", "--default-signal=INT", *command(*words)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=ENVIRONMENT,
        )
        os.close(theirs)
        self.shown = ""
        self._seen = 0

    def until(self, wanted: str) -> Self:
        """Wait until the terminal shows what is wanted, after what was waited for before."""
        deadline = time.monotonic() + LIMIT_S
        while (place := self.shown.find(wanted, self._seen)) < 0:
            assert self._read(deadline), f"{wanted!r} was never shown:\n{self.shown[self._seen :]}"
        self._seen = place + len(wanted)
        return self

    def type(self, line: str) -> Self:
        """Type a line."""
        os.write(self._ours, f"{line}\n".encode())
        return self

    def interrupt(self) -> Self:
        """Press Ctrl-C, and again where it came between the prompt and the reading: input() misses that one."""
        deadline = time.monotonic() + LIMIT_S
        while "interrupted" not in self.shown:
            os.write(self._ours, b"\x03")
            again = min(deadline, time.monotonic() + PATIENCE_S)
            while "interrupted" not in self.shown and self._read(again):
                pass
            assert time.monotonic() < deadline, self.shown
        return self

    def ended(self) -> int:
        """Wait for the end, and return the exit status."""
        deadline = time.monotonic() + LIMIT_S
        while self._read(deadline):
            pass
        return self._process.wait(LIMIT_S)

    def _read(self, deadline: float) -> bool:
        """Read what the terminal shows more; False at its end, or when the time is over."""
        ready, _, _ = select.select([self._ours], [], [], max(0.0, deadline - time.monotonic()))
        try:
            more = os.read(self._ours, 4096) if ready else b""
        except OSError:  # Linux says so when nobody holds the other end any more
            more = b""
        self.shown += more.decode(errors="replace").replace("\r\n", "\n")
        return bool(more)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._ours)


@contextmanager
def talk(config: Path, *words: str) -> Iterator[Talk]:
    """Begin a conversation about the configuration at a place."""
    begun = Talk(("--config", str(config), *words))
    try:
        yield begun
    finally:
        begun.close()
