"""`inclined record` writes a recording that can be replayed; a file that is there is not overwritten."""

import asyncio
from pathlib import Path

import pytest

from daemon.main import main
from drivers.contract import DriverError, Machine, Reading, Said
from drivers.ftms.uart.link import DISCOVER_TRIES
from drivers.registry import make
from tests.drivers.pty import far_end


async def replayed(path: Path) -> list[Said]:
    heard: list[Said] = []
    driver = make(f"replay:{path}", now=lambda: 0, pace=0)
    with pytest.raises(DriverError):
        await driver.run(heard.append)
    return heard


def test_what_it_writes_can_be_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "walk.jsonl"
    assert main(["record", "simulated:", str(path), "--seconds", "1.2"]) == 0
    assert "readings" in capsys.readouterr().out

    heard = asyncio.run(replayed(path))
    assert isinstance(heard[0], Machine)
    assert len([said for said in heard if isinstance(said, Reading)]) >= 3


def test_a_file_that_is_there_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "walk.jsonl"
    path.write_text("mine")
    assert main(["record", "simulated:", str(path)]) == 1
    assert path.read_text() == "mine"
    assert "File exists" in capsys.readouterr().err


def test_the_bytes_of_a_serial_line_are_written_down_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with far_end() as end:
        status = main(["record", f"ftms-uart:{end.name}", str(tmp_path / "a"), "--bytes", str(tmp_path / "b")])
        asked = end.take()
    assert status == 1
    assert "is silent" in capsys.readouterr().err
    lines = (tmp_path / "b").read_text().splitlines()
    assert bytes.fromhex("".join(line.split(" > ")[1] for line in lines)) == asked
    assert asked.count(b"\0\x04\x01\x02") == len(lines) == DISCOVER_TRIES
    assert not (tmp_path / "a").exists()


def test_there_are_no_bytes_to_write_down_without_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "simulated:", str(tmp_path / "a"), "--bytes", str(tmp_path / "b")]) == 2
    assert "on none" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
