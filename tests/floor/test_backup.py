"""A backup restores into either database; what is no whole backup is refused, and nothing is mixed."""

import gzip
import sqlite3
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from daemon.floor.backup import BadBackup, backup, restore
from daemon.floor.opening import reading, writing
from daemon.floor.steps import STEPS
from daemon.floor.store import FloorStore
from daemon.store import StoreError
from tests.floor.lives import ZONE, Life, figures, hear, settle, sheets


def lived(store: FloorStore) -> Life:
    """Let a machine tell the store something of every kind."""
    life = Life()
    for turn in range(20):
        life.at += 3_600_000
        life.session(500 + turn, turn)
        life.tell("audit", what='a "word", ü\n', by=None, on=True)
    hear(store, life, life.rows[:50])
    hear(store, life, life.rows[52:])  # behind a gap
    liar = Life()
    liar.tell("link", state="up")
    hear(store, liar, liar.rows)
    return life


def test_a_backup_restores_all(stores: Callable[..., FloorStore], store: FloorStore, tmp_path: Path) -> None:
    life, file = lived(store), tmp_path / "floor.gz"
    rows = backup(store.engine, file)
    assert file.stat().st_mode & 0o777 == 0o600
    other = stores()
    assert restore(other.engine, file, ZONE) == rows > 60
    assert sheets(other) == sheets(store)
    assert (other.marks(), other.quarantined(), other.machines()) == (
        store.marks(),
        store.quarantined(),
        store.machines(),
    )
    settle(other, life)
    assert figures(other) == life.sums()


def test_sqlite_restores_into_postgresql_and_back(server: str, tmp_path: Path) -> None:
    from tests.floor.postgres import new_database

    one = FloorStore.open(str(tmp_path / "one.db"), "north", ZONE)
    two = FloorStore.open(new_database(server, "moved"), "north", ZONE)
    three = FloorStore.open(str(tmp_path / "three.db"), "north", ZONE)
    lived(one)
    for before, after in ((one, two), (two, three)):
        backup(before.engine, tmp_path / "floor.gz")
        restore(after.engine, tmp_path / "floor.gz", ZONE)
    assert sheets(three) == sheets(two) == sheets(one)
    for store in (one, two, three):
        store.close()


def test_an_old_backup_loses_only_what_machines_forgot(
    stores: Callable[..., FloorStore], store: FloorStore, tmp_path: Path
) -> None:
    """What was told after the backup and is still with the machine comes again; nothing counts twice."""
    life = Life()
    life.session(600, 60)
    life.heard(hear(store, life, life.rows))
    backup(store.engine, tmp_path / "floor.gz")
    life.session(700, 70)
    hear(store, life, life.rows)  # the machine does not hear that it is stored
    other = stores()
    restore(other.engine, tmp_path / "floor.gz", ZONE)
    settle(other, life)
    assert figures(other) == life.sums() == figures(store)


@pytest.mark.parametrize("harm", ["cut", "no gzip", "other", "row gone", "version", "empty"])
def test_what_is_no_whole_backup_is_refused(
    stores: Callable[..., FloorStore], store: FloorStore, tmp_path: Path, harm: str
) -> None:
    lived(store)
    file = tmp_path / "floor.gz"
    backup(store.engine, file)
    whole = file.read_bytes()
    lines = gzip.decompress(whole).splitlines(keepends=True)
    day = next(n for n, line in enumerate(lines) if b'"table":"day"' in line)
    file.write_bytes(
        {
            "cut": whole[: len(whole) // 2],
            "no gzip": b"hello",
            "other": gzip.compress(b'{"form": "another"}\n'),
            "row gone": gzip.compress(b"".join(lines[: day + 1] + lines[day + 2 :])),
            "version": gzip.compress(b"".join([b'{"form":"inclined floor backup","version":99}\n', *lines[1:]])),
            "empty": b"",
        }[harm]
    )
    other = stores()
    with pytest.raises(BadBackup) as told:
        restore(other.engine, file, ZONE)
    assert "\n" not in str(told.value)
    assert (sheets(other), other.marks()) == ([[], []], {})


def test_nothing_is_mixed(store: FloorStore, tmp_path: Path) -> None:
    lived(store)
    backup(store.engine, tmp_path / "floor.gz")
    with pytest.raises(BadBackup, match="not empty"):
        restore(store.engine, tmp_path / "floor.gz", ZONE)


def test_sums_that_are_not_those_of_the_events_are_seen(store: FloorStore) -> None:
    lived(store)
    with writing(store.engine) as db:
        db.execute(text("UPDATE heat SET flat = flat + 1 WHERE hour = 5"))
    assert store.differences()
    assert all(line.startswith("heat") for line in store.differences())


def test_another_time_zone_makes_the_sums_anew(stores: Callable[..., FloorStore], address: Callable[[], str]) -> None:
    place = address()
    here = stores(place)
    lived(here)
    before = figures(here)
    there = stores(place, zone=ZoneInfo("Pacific/Auckland"))
    assert there.differences() == []
    assert figures(there) == before
    assert stores(place).differences() == []


def test_a_newer_database_is_left_alone(store: FloorStore, stores: Callable[..., FloorStore]) -> None:
    with writing(store.engine) as db:
        db.execute(text("UPDATE version SET n = 99"))
    with pytest.raises(StoreError, match="install the newer version"):
        stores(str(store.engine.url.database) if "sqlite" in str(store.engine.url) else str(store.engine.url))


def test_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """The file in tests/floor/old was written by version 1 and is never changed."""
    file = tmp_path / "floor.db"
    with sqlite3.connect(file) as db:
        db.executescript((Path(__file__).parent / "old/version-1.sql").read_text(encoding="utf-8"))
    db.close()
    store = FloorStore.open(str(file), "north", ZONE)
    assert store.marks() == {"t07": 61}
    assert store.differences() == []
    assert figures(store)["sessions"] == 20
    with reading(store.engine) as found:
        assert found.execute(text("SELECT n FROM version")).scalar() == len(STEPS)
    store.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(store: FloorStore) -> None:
    from daemon.floor.steps import migrate

    broken = (*STEPS, ("CREATE TABLE half (n BIGINT)", "CREATE TABLE machine (n BIGINT)"))
    with pytest.raises(Exception, match="machine"), writing(store.engine) as db:
        migrate(db, broken)
    with reading(store.engine) as db:
        assert db.execute(text("SELECT n FROM version")).scalar() == len(STEPS)
    with pytest.raises(Exception, match="half"), reading(store.engine) as db:
        db.execute(text("SELECT * FROM half"))
