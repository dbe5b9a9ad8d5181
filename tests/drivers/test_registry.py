"""Specs: what each makes, what is refused, and that nothing is loaded that is not named."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.contract import Ability, LinkLost, Machine, Reading, Said, SeesSlot, StopsOnce, Unsupported
from drivers.ftms.driver import FtmsDriver
from drivers.ftms.uart.link import UartLink
from drivers.registry import make
from drivers.transports.ble import BleLink
from drivers.transports.serial import SerialPort

RECORDING = Path(__file__).parents[1] / "recordings" / "matrix-cut.jsonl"
ADDRESS = "C4:64:E3:5A:10:9F"


def now() -> int:
    return 500


@pytest.mark.parametrize("spec", [f"ftms:{ADDRESS}", f"ftms:{ADDRESS.lower()}", f"ftms:{ADDRESS}?adapter=hci1"])
def test_bluetooth_specs(spec: str) -> None:
    driver = make(spec, now=now)
    assert isinstance(driver, SeesSlot)
    assert not isinstance(driver, StopsOnce)
    assert isinstance(make(spec, now=now, armed={Ability.STOP}), StopsOnce)
    assert driver.connect_limit >= 40


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "ftms",
        "ftms:",
        "ftms:C4:64:E3:5A:10",
        f"ftms:{ADDRESS}?adapter=eth0",
        f"ftms:{ADDRESS}?speed=1",
        f"ftms:{ADDRESS} ",
        "csafe:",
        "csafe:/dev/serial0?speed=110",
        "csafe:/dev/serial0?adapter=hci0",
        "trackmaster:",
        "trackmaster:ttyS0",
        "trackmaster:/dev/serial0?units=mph&speed=110",
        "woodway:/dev/serial0?asks=speed",
        "ftms-uart:/dev/serial0?asks=speed",
        "ftms-uart:",
        "ftms-uart:ttyS0",
        "ftms-uart:/dev/serial0?",
        "ftms-uart:/dev/serial0?speed=fast",
        "ftms-uart:/dev/serial0?speed=",
        "ftms-uart:/dev/serial0?speed=110",
        "ftms-uart:/dev/serial0?adapter=hci0",
        "ftms-uart:/dev/serial0?dtr=1",
        "ftms-uart:/dev/serial0?speed=9600&",
        "simulated:x",
        "replay:",
        "FTMS:" + ADDRESS,
    ],
)
def test_a_wrong_spec_is_told_what_is_allowed(spec: str) -> None:
    with pytest.raises(Unsupported, match="for example ftms:"):
        make(spec, now=now)


async def test_a_replay_at_once_has_the_recorded_times_from_now() -> None:
    said: list[Said] = []
    with pytest.raises(LinkLost):
        await make(f"replay:{RECORDING}", now=now, pace=0).run(said.append)
    assert isinstance(said[0], Machine)
    assert isinstance(said[1], Reading)
    assert (said[1].at, said[1].incline) == (1_500, 90)


async def test_any_driver_can_be_recorded() -> None:
    lines: list[str] = []
    with pytest.raises(LinkLost):
        await make(f"replay:{RECORDING}", now=now, pace=0, record=lines.append).run(lambda said: None)
    assert '"do": "heard"' in "".join(lines)
    assert "replay:" in lines[0]


def test_a_missing_or_unreadable_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="cannot be read"):
        make(f"replay:{tmp_path / 'none.jsonl'}", now=now)
    binary = tmp_path / "binary.jsonl"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unsupported, match="cannot be read"):
        make(f"replay:{binary}", now=now)


async def test_the_simulated_treadmill_speaks_through_the_same_driver() -> None:
    arrived = asyncio.Event()
    said: list[Said] = []

    def sink(word: Said) -> None:
        said.append(word)
        if isinstance(word, Reading):
            arrived.set()

    loop = asyncio.get_running_loop()
    task = asyncio.create_task(make("simulated:", now=lambda: int(loop.time() * 1000)).run(sink))
    async with asyncio.timeout(10):
        await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(said[0], Machine)
    assert Ability.RAISE_INCLINE in said[0].abilities


@pytest.mark.parametrize(
    ("options", "speed", "dtr", "rts"),
    [
        ("", 115_200, True, True),
        ("?speed=57600", 57_600, True, True),
        ("?rts=off&speed=9600&dtr=off", 9_600, False, False),
    ],
)
def test_a_serial_port_is_as_staff_wrote_it(options: str, speed: int, *, dtr: bool, rts: bool) -> None:
    driver = make(f"ftms-uart:/dev/serial/by-id/usb-A_B:C+1.0-if00{options}", now=now, armed={Ability.STOP})
    assert isinstance(driver, FtmsDriver)
    assert isinstance(driver, StopsOnce)
    assert not isinstance(driver, SeesSlot)
    assert isinstance(driver._link, UartLink)
    port = driver._link._stream
    assert isinstance(port, SerialPort)
    assert (port.name, port.speed) == ("/dev/serial/by-id/usb-A_B:C+1.0-if00", speed)
    assert (port._dtr, port._rts) == (dtr, rts)
    driver._link._allow(0x2AD9, b"\x08\x01")
    with pytest.raises(Unsupported):
        driver._link._allow(0x2AD9, b"\x07")


def test_a_serial_name_that_moves_is_refused_before_anything_is_opened() -> None:
    with pytest.raises(Unsupported, match="by-id"):
        make("ftms-uart:/dev/ttyUSB0", now=now)


@pytest.mark.parametrize("spec", ["simulated:", f"replay:{RECORDING}"])
def test_nothing_of_bluetooth_is_loaded_where_none_is_used(spec: str) -> None:
    code = f"""
import sys
from drivers.registry import make
make({spec!r}, now=lambda: 0)
print(*sorted({{"bleak", "pyftms", "dbus_fast", "serial", "bumble"}} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""


def test_a_serial_line_loads_nothing_of_bluetooth() -> None:
    code = """
import sys
from drivers.registry import make
make("ftms-uart:/dev/serial0", now=lambda: 0)
print(*sorted({"bleak", "pyftms", "dbus_fast", "bumble"} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""


def test_the_bluetooth_link_has_the_gate_of_what_was_armed() -> None:
    for armed in (frozenset[Ability](), frozenset({Ability.STOP})):
        driver = make(f"ftms:{ADDRESS}", now=now, armed=armed)
        assert isinstance(driver, FtmsDriver)
        assert isinstance(driver._link, BleLink)
        driver._link._allow(0x2AD9, b"\x00")
        if armed:
            driver._link._allow(0x2AD9, b"\x08\x01")
        else:
            with pytest.raises(Unsupported):
                driver._link._allow(0x2AD9, b"\x08\x01")
