"""Writes a configuration whole or not at all: a power cut leaves the old file or the new one."""

import contextlib
import grp
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

MODE = 0o640
GROUP = "inclined"
"""The daemon's."""


def write(path: Path, text: str, keep_as: Path | None = None) -> None:
    """Put text into path, at once, for its owner and the daemon's group only; a file that was there goes to keep_as.

    OSError when that cannot be, and then all is as it was.
    """
    if keep_as is not None and path.exists():
        # A copy: a link to another user's file may be refused (fs.protected_hardlinks).
        _put(keep_as, path.read_bytes())
    _put(path, text.encode())


def kept_name(path: Path, at: datetime) -> Path:
    """Return under which name the file at path is kept when another takes its place."""
    return path.with_name(f"{path.name}.{at:%Y-%m-%d-%H%M%S}")


def _put(path: Path, data: bytes) -> None:
    with _beside(path, data) as fresh:
        fresh.replace(path)
    _to_disk(path.parent)


@contextlib.contextmanager
def _beside(path: Path, data: bytes) -> Iterator[Path]:
    """Write data into a file of the same folder, on the disk; it is gone at the end unless it was renamed."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, MODE)
            _to_group(handle)
            file.write(data)
            file.flush()
            os.fsync(handle)
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _to_group(handle: int) -> None:
    """Give the file to the daemon's group, where there is one and we may: the service's own files have it already."""
    with contextlib.suppress(KeyError):
        wanted = grp.getgrnam(GROUP).gr_gid
        if os.fstat(handle).st_gid != wanted and (os.geteuid() == 0 or wanted in os.getgroups()):
            os.fchown(handle, -1, wanted)


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
