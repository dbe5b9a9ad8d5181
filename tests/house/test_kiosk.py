"""The kiosk's credential outlives a restart, and is not taken from a file that others could have written."""

import grp
import os
from pathlib import Path

import pytest

from daemon.kiosk import kiosk_key


def test_it_stays_the_same_over_a_restart_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "run" / "console.key"
    key = kiosk_key(path).text
    assert len(key) >= 24
    assert path.stat().st_mode & 0o777 == 0o640
    assert kiosk_key(path).text == key


@pytest.mark.parametrize("mode", [0o666, 0o644, 0o660])
def test_a_file_that_others_could_read_or_write_is_replaced(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "console.key"
    path.write_text("a" * 40)
    path.chmod(mode)
    assert kiosk_key(path).text != "a" * 40
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "other"
    target.write_text("b" * 40)
    target.chmod(0o640)
    (tmp_path / "console.key").symlink_to(target)
    assert kiosk_key(tmp_path / "console.key").text != "b" * 40
    assert target.read_text() == "b" * 40


def test_an_empty_file_is_no_key(tmp_path: Path) -> None:
    path = tmp_path / "console.key"
    path.touch(0o640)
    assert len(kiosk_key(path).text) >= 24


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    key = kiosk_key(tmp_path / "file" / "console.key")
    assert len(key.text) >= 24
    assert key.fault is not None
    assert "No screen can sign in" in key.fault
    assert "No screen can sign in" in caplog.text


def test_it_is_the_kiosks_group_where_there_is_one(tmp_path: Path) -> None:
    group = next(
        each for each in grp.getgrall() if each.gr_gid in {*os.getgroups(), *([4] if os.geteuid() == 0 else [])}
    )
    key = kiosk_key(tmp_path / "console.key", group.gr_name)
    seen = (tmp_path / "console.key").stat()
    assert (key.fault, seen.st_gid, seen.st_mode & 0o7777) == (None, group.gr_gid, 0o640)


def test_a_group_that_came_later_gets_the_same_key(tmp_path: Path) -> None:
    before = kiosk_key(tmp_path / "console.key", "no-such-group")
    after = kiosk_key(
        tmp_path / "console.key", grp.getgrgid(os.getgroups()[0] if os.getgroups() else os.getgid()).gr_name
    )
    assert before == after


def test_a_folder_with_a_group_of_its_own_hands_it_on(tmp_path: Path) -> None:
    """So it is where the service has no right to change groups."""
    folder = tmp_path / "run"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, -1, 4321)
    folder.chmod(0o2755)
    key = kiosk_key(folder / "console.key", "daemon")
    seen = (folder / "console.key").stat()
    assert (key.fault, seen.st_gid, seen.st_mode & 0o7777) == (None, folder.stat().st_gid, 0o640)
