"""The file on the disk: whole or not at all, for the daemon's group only, and told where it is torn."""

import os
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.commands.check import no_driver
from daemon.firstrun.answers import filled, table_of
from daemon.firstrun.document import document
from daemon.firstrun.look import LARGEST, Seen, look, whole
from daemon.firstrun.saving import save
from daemon.settings import Settings, SettingsError, loads
from daemon.settings.origin import made_by, newer
from daemon.settings.write import write
from tests.firstrun.world import AT, GOOD, HERE, with_answers

FILE = Path("/etc/inclined/inclined.toml")
EVERYTHING = with_answers(machine__name="Läufer 7", mqtt="yes", mqtt__host="b", mqtt__username="u", mqtt__password="p")
TEXT = document(table_of(filled(EVERYTHING, HERE), FILE.parent), made_by()).encode()
PLACE = re.compile(r"line \d+, column \d+")


def mistakes_in(data: bytes) -> list[str] | None:
    """Return what is wrong with data, or None when nothing is."""
    try:
        loads(data, FILE)
    except SettingsError as error:
        return error.mistakes
    return None


def test_a_file_torn_anywhere_is_told_with_its_place() -> None:
    good = [cut for cut in range(len(TEXT)) if mistakes_in(TEXT[:cut]) is None]
    for cut in set(range(len(TEXT))) - set(good):
        found = mistakes_in(TEXT[:cut]) or []
        assert found, cut
        for each in found:
            assert each.startswith(f"{FILE}: "), each
            assert PLACE.search(each) or f"{FILE}: [" in each, each
    for cut in good:  # what is cut off are the last lines of [machine], or those of [mqtt] that may be left out
        assert b"units = " in TEXT[:cut]
    assert len(good) < len(TEXT) / 2


@given(st.binary(max_size=200))
def test_no_bytes_are_more_than_a_mistake(data: bytes) -> None:
    with pytest.raises(SettingsError) as told:
        loads(data, FILE)
    assert told.value.mistakes


def test_the_place_is_where_it_is_torn() -> None:
    for data, where in [
        (b'[machine]\nname = "x', "line 2, column 10"),
        (b'[machine]\nname = "\xc3', "line 2, column 9"),
        ('[machine]\nname = "ä" x'.encode(), "line 2, column 12"),
        (b"name = " + b"[" * 100_000, "is not TOML: it is nested without end"),
    ]:
        with pytest.raises(SettingsError) as told:
            loads(data, FILE)
        assert where in told.value.mistakes[0]


def test_a_file_of_a_newer_version_says_so_before_what_is_not_known() -> None:
    with pytest.raises(SettingsError) as told:
        loads(TEXT.replace(made_by().encode(), b"inclined 99.1").replace(b"units", b"unites"), FILE)
    first, *rest = told.value.mistakes
    assert "made_by: a newer inclined made this file (99.1; this is inclined " in first
    assert any("[machine] unites: is unknown" in each for each in rest)
    assert loads(TEXT.replace(made_by().encode(), b"inclined 99.1"), FILE).machine.units == "km/h"


@pytest.mark.parametrize(
    ("theirs", "ours", "version"),
    [
        ("inclined 0.2", "inclined 0.1.9", "0.2"),
        ("inclined 0.10.0", "inclined 0.9", "0.10.0"),
        ("inclined 1.0", "inclined 1", None),
        ("inclined 0.1", "inclined 0.2", None),
        ("inclined 2.0rc1", "inclined 1.9", "2.0"),
        ("another 3", "inclined 1", None),
        (3, "inclined 1", None),
    ],
)
def test_versions(theirs: object, ours: str, version: str | None) -> None:
    assert newer(theirs, ours) == version


@pytest.mark.parametrize("value", ["3", '"me"', '"inclined"', "[]"])
def test_a_made_by_of_another_form_is_a_mistake(value: str) -> None:
    text = re.sub(r"made_by = .*", lambda _: f"made_by = {value}", TEXT.decode())
    with pytest.raises(SettingsError, match="made_by: is not of its form"):
        loads(text.encode(), FILE)


@pytest.mark.parametrize("mask", [0, 0o077])
def test_what_is_saved_is_for_the_group_and_nobody_else(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        save(tmp_path / "inclined.toml", EVERYTHING, HERE, AT)
    finally:
        os.umask(before)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["inclined.toml", "mqtt-password"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o640}
    assert (tmp_path / "mqtt-password").read_text(encoding="utf-8") == "p\n"


def test_the_old_file_is_kept_under_its_date(tmp_path: Path) -> None:
    path = tmp_path / "inclined.toml"
    path.write_text("the old one", encoding="utf-8")
    kept = save(path, GOOD, HERE, AT)
    assert kept == tmp_path / "inclined.toml.2026-06-01-120000"
    assert kept.read_text(encoding="utf-8") == "the old one"
    assert look(path, no_driver).settings is not None


def test_a_write_that_fails_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "inclined.toml"
    path.write_text("the old one", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(path, "new")
    assert [each.name for each in tmp_path.iterdir()] == ["inclined.toml"]
    assert path.read_text(encoding="utf-8") == "the old one"


def test_looks(tmp_path: Path) -> None:
    path = tmp_path / "inclined.toml"
    assert look(path, no_driver).missing
    path.mkdir()
    assert look(path, no_driver).mistakes == (f"{path}: cannot be read: Is a directory",)
    path.rmdir()
    path.write_bytes(b"#" * (LARGEST + 1))
    assert "more than" in look(path, no_driver).mistakes[0]
    path.write_text(TEXT.decode().replace("ftms:C0:FF:EE:00:00:07", "abacus:7"), encoding="utf-8")
    assert "[machine] driver: no driver is called 'abacus:7'" in look(path, no_driver).mistakes[0]
    path.write_bytes(TEXT)
    assert look(path, no_driver).settings is not None


def test_a_file_is_taken_when_it_stayed_the_same() -> None:
    good: Settings = loads(TEXT, FILE)
    one, other = Seen(TEXT, good), Seen(TEXT + b"\n", good)
    assert whole(None, one) is None
    assert whole(other, one) is None
    assert whole(Seen(), one) is None
    assert whole(one, one) is good
    assert whole(Seen(b"x"), Seen(b"x", None, ("wrong",))) is None
