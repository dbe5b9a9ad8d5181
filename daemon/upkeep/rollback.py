"""Puts back the version before the last upgrade."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from daemon.upkeep.kept import KEPT, Failed, database, installed, newest_first, said, settled


def schema(path: Path) -> int | None:
    """Return the number of the database's form, which grows; None when it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        return None


def rollback(*, sure: bool) -> int:
    """Put back the version before this one, and its database where the newer one has changed its form."""
    if os.geteuid() != 0:
        raise Failed("only root may do this: sudo inclined-rollback")
    now = installed()
    package, version = last_version(now)
    live = database()
    backup = database_for(version, live)
    aside = live.with_name(f"{live.name}.of-{now}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    print(f"inclined {now} is installed; {version} will be put back. The daemon stops meanwhile.")
    if backup:
        print(f"{version} cannot read today's database: {backup.name} is put back, today's is kept as {aside}.")
    else:
        print("The accounts stay as they are.")
    if not sure and not agreed():
        raise Failed("nothing was changed")
    subprocess.run(["dpkg", "--unpack", package], check=True)
    if backup:
        put_back(backup, live, aside)
    subprocess.run(["dpkg", "--configure", "inclined"], check=True)
    print(f"Done: inclined {installed()}. Once more leads back to {now}.")
    return 0


def last_version(now: str) -> tuple[Path, str]:
    """Return the newest kept package of another version than now, and its version."""
    for package in newest_first("inclined_*.deb"):
        version = said("dpkg-deb", "--field", str(package), "Version").strip()
        if version != now:
            return package, version
    raise Failed(f"{KEPT} holds no other version than {now}: one is kept at each upgrade; nothing was changed")


def database_for(version: str, live: Path) -> Path | None:
    """Return the copy that version left, if it cannot read the live database, whose form is newer."""
    copies = newest_first(f"inclined.db.{version}.*")
    if not copies or not live.exists():
        return None
    ours, theirs = schema(live), schema(copies[0])
    return copies[0] if ours is not None and theirs is not None and ours > theirs else None


def put_back(backup: Path, live: Path, aside: Path) -> None:
    """Move the live database aside, journal and all, and put the backup in its place for the daemon's user."""
    owner = live.stat()
    for ending in ("", "-wal", "-shm"):
        part = live.with_name(live.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    fresh = live.with_name(f".{live.name}.back")
    shutil.copyfile(backup, fresh)
    settled(fresh, live)
    os.chown(live, owner.st_uid, owner.st_gid)


def agreed() -> bool:
    """Ask on the terminal; no answer is no."""
    try:
        return input("Go on? [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        print()
        return False
