"""`inclined record` writes a recording that can be replayed; a file that is there is not overwritten."""

import asyncio
from pathlib import Path

import pytest

from daemon.main import main
from drivers.contract import DriverError, Machine, Reading, Said
from drivers.registry import make


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
