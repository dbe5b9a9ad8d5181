"""The kiosk's credential: made once a boot, in a file that only the kiosk's group can read."""

import grp
import logging
import os
import secrets
import stat
from pathlib import Path
from typing import NamedTuple

log = logging.getLogger(__name__)

GROUP = "inclined-kiosk"
"""Who may read it; where there is no such group, the daemon's own."""
SHORTEST = 24
MODE = 0o640
OTHERS = 0o027
"""What others than the owner may not: write it, and strangers anything."""


class Key(NamedTuple):
    """The credential, and why no screen can read it, if so."""

    text: str
    fault: str | None = None


def kiosk_key(path: Path, group: str = GROUP) -> Key:
    """Return the key in path, made anew where there is none that may be trusted.

    It outlives a restart of the daemon, so that the screen comes back by itself, and goes with /run at a boot. Where
    it cannot be written, no screen can sign in: that is told, and the daemon goes on without one.
    """
    text = known(path) or secrets.token_urlsafe(SHORTEST)
    try:
        if known(path) is None:
            _write(path, text)
        _give(path, group)
    except OSError as error:
        fault = f"The screen's key cannot be written to {path}: {error.strerror or error}. No screen can sign in."
        log.warning("%s", fault)
        return Key(text, fault)
    return Key(text)


def known(path: Path) -> str | None:
    """Return the key of a file that is ours and that strangers cannot read or write."""
    try:
        seen = path.lstat()
        private = seen.st_uid == os.geteuid() and not seen.st_mode & OTHERS and stat.S_ISREG(seen.st_mode)
        key = path.read_text(encoding="ascii").strip() if private else ""
    except (OSError, UnicodeDecodeError):
        return None
    return key if len(key) >= SHORTEST else None


def _write(path: Path, key: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, MODE)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)


def _give(path: Path, group: str) -> None:
    """Make the file the group's, where there is such a group and the folder has not already seen to it.

    A folder with the set-group-ID bit hands on its own group: so it is where the service may not change one.
    """
    if path.parent.stat().st_mode & stat.S_ISGID:
        return
    try:
        wanted = grp.getgrnam(group).gr_gid
    except KeyError:
        return
    if path.stat().st_gid != wanted:
        os.chown(path, -1, wanted)
