"""Names of serial ports: which may be configured, which are listed, and that listing touches none of them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from daemon.claim import Claimed, claim
from daemon.commands.scan import listen, show_ports
from daemon.main import main
from drivers.contract import LinkLost, Unsupported
from drivers.transports.ports import check_name, device_of, identity_of, list_ports, stable_names
from tests.drivers.pty import End, far_end
from tests.drivers.radio import install

FTDI = "usb-FTDI_FT232R_USB_UART_A10K-if00-port0"


@pytest.fixture
def end() -> Iterator[End]:
    with far_end() as end:
        yield end


@pytest.fixture
def dev(tmp_path: Path, end: End) -> Path:
    """A /dev with one adapter, known by id and by path, one known by path only, and a port of the board."""
    for folder in ("by-id", "by-path"):
        (tmp_path / "serial" / folder).mkdir(parents=True)
    (tmp_path / "serial/by-id" / FTDI).symlink_to(end.name)
    (tmp_path / "serial/by-path/pci-0000-usb-0:1.2:1.0-port0").symlink_to(end.name)
    (tmp_path / "ttyAMA0").symlink_to("/dev/null")
    (tmp_path / "serial0").symlink_to(tmp_path / "ttyAMA0")
    (tmp_path / "serial/by-id/usb-gone").symlink_to(tmp_path / "ttyUSB9")
    return tmp_path


def test_each_port_is_listed_once_by_its_best_name(dev: Path, end: End) -> None:
    assert [(port.name, port.device) for port in list_ports(dev)] == [
        (str(dev / "serial/by-id" / FTDI), end.name),
        (str(dev / "serial0"), "/dev/null"),
    ]


def test_the_list_tells_who_may_open_a_port(dev: Path, end: End) -> None:
    os.chmod(end.name, 0o620)  # noqa: PTH101, a device
    assert next(iter(list_ports(dev))).group.startswith("group ")
    os.chmod(end.name, 0o600)  # noqa: PTH101, a device
    assert next(iter(list_ports(dev))).group == "root only"


def test_listing_sends_no_byte_and_changes_no_setting(
    dev: Path, end: End, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = os.open

    def watched(path: str, *rest: int, **more: int) -> int:
        opened.append(str(path))
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", watched)
    before = end.settings()
    assert show_ports(dev)
    assert end.take() == b""
    assert end.settings() == before
    assert not [path for path in opened if path.startswith("/dev/")]
    out = capsys.readouterr().out
    assert FTDI in out
    assert "staff must know its protocol and speed" in out


def test_no_port_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not show_ports(tmp_path)
    assert capsys.readouterr().out == "There is no serial port.\n"


def test_without_bluetooth_the_ports_are_listed_and_without_ports_bluetooth(
    dev: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    radio = install(monkeypatch)
    monkeypatch.setattr("daemon.commands.scan.DEV", tmp_path / "none")
    assert main(["scan", "--seconds", "0.05"]) == 0
    assert "There is no serial port" in capsys.readouterr().out
    radio.scan_error = BleakBluetoothNotAvailableError("none", BleakBluetoothNotAvailableReason.NO_BLUETOOTH)
    assert main(["scan", "--seconds", "0.05"]) == 1
    monkeypatch.setattr("daemon.commands.scan.DEV", dev)
    capsys.readouterr()
    assert main(["scan", "--seconds", "0.05"]) == 0
    out, err = capsys.readouterr()
    assert FTDI in out
    assert "no Bluetooth adapter" in err
    assert err.count("\n") == 1
    assert main(["scan", "--seconds", "0.05", "--adapter", "hci1"]) == 1
    assert not listen(0.05, None)


@pytest.mark.parametrize(
    "name",
    [
        f"/dev/serial/by-id/{FTDI}",
        "/dev/serial/by-path/platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.2:1.0-port0",
        "/dev/serial0",
        "/dev/ttyAMA0",
        "/dev/ttyS1",
        "/dev/pts/12",
        "/tmp/treadmill",
    ],
)
def test_names_that_stay(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "name",
    ["/dev/ttyUSB0", "/dev/ttyACM1", "/dev/null", "/tmp/../dev/ttyUSB0", "/dev/serial/by-id/../../ttyUSB0", "ttyUSB0"],
)
def test_names_that_move_are_refused(name: str) -> None:
    with pytest.raises(Unsupported, match="inclined scan"):
        check_name(name)


def test_a_name_that_moves_is_refused_with_the_one_to_use(dev: Path) -> None:
    device = dev / "ttyUSB0"
    device.symlink_to(os.path.realpath(dev / "serial/by-id" / FTDI))
    best, by_path = stable_names(str(device), dev)
    assert "by-path" in by_path
    moving = "/dev/ttyUSB0"
    (dev / "serial/by-id" / FTDI).unlink()
    (dev / "serial/by-id" / FTDI).symlink_to(moving)
    with pytest.raises(Unsupported, match=f"use {best} instead"):
        check_name(moving, dev)


def test_a_port_that_is_gone_is_one_sentence() -> None:
    with pytest.raises(LinkLost, match="is the adapter plugged in"):
        device_of("/dev/serial/by-id/usb-none")


def test_a_pty_has_no_adapter_behind_it(end: End) -> None:
    assert identity_of(end.name) is None


def test_two_names_of_one_port_are_one_claim(dev: Path, end: End) -> None:
    held = claim(f"ftms-uart:{dev / 'serial/by-id' / FTDI}?speed=9600")
    try:
        with pytest.raises(Claimed, match="Stop it first"):
            claim(f"ftms-uart:{end.name}")
        with pytest.raises(Claimed):
            claim(f"csafe:{dev}/serial/by-path/pci-0000-usb-0:1.2:1.0-port0")
        claim(f"ftms-uart:{dev / 'serial0'}").release()
    finally:
        held.release()
    claim(f"ftms-uart:{end.name}").release()
