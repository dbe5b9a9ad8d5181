"""The broker's password as systemd hands it over, to a real broker that asks for one."""

import subprocess
from pathlib import Path

import pytest

from daemon.house import broker_of
from daemon.mqtt.broker import connected
from daemon.mqtt.topics import Tree
from daemon.settings import parse
from tests.mqtt.mosquitto import mosquitto

MACHINE = {
    "site": "gym", "machine": "t07", "name": "T", "zone": "Z", "driver": "simulated:", "mode": "nudge", "units": "mph"
}  # fmt: skip


@pytest.fixture
def handed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that stands in $CREDENTIALS_DIRECTORY."""
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    return tmp_path


def password_file(**mqtt: str) -> Path | None:
    return broker_of(parse({"machine": MACHINE, "mqtt": {"host": "127.0.0.1", **mqtt}}, "file")).password_file


@pytest.fixture
def passwords(handed: Path) -> Path:
    """What the broker knows of us."""
    path = handed / "passwords"
    subprocess.run(["/usr/bin/mosquitto_passwd", "-b", "-c", path, "t07", "right"], check=True)
    return path


async def test_a_password_handed_over_opens_the_broker(handed: Path, passwords: Path) -> None:
    (handed / "inclined.mqtt").write_text("right\n", encoding="utf-8")
    with mosquitto(handed, f"allow_anonymous false\npassword_file {passwords}\n") as running:
        mqtt = {"host": "127.0.0.1", "port": running.port, "username": "t07"}
        async with connected(
            broker_of(parse({"machine": MACHINE, "mqtt": mqtt}, "file")), Tree("gym", "t07"), 10.0
        ) as client:
            await client.publish("hello")


def test_the_file_that_the_configuration_names_comes_first(handed: Path) -> None:
    (handed / "inclined.mqtt").write_text("right\n", encoding="utf-8")
    assert password_file(username="t07", password_file="/named") == Path("/named")
    assert password_file(username="t07") == handed / "inclined.mqtt"


def test_without_a_name_or_a_secret_there_is_no_password(handed: Path) -> None:
    assert password_file(username="t07") is None
    (handed / "inclined.mqtt").write_text("right\n", encoding="utf-8")
    assert password_file() is None
