"""The Bluetooth check on real D-Bus daemons: no bus, a bus without BlueZ, and one whose BlueZ says nothing."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbus_fast.aio import MessageBus

from daemon.doctor.radio import Block, seen


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bus of this test's own, in the place of the system's."""
    address = f"unix:path={tmp_path}/bus"
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}", "--print-address=1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    yield address
    process.kill()
    process.communicate()


def test_no_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert "no D-Bus system bus" in (seen(tmp_path).silent or "")


@pytest.mark.usefixtures("bus")
def test_a_bus_without_bluez(tmp_path: Path) -> None:
    assert seen(tmp_path).silent == "it does not run"


async def test_a_bluez_that_says_nothing(tmp_path: Path, bus: str) -> None:
    silent = await MessageBus(bus).connect()
    await silent.request_name("org.bluez")
    silent.add_message_handler(lambda message: message.member == "GetManagedObjects")  # taken, and never answered
    try:
        found = await asyncio.to_thread(seen, tmp_path, 0.3)
    finally:
        silent.disconnect()
        await silent.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast left it untyped
    assert found.silent == "no answer within 0.3 s"


@pytest.mark.usefixtures("bus")
def test_switches_of_the_kernel(tmp_path: Path) -> None:
    for number, (kind, soft, hard) in enumerate([("wlan", 1, 1), ("bluetooth", 1, 0), ("bluetooth", 0, 1)]):
        folder = tmp_path / f"sys/class/rfkill/rfkill{number}"
        folder.mkdir(parents=True)
        for name, text in (("type", kind), ("name", f"hci{number}"), ("soft", soft), ("hard", hard)):
            (folder / name).write_text(f"{text}\n", encoding="ascii")
    assert seen(tmp_path).blocks == (Block("hci1", soft=True, hard=False), Block("hci2", soft=False, hard=True))
