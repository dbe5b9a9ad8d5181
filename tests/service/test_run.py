"""`inclined run` as systemd starts, watches and stops it, with a simulated treadmill and no broker in reach."""

import socket
from pathlib import Path

import pytest

from tests.service.ear import Ear, daemon, listening, told_to_stop

CONFIG = """\
[machine]
site = "gym"
machine = "t07"
name = "Treadmill 7"
zone = "Hall"
driver = "simulated:"
mode = "nudge"
units = "km/h"
clock = "trust"
[mqtt]
host = "127.0.0.1"
port = {broker}
{mqtt}
[api]
port = {web}
[store]
path = "{folder}/inclined.db"
[console]
port = {screen}
key_file = "{folder}/console.key"
"""


def free_ports() -> tuple[int, int, int]:
    """Return three ports that nobody has."""
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        for sock in (one, two, three):
            sock.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1], three.getsockname()[1]


def configuration(folder: Path, broker: int, web: int, screen: int, mqtt: str = "") -> Path:
    """Write a configuration and return its place."""
    path = folder / "inclined.toml"
    path.write_text(CONFIG.format(folder=folder, broker=broker, web=web, screen=screen, mqtt=mqtt), encoding="utf-8")
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return configuration(tmp_path, *free_ports())


async def test_ready_then_watched_then_stopped(config: Path, tmp_path: Path) -> None:
    with listening(str(tmp_path / "notify")) as ear:
        async with daemon(config, ear) as process:
            before = await ear.until("READY=1")
            assert "STOPPING=1" not in before
            await ear.until("WATCHDOG=1")
            status, log = await told_to_stop(process)
        await ear.until("STOPPING=1")
        assert ear.silent()
    assert status == 0, log
    assert "Told to stop" in log
    assert "Traceback" not in log
    assert log.count("nothing listens there") == 1


@pytest.fixture
def mistaken(config: Path) -> Path:
    config.write_text(config.read_text(encoding="utf-8").replace("nudge", "fast"), encoding="utf-8")
    return config


async def test_a_wrong_configuration_is_never_ready(mistaken: Path, tmp_path: Path) -> None:
    with listening(str(tmp_path / "notify")) as ear:
        assert await ended(mistaken, ear) == 2
        assert ear.silent()


@pytest.mark.parametrize("content", [None, ""])
async def test_a_password_that_cannot_be_read_is_told_and_the_rest_goes_on(tmp_path: Path, content: str | None) -> None:
    secret = tmp_path / "password"
    if content is not None:
        secret.write_text(content, encoding="utf-8")
    config = configuration(tmp_path, *free_ports(), f'username = "t07"\npassword_file = "{secret}"')
    with listening(str(tmp_path / "notify")) as ear:
        async with daemon(config, ear) as process:
            await ear.until("READY=1")
            await ear.until("WATCHDOG=1")
            status, log = await told_to_stop(process)
    assert status == 0, log
    assert "Traceback" not in log
    assert log.count("password_file") == 1, log


async def ended(config: Path, ear: Ear) -> int:
    """Return the exit status of a daemon that ends by itself."""
    async with daemon(config, ear) as process:
        await process.communicate()
        assert process.returncode is not None
        return process.returncode
