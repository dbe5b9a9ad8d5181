"""What there is to choose from: serial ports by their names, and why no treadmill could be heard."""

import os
from pathlib import Path

import pytest

from daemon.firstrun.answers import wrong
from daemon.firstrun.nearby import nearby
from daemon.firstrun.questions import QUESTIONS


@pytest.fixture
def port(tmp_path: Path) -> Path:
    """A folder like /dev with one adapter in it."""
    by_id = tmp_path / "serial" / "by-id"
    by_id.mkdir(parents=True)
    (tmp_path / "ttyUSB0").touch()
    (by_id / "usb-FTDI_7-if00").symlink_to(tmp_path / "ttyUSB0")
    return by_id / "usb-FTDI_7-if00"


async def test_a_serial_port_is_there_once_for_each_protocol_also_without_bluetooth(
    port: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    found = await nearby(0.1, tmp_path)
    assert [each.spec for each in found.found] == [f"ftms-uart:{port}", f"csafe:{port}"]
    assert all(each.signal is None for each in found.found)
    assert found.fault is not None
    assert "no D-Bus system bus" in found.fault
    (driver,) = [question for question in QUESTIONS if question.key == "machine.driver"]
    assert [wrong(driver, each.spec) for each in found.found] == [None, None]
