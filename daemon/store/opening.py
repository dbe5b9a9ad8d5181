"""Opens the database: checked, brought up to date, and begun anew when the file is damaged."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from daemon.store.errors import StoreError
from daemon.store.schema import TooNew, migrate

log = logging.getLogger(__name__)

BUSY_S = 5.0
WAL_LIMIT = 4 * 1024 * 1024
PAGE = 1024
"""A commit changes a few bytes on each of some pages, and writes these whole: small ones spare the memory card."""
KEPT_TABLES = ("boot", "session", "slice", "tally", "note", "outbox", "journal", "answered")


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection in WAL whose commits are on the disk when they return; any one thread at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        db.execute(f"PRAGMA page_size = {PAGE}")  # of a file that is made now; another one keeps its own
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
    except (sqlite3.Error, UnicodeDecodeError):
        db.close()
        raise
    return db


def open_database(path: Path) -> sqlite3.Connection:
    """Return the database at path, sound and up to date. StoreError when the file cannot be opened or written.

    A damaged file is set aside as `NAME.damaged-N`; what can still be read of it goes into the new one.
    """
    try:
        return _sound(path)
    except TooNew as error:
        raise StoreError(f"{path}: {error}; install the newer version, or move the file away") from None
    except (sqlite3.DatabaseError, UnicodeDecodeError, OSError) as error:  # SQLite may quote damage that is no text
        if not damage(error):
            raise StoreError(f"{path}: {error}; see that the folder exists, may be written and has space") from error
        aside = set_aside(path)
        log.error("%s is damaged (%s): kept as %s, a new one is begun", path, error, aside.name)  # noqa: TRY400, the traceback tells nothing more
    db = _sound(path)
    log.warning("%s: %d rows carried over from %s", path, salvage(db, aside), aside.name)
    return db


def damage(error: Exception) -> bool:
    """Tell whether the file itself is wrong; else its place is: missing, closed, full, busy."""
    if isinstance(
        error, sqlite3.OperationalError
    ):  # of its kinds, SQLITE_ERROR alone speaks of what stands in the file
        return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) == sqlite3.SQLITE_ERROR
    return not isinstance(error, OSError)


def read[T](path: Path, query: Callable[[sqlite3.Connection], T]) -> T:
    """Return what query finds in the database at path, beside its writer. StoreError when it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", timeout=BUSY_S, uri=True)) as db:
            db.execute("PRAGMA query_only = ON")
            return query(db)
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be read: {error}") from error


def _sound(path: Path) -> sqlite3.Connection:
    db = connect(path)
    try:
        findings = [str(row[0]) for row in db.execute("PRAGMA quick_check(3)")]
        if findings != ["ok"]:
            raise sqlite3.DatabaseError("; ".join(findings))
        migrate(db)
    except (sqlite3.Error, UnicodeDecodeError, TooNew):
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
    except (sqlite3.Error, ValueError) as error:  # a damaged name of a column is no UTF-8
        log.warning("table %s: %d rows read, then %s", table, kept, error)
    new.execute("COMMIT")
    return kept
