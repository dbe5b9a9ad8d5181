"""systemd is told on a real socket, by path and by abstract name; nobody there is no fault."""

import socket
from pathlib import Path

import pytest

from daemon.notify import notify

STATES = ["READY=1", "WATCHDOG=1", "STOPPING=1", "STATUS=Running.\nREADY=1"]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    return str(tmp_path / "notify")


@pytest.mark.parametrize("state", STATES)
def test_a_state_arrives_by_path(path: str, state: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(path)
        systemd.settimeout(5)
        assert notify(state)
        assert systemd.recv(4096).decode() == state


def test_a_state_arrives_by_abstract_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name = f"inclined-test-{tmp_path.name}-{id(tmp_path)}"
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0{name}")
        systemd.settimeout(5)
        assert notify("READY=1")
        assert systemd.recv(4096) == b"READY=1"


@pytest.mark.parametrize("value", ["", "vsock:2:1234", "relative"])
def test_without_systemd_nothing_is_told(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", value)
    assert not notify("READY=1")


def test_a_listener_that_went_is_no_fault(path: str) -> None:
    assert path
    assert not notify("WATCHDOG=1")


def test_a_listener_that_does_not_listen_holds_up_nothing(path: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(path)
        told = [notify("WATCHDOG=1") for _ in range(1000)]  # a queue holds about ten
    assert told[0]
    assert not told[-1]
