"""Keeps the version, its database and its configuration before an upgrade."""

import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from daemon.upkeep.kept import CONFIGURATION, KEPT, Failed, database, installed, newest_first, settled
from daemon.upkeep.pack import pack

COPIES = 3  # of the database, and of the configuration
VERSIONS = 2  # packages: the one before, and after going back the one left


def keep() -> int:
    """Keep database, configuration and version; return 1 when one of them could not be, after telling which and why."""
    KEPT.mkdir(mode=0o700, parents=True, exist_ok=True)
    version = installed()
    label = f"{version}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    done = [
        attempt("the database", lambda: copy_database(database(), KEPT / f"inclined.db.{label}")),
        attempt("the configuration", lambda: copy_configuration(KEPT / f"inclined.toml.{label}")),
        attempt(f"version {version}", lambda: pack(version)),
    ]
    prune("inclined.db.*", COPIES)
    prune("inclined.toml.*", COPIES)
    prune("inclined_*.deb", VERSIONS)
    return 0 if all(done) else 1


def attempt(what: str, step: Callable[[], None]) -> bool:
    """Take one step; tell why it failed, and that the rest goes on."""
    try:
        step()
    except (Failed, OSError, sqlite3.Error) as error:
        print(f"inclined: {what} is not kept for a way back: {error}", file=sys.stderr)
        return False
    return True


def copy_database(source: Path, target: Path) -> None:
    """Copy the database as it is at one moment, also while a daemon writes to it; a file so copied is whole."""
    if not source.exists():
        return
    fresh = target.with_name(f".{target.name}")
    fresh.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=10)) as db:
            db.execute("VACUUM INTO ?", (str(fresh),))
        settled(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)


def copy_configuration(target: Path) -> None:
    """Copy the configuration, where there is one."""
    if CONFIGURATION.exists():
        fresh = target.with_name(f".{target.name}")
        shutil.copyfile(CONFIGURATION, fresh)
        settled(fresh, target)


def prune(pattern: str, count: int) -> None:
    """Remove all but the newest of one kind."""
    for old in newest_first(pattern)[count:]:
        old.unlink()
