"""sd_notify over real sockets, by path and by abstract name."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from daemon.notify import notify
from tests.service.ear import Ear, listening


@pytest.fixture(params=["path", "abstract"])
def ear(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    address = str(tmp_path / "notify") if request.param == "path" else f"@inclined-{uuid4().hex}"
    with listening(address) as heard:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        yield heard


@pytest.mark.parametrize("state", ["READY=1", "WATCHDOG=1", "STATUS=belt ü\nSTOPPING=1"])
async def test_a_state_arrives_whole_and_alone(ear: Ear, state: str) -> None:
    assert notify(state)
    assert await ear.word() == state
    assert ear.silent()


@pytest.mark.parametrize("address", ["", "relative/path", "vsock:2:1234"])
def test_without_a_socket_of_systemd_nothing_is_sent(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert not notify("READY=1")


def test_outside_of_systemd_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")


def test_a_listener_that_is_gone_is_no_fault_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(str(tmp_path / "notify")) as ear:
        monkeypatch.setenv("NOTIFY_SOCKET", ear.address)
    assert not notify("WATCHDOG=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "never"))
    assert not notify("WATCHDOG=1")


def test_a_listener_that_does_not_read_holds_up_nothing(ear: Ear) -> None:
    sent = 0
    while notify("WATCHDOG=1"):  # ends when the queue is full; a call that waits would never end
        sent += 1
        assert sent < 100_000
    assert not ear.silent()
