"""The kiosk's credential outlives a restart, and is not taken from a file that others could have written."""

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
