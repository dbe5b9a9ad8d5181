"""Files that are damaged, foreign, too new or out of reach."""

import logging
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from daemon.store import Store, StoreError, recorded
from daemon.store.schema import STEPS
from tests.store.conftest import Opened
from tests.store.world import HandClock, flat, new


def put(path: Path, content: bytes | bytearray) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def got(path: Path) -> bytearray:
    return bytearray(path.read_bytes())


def fill(opened: Opened, clock: HandClock, sessions: int = 400) -> None:
    store = opened()
    for number in range(sessions):
        store.happened(new(clock.now(), f"a-{number}"))
        store.spend(flat(clock.now(), clock.go(70_000), f"a-{number}"))
    assert store.flush()
    store.close()


async def test_garbage_is_set_aside_and_a_new_database_begun(
    opened: Opened, path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    put(path, random.Random(1).randbytes(40_000))
    store = opened()
    store.happened(new(clock.now()))
    assert store.flush()
    assert len(await store.sessions(9)) == 1
    assert path.with_name("inclined.db.damaged-1").stat().st_size == 40_000
    assert "inclined.db is damaged (file is not a database): kept as inclined.db.damaged-1" in caplog.text


async def test_what_can_be_read_of_a_damaged_database_is_kept(opened: Opened, path: Path, clock: HandClock) -> None:
    fill(opened, clock)
    content = got(path)
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = bytes(8192)
    put(path, content)
    store = opened()
    assert path.with_name("inclined.db.damaged-1").exists()
    kept = len(await store.sessions(1000))
    assert kept > 20  # how many, depends on whose pages lay in the middle
    assert (await store.counters()).sessions == 400
    store.happened(new(clock.now(), "b-1"))
    assert store.flush()
    assert len(await store.sessions(1000)) == kept + 1


@pytest.mark.parametrize("seed", range(24))
async def test_any_damage_leaves_a_store_that_works(opened: Opened, path: Path, clock: HandClock, seed: int) -> None:
    fill(opened, clock, 60)
    chance = random.Random(seed)
    content = got(path)
    for _ in range(chance.randrange(1, 400)):
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
    put(path, content[: chance.randrange(1, len(content))] if seed % 2 else content)
    store = opened()
    store.happened(new(clock.now(), "b-1"))
    assert store.flush()
    assert "b-1" in {row.id for row in await store.sessions(1000)}


async def test_damage_that_a_check_finds_is_damage(
    opened: Opened, path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Every page can be read, yet a value is not what its table allows."""
    fill(opened, clock, 3)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_schema SET sql = replace(sql, 'reason TEXT', 'reason TEXT NOT NULL')")
    store = opened()
    assert "is damaged (NULL value in session.reason; " in caplog.text
    assert [row.id for row in await store.sessions(9)] == ["a-2", "a-1", "a-0"]


def test_a_second_damaged_file_gets_a_name_of_its_own(opened: Opened, path: Path) -> None:
    for number in (1, 2):
        put(path, b"no database" * 1000)
        opened().close()
        assert path.with_name(f"inclined.db.damaged-{number}").exists()


def test_a_database_of_a_newer_version_is_left_alone(opened: Opened, path: Path, clock: HandClock) -> None:
    opened().close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match=rf"has version 99, this program knows {len(STEPS)}; install"):
        Store.open(path, clock, "t07")


def test_another_machines_database_is_refused(opened: Opened, path: Path, clock: HandClock) -> None:
    opened().close()
    with pytest.raises(StoreError, match=r"belongs to machine 't07', not 't08'"):
        Store.open(path, clock, "t08")


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, clock: HandClock) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"see that the folder exists, may be written and has space$"):
        Store.open(tmp_path / "file" / "inclined.db", clock, "t07")


def test_a_folder_in_place_of_the_file_is_one_sentence(tmp_path: Path, clock: HandClock) -> None:
    with pytest.raises(StoreError, match=r"unable to open database file; see that"):
        Store.open(tmp_path, clock, "t07")


def test_reading_beside_the_writer_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"absent\.db cannot be read: unable to open"):
        recorded(tmp_path / "absent.db", "settings")


async def test_a_database_damaged_while_in_use_is_told_and_loses_nothing_new(
    opened: Opened, path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Another program renames a table: every commit fails until it is put right."""
    caplog.set_level(logging.WARNING)
    store = opened()
    assert store.flush()
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE session RENAME TO stolen")
        store.happened(new(clock.now()))
        store.spend(flat(clock.now(), clock.go(5_000)))
        assert not store.flush()
        assert store.fault is not None
        assert store.fault.endswith("no such table: session; entries wait in memory, free some space")
        db.execute("ALTER TABLE stolen RENAME TO session")
    assert store.flush(10)
    assert store.fault is None
    assert [(row.id, row.belt_s) for row in await store.sessions(9)] == [("a-1", 5)]
    assert caplog.text.count("entries wait in memory") == 1
    assert caplog.text.count("can be written again") == 1


def test_a_database_of_the_first_version_is_brought_up_to_date(opened: Opened, path: Path) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"{STEPS[0]}; INSERT INTO tally VALUES ('belt', 7); PRAGMA user_version = 1;")
    tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    assert {"journal", "answered"} <= {name for (name,) in opened().read(lambda db: db.execute(tables).fetchall())}
    assert opened().read(lambda db: db.execute("SELECT n FROM tally").fetchone()) == (7,)
