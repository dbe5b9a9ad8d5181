"""A backup of the floor in one file, the same for both databases: one JSON text a line, packed by gzip.

The first line says what it is, the last how many rows there were, so that a file that was cut is not taken for a whole
one. It is a moment of the database: the floor may go on meanwhile.
"""

import gzip
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TextIO
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, select

from daemon.floor import tables as t
from daemon.floor.figures import differences
from daemon.floor.opening import changing, reading
from daemon.floor.steps import STEPS

FORM: Final = "inclined floor backup"
AT_ONCE: Final = 1000


class BadBackup(Exception):
    """The file cannot be restored; the message says why."""


def backup(engine: Engine, path: Path) -> int:
    """Write all of the database to path, which is new or replaced whole; return how many rows."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.touch(0o600)
        with beside.open("wb") as raw:
            with gzip.open(raw, "wt", encoding="utf-8", newline="\n") as file, reading(engine) as db:
                rows = _write(db, file)
            raw.flush()
            os.fsync(raw.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    return rows


def _write(db: Connection, file: TextIO) -> int:
    count = 0
    file.write(_line({"form": FORM, "version": len(STEPS)}))
    for table in t.KEYS:
        wanted = select(*table.columns).order_by(*(table.c[name] for name in t.KEYS[table]))
        file.write(_line({"table": table.name, "columns": [column.name for column in table.columns]}))
        for row in db.execute(wanted.execution_options(yield_per=AT_ONCE)):
            file.write(_line(list(row)))
            count += 1
    file.write(_line({"rows": count}))
    return count


def _line(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n"


def restore(engine: Engine, path: Path, zone: ZoneInfo) -> int:
    """Put the backup at path into the empty database; return how many rows. All of it or nothing.

    BadBackup when the file is none, was cut, or the database holds anything; StoreError when it cannot be written.
    """
    with changing(engine) as db:
        if db.execute(select(func.count()).select_from(t.machine)).scalar():
            raise BadBackup("the database is not empty; name a new one in [store] database, so that nothing is mixed")
        db.execute(t.note.delete())
        count = 0
        for table, rows in _read(path):
            db.execute(table.insert(), rows)
            count += len(rows)
        if wrong := differences(db, zone):
            raise BadBackup(f"{path}: its sums are not those of its events ({wrong[0]}); take another backup")
    return count


def _read(path: Path) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Yield (table, rows) in portions. BadBackup when something is wrong with the file."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            lines = (json.loads(line) for line in file)
            yield from _tables(path, next(lines, None), lines)
    except (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadBackup(f"{path}: is no whole backup ({error}); take another") from None


def _tables(path: Path, head: Any, lines: Iterator[Any]) -> Iterator[tuple[Any, list[dict[str, Any]]]]:  # noqa: ANN401, JSON
    if not isinstance(head, dict) or head.get("form") != FORM:
        raise BadBackup(f"{path}: is no backup of a floor")
    if head.get("version") != len(STEPS):
        raise BadBackup(f"{path}: is of version {head.get('version')}, this program restores {len(STEPS)} only")
    table, columns, count, said = None, [], 0, None
    waiting: list[dict[str, Any]] = []
    for line in lines:
        if isinstance(line, dict) or len(waiting) >= AT_ONCE:
            if waiting:
                yield table, waiting
            waiting = []
        if isinstance(line, dict):
            said = line.get("rows")
            table, columns = t.metadata.tables.get(str(line.get("table"))), line.get("columns", [])
        else:
            waiting.append(dict(zip(columns, line, strict=True)))
            count += 1
    if said != count:
        raise BadBackup(f"{path}: ends too early, after {count} rows; take another")
