"""The folder in which things are kept, and what dpkg says of the installed version."""

import os
import subprocess
import tomllib
from contextlib import suppress
from pathlib import Path

CONFIGURATION = Path("/etc/inclined/inclined.toml")
DATABASE = Path("/var/lib/inclined/inclined.db")
KEPT = Path("/var/backups/inclined")


class Failed(Exception):
    """Something could not be done: what, and what follows."""


def said(*command: str) -> str:
    """Return what a command prints. Failed with its last line."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise Failed(f"{command[0]}: {(ran.stderr.strip().splitlines() or ['failed'])[-1]}")
    return ran.stdout


def installed() -> str:
    """Return the version that is installed."""
    return said("dpkg-query", "--show", "--showformat=${Version}", "inclined")


def database() -> Path:
    """Return where the database is; a configuration that cannot be read names none."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return Path(tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))["store"]["path"])
    return DATABASE


def settled(fresh: Path, target: Path) -> None:
    """Give a file that is written its name once it is on the disk; nobody but root reads it."""
    fresh.chmod(0o600)
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(target)


def newest_first(pattern: str) -> list[Path]:
    """Return the kept files of one kind."""
    return sorted(KEPT.glob(pattern), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
