"""Opens the database: checked, brought up to date, and begun anew when the file is damaged."""

import fcntl
import logging
import sqlite3
from pathlib import Path
from typing import IO

from daemon.store.errors import StoreError
from daemon.store.schema import TooNew, migrate

log = logging.getLogger(__name__)

BUSY_S = 5.0
WAL_LIMIT = 4 * 1024 * 1024
KEPT_TABLES = ("boot", "session", "slice", "tally", "note", "outbox")


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection in WAL whose commits are on the disk when they return; any one thread at a time."""
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
    except sqlite3.Error:
        db.close()
        raise
    return db


def lock(path: Path) -> IO[bytes]:
    """Take the database for this process; the lock goes with the returned file. StoreError when it cannot be had."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.with_name(f"{path.name}.lock").open("ab")
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; see that its folder may be written") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise StoreError(f"{path}: another inclined is using this database; stop it first") from None
    return file


def open_database(path: Path) -> sqlite3.Connection:
    """Return the database at path, sound and up to date. StoreError when the file cannot be opened or written.

    A damaged file is set aside as `NAME.damaged-N`; what can still be read of it goes into the new one.
    """
    try:
        return _sound(path)
    except TooNew as error:
        raise StoreError(f"{path}: {error}; install the newer version, or move the file away") from None
    except sqlite3.OperationalError as error:
        raise StoreError(f"{path}: {error}; see that the folder exists, may be written and has space") from error
    except sqlite3.DatabaseError as error:
        aside = set_aside(path)
        log.error("%s is damaged (%s): kept as %s, a new one is begun", path, error, aside.name)  # noqa: TRY400, the traceback tells nothing more
    db = _sound(path)
    log.warning("%s: %d rows carried over from %s", path, salvage(db, aside), aside.name)
    return db


def _sound(path: Path) -> sqlite3.Connection:
    db = connect(path)
    try:
        findings = [str(row[0]) for row in db.execute("PRAGMA quick_check(3)")]
        if findings != ["ok"]:
            raise sqlite3.DatabaseError("; ".join(findings))
        migrate(db)
    except (sqlite3.Error, TooNew):
        db.close()
        raise
    return db


def set_aside(path: Path) -> Path:
    """Rename the database and its journal files to the first free `NAME.damaged-N`, and return that name."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


def salvage(db: sqlite3.Connection, aside: Path) -> int:
    """Copy every row that can still be read from the damaged database; return how many. Never raises for damage."""
    kept = 0
    try:
        old = sqlite3.connect(aside, isolation_level=None)
    except sqlite3.Error:
        return 0
    for table in KEPT_TABLES:
        kept += _copy(old, db, table)
    old.close()
    return kept


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> int:
    """Copy rows of one table until one cannot be read; a row that does not fit is left out."""
    kept = 0
    new.execute("BEGIN")
    try:
        rows = old.execute(f"SELECT * FROM {table}")  # noqa: S608, a name of ours
        names = [column[0] for column in rows.description]
        into = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608, as above
        for row in rows:
            kept += new.execute(into, row).rowcount
    except sqlite3.DatabaseError as error:
        log.warning("table %s: %d rows read, then %s", table, kept, error)
    new.execute("COMMIT")
    return kept
