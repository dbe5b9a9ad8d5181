"""The kiosk's credential: made once a boot, in a file that only the kiosk's group can read."""

import logging
import os
import secrets
from pathlib import Path

log = logging.getLogger(__name__)

SHORTEST = 24
MODE = 0o640


def kiosk_key(path: Path) -> str:
    """Return the key in path, made anew where there is none that may be trusted.

    It outlives a restart of the daemon, so that the screen comes back by itself, and goes with /run at a boot. Where
    it cannot be written, no screen can sign in: that is told, and the daemon goes on without one.
    """
    if (known := _known(path)) is not None:
        return known
    key = secrets.token_urlsafe(SHORTEST)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, MODE)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key)
    except OSError as error:
        log.warning("The screen's key cannot be written to %s: %s. No screen can sign in.", path, error.strerror)
    return key


def _known(path: Path) -> str | None:
    """Return the key of a file that is ours and that strangers cannot read or write."""
    try:
        seen = path.lstat()
        private = seen.st_uid == os.geteuid() and not seen.st_mode & 0o027 and path.is_file() and not path.is_symlink()
        key = path.read_text(encoding="ascii").strip() if private else ""
    except (OSError, UnicodeDecodeError):
        return None
    return key if len(key) >= SHORTEST else None
