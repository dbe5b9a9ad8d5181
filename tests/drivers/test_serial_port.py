"""The serial port on real pseudo terminals: opened, taken, unplugged at every wait, stuck, another device's."""

import asyncio
import errno
import fcntl
import os
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import serial

from drivers.contract import LinkLost, Timeout, Unsupported, Withdrawn
from drivers.transports import serial as transport
from drivers.transports.aside import aside
from drivers.transports.port import why_not
from drivers.transports.serial import SerialPort
from tests.drivers.pty import Ear, End, far_end, fill, until_taken, yes, yes_and

TIOCGEXCL = 0x80045440
ALL = bytes(range(256))


def port_of(end: End, **more: object) -> SerialPort:
    return SerialPort(end.name, 115_200, **more)  # type: ignore[arg-type]  # the tests give one keyword each


async def test_every_byte_passes_both_ways_unchanged() -> None:
    with far_end() as end:
        ear, port = Ear(), port_of(end)
        await port.open(ear)
        os.write(end.ours, ALL)
        await ear.until(lambda: len(ear.data) >= len(ALL))
        await port.write(ALL, yes)
        assert await until_taken(end, len(ALL)) == ALL
        assert bytes(ear.data) == ALL
        await port.close()
        assert ear.reasons == []


async def test_what_came_before_the_open_is_not_heard() -> None:
    with far_end() as end:
        ear, port = Ear(), port_of(end)
        os.write(end.ours, b"old\n")
        await port.open(ear)
        os.write(end.ours, b"new")
        await ear.until(lambda: len(ear.data) >= 3)
        await port.close()
        assert bytes(ear.data) == b"new"


async def test_the_port_is_raw() -> None:
    with far_end() as end:
        port = port_of(end)
        await port.open(Ear())
        iflag, oflag, cflag, lflag, _, _, cc = termios.tcgetattr(end.host)
        await port.close()
    assert not iflag & (termios.ICRNL | termios.BRKINT | termios.ISTRIP | termios.IXON)
    assert not oflag & termios.OPOST
    assert cflag & termios.CSIZE == termios.CS8
    assert not lflag & (termios.ICANON | termios.ECHO | termios.ISIG)
    assert cc[termios.VMIN] in (1, b"\x01")  # with 0, "nothing yet" would look like "unplugged"


async def test_the_open_port_is_ours_alone_and_free_after_the_close() -> None:
    with far_end() as end:
        port = port_of(end)
        await port.open(Ear())
        with pytest.raises(LinkLost, match="held by another program"):
            await port_of(end).open(Ear())
        with pytest.raises(LinkLost, match="close it first"):
            await port.open(Ear())
        assert exclusive(end)
        await port.close()
        assert not exclusive(end)
        again = port_of(end)
        await again.open(Ear())
        await again.close()


def exclusive(end: End) -> bool:
    return bool(struct.unpack("i", fcntl.ioctl(end.host, TIOCGEXCL, bytes(4)))[0])


async def test_a_port_that_another_program_has_is_not_even_configured() -> None:
    with far_end() as end:
        other = serial.Serial(end.name, 4800, exclusive=True)
        before = end.settings()
        with pytest.raises(LinkLost, match="held by another program"):
            await port_of(end).open(Ear())
        assert end.settings() == before
        other.close()


async def test_the_same_port_under_two_names_is_one_port(tmp_path: Path) -> None:
    with far_end() as end:
        other_name = tmp_path / "treadmill"
        other_name.symlink_to(end.name)
        port = port_of(end)
        await port.open(Ear())
        with pytest.raises(LinkLost, match="held by another program"):
            await SerialPort(str(other_name), 9600).open(Ear())
        await port.close()


async def test_unplugged_while_nobody_waits_is_told_once() -> None:
    with far_end() as end:
        ear, port = Ear(), port_of(end)
        await port.open(ear)
        end.unplug()
        await ear.until(lambda: bool(ear.reasons))
        with pytest.raises(LinkLost, match="unplugged"):
            await port.write(b"x", yes)
        await port.close()
        assert len(ear.reasons) == 1
        assert "unplugged" in ear.reasons[0]


async def test_unplugged_in_the_permit_nothing_is_sent_and_it_is_told() -> None:
    with far_end() as end:
        ear, port = Ear(), port_of(end)
        await port.open(ear)

        def permit() -> bool:
            end.unplug()
            return True

        with pytest.raises(LinkLost, match="unplugged"):
            await port.write(b"x", permit)
        assert len(ear.reasons) == 1
        await port.close()


async def test_unplugged_while_a_write_waits_for_room() -> None:
    with far_end() as end:
        ear, port = Ear(), port_of(end)
        await port.open(ear)
        fill(end)
        asked = asyncio.Event()
        writing = asyncio.create_task(port.write(b"x", yes_and(asked.set)))
        await asyncio.wait_for(asked.wait(), 5)
        end.unplug()
        with pytest.raises(LinkLost, match="unplugged"):
            await asyncio.wait_for(writing, 5)
        await port.close()


async def test_unplugged_before_the_open_and_plugged_in_again(tmp_path: Path) -> None:
    name = tmp_path / "treadmill"
    port, ear = SerialPort(str(name), 115_200), Ear()
    for _ in range(2):
        with pytest.raises(LinkLost, match="is not there"):
            await port.open(ear)
        with far_end() as end:
            name.symlink_to(end.name)
            await port.open(ear)
            end.unplug()
            await ear.until(lambda: bool(ear.reasons))
            await port.close()
            name.unlink()
            ear.reasons.clear()


async def test_the_permit_is_asked_again_after_every_wait_and_nothing_leaves_without_it() -> None:
    with far_end() as end:
        port = port_of(end)
        await port.open(Ear())
        fill(end)
        asked: list[int] = []
        first = asyncio.Event()

        def permit() -> bool:
            asked.append(len(asked))
            first.set()
            return len(asked) == 1

        writing = asyncio.create_task(port.write(b"Z", permit))
        await asyncio.wait_for(first.wait(), 5)
        got = b""
        async with asyncio.timeout(5):
            while not writing.done():  # a pty wakes its writer only once it is almost empty
                got += end.take()
                await asyncio.sleep(0)
        with pytest.raises(Withdrawn, match="5a"):
            await writing
        assert len(asked) == 2
        await port.close()
        assert b"Z" not in got + end.take()


async def test_a_port_that_takes_nothing_is_given_up_and_holds_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "WRITE_S", 0.05)
    with far_end() as end:
        port = port_of(end)
        await port.open(Ear())
        fill(end)
        with pytest.raises(LinkLost, match="takes no bytes"):
            await port.write(b"Z", yes)
        await port.close()


async def test_bytes_that_wait_in_the_kernel_too_long_are_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pty says that nothing waits; an adapter that has stopped taking bytes says otherwise."""
    monkeypatch.setattr(transport, "WRITE_S", 0.05)
    discarded: list[object] = []
    with far_end() as end:
        port = port_of(end)
        await port.open(Ear())
        sent: list[int] = []
        monkeypatch.setattr(transport, "queued", lambda _: len(sent))
        monkeypatch.setattr(transport, "discard", discarded.append)
        with pytest.raises(Timeout, match="unknown"):
            await port.write(b"Z", yes_and(lambda: sent.append(1)))
        assert len(discarded) == 1
        await port.close()


async def test_a_write_given_up_leaves_the_port_usable() -> None:
    with far_end() as end:
        ear, port = Ear(), port_of(end)
        await port.open(ear)
        fill(end)
        asked = asyncio.Event()
        writing = asyncio.create_task(port.write(b"Z", yes_and(asked.set)))
        await asyncio.wait_for(asked.wait(), 5)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        while end.take():
            pass
        await port.write(b"Q", yes)
        got = b""
        while b"Q" not in got:
            got += await until_taken(end, 1)
        assert b"Z" not in got
        await port.close()


async def test_an_open_given_up_closes_what_it_opens() -> None:
    begun, go_on = threading.Event(), threading.Event()
    identified: list[str] = []

    def slow(device: str) -> None:
        begun.set()
        go_on.wait(5)
        identified.append(device)

    with far_end() as end:
        port = port_of(end, identify=slow)
        opening = asyncio.create_task(port.open(Ear()))
        await asyncio.to_thread(begun.wait, 5)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        go_on.set()
        again = port_of(end)
        async with asyncio.timeout(5):
            while True:  # until the thread that nobody waits for has closed it
                try:
                    await again.open(Ear())
                except LinkLost as held:
                    assert "held" in str(held)  # noqa: PT017, only this one is waited out
                    continue
                break
        await again.close()
        assert identified == [end.name]


async def test_an_open_that_takes_too_long_is_told_and_the_loop_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "OPEN_S", 0.05)
    hold = threading.Event()
    with far_end() as end:
        port = port_of(end, identify=lambda device: str(hold.wait(5)))
        with pytest.raises(LinkLost, match=r"could not be opened in 0\.05 s"):
            await port.open(Ear())
        hold.set()


async def test_a_name_that_leads_to_another_adapter_is_told_and_left_alone() -> None:
    adapters = iter(["0403:6001 FT232R A1", "0403:6001 FT232R B2", "0403:6001 FT232R A1"])
    with far_end() as end:
        port = port_of(end, identify=lambda device: next(adapters))
        await port.open(Ear())
        await port.close()
        before = end.settings()
        with pytest.raises(LinkLost, match="another device now: 0403:6001 FT232R B2, where 0403:6001 FT232R A1"):
            await port.open(Ear())
        assert end.settings() == before
        await port.open(Ear())
        await port.close()


async def test_what_is_no_serial_port_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(Unsupported, match="as `inclined scan` does"):
        await SerialPort(str(file), 9600).open(Ear())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.EIO, "unplugged"),
        (errno.ENODEV, "unplugged"),
        (errno.ENXIO, "unplugged"),
        (errno.ENOENT, "plugged in"),
        (errno.EBUSY, "another program"),
        (errno.EAGAIN, "another program"),
        (errno.EACCES, "group dialout"),
        (errno.EPERM, "group dialout"),
        (errno.ENOTTY, "no serial port"),
        (errno.ENOSPC, "cannot be used"),
    ],
)
@pytest.mark.parametrize("kind", [OSError, serial.SerialException, termios.error])
def test_every_error_is_a_sentence(kind: Callable[[int, str], Exception], code: int, words: str) -> None:
    assert words in why_not("/dev/serial0", kind(code, os.strerror(code)))


@pytest.mark.parametrize(
    ("mode", "taken", "words"), [(0, False, "group dialout"), (0o666, True, "held by another program")]
)
def test_what_a_plain_user_is_told(mode: int, words: str, *, taken: bool) -> None:
    with far_end() as end:
        code = f"""
import asyncio, os
from drivers.transports.serial import SerialPort
if os.geteuid() == 0:  # root may open everything
    os.setgid(65534); os.setuid(65534)
try:
    asyncio.run(SerialPort({end.name!r}, 9600).open(None))
except Exception as error:
    print(error)
"""
        os.chmod(end.name, mode)  # noqa: PTH101, a device
        if taken:  # as a program does that knows no lock
            fcntl.ioctl(end.host, termios.TIOCEXCL)
        tried = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert words in tried.stdout, tried.stderr


async def test_the_tap_gets_every_chunk_with_its_direction(caplog: pytest.LogCaptureFixture) -> None:
    passed: list[tuple[str, bytes]] = []
    with far_end() as end:
        ear, port = Ear(), port_of(end, tap=lambda way, data: passed.append((way, data)))
        await port.open(ear)
        await port.write(b"\x01\x02", yes)
        os.write(end.ours, b"\x03")
        await ear.until(lambda: bool(ear.data))
        await port.close()
        with caplog.at_level("DEBUG", "drivers.transports.stream"):
            loud = port_of(end)
            await loud.open(ear)
            await loud.write(b"\x0a\x0b", yes)
            await loud.close()
    assert passed == [(">", b"\x01\x02"), ("<", b"\x03")]
    assert caplog.messages == ["> 0a 0b"]


async def test_work_aside_gives_what_nobody_waits_for_away() -> None:
    begun, go_on = threading.Event(), threading.Event()
    given = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work() -> str:
        begun.set()
        go_on.wait(5)
        return "port"

    with pytest.raises(TimeoutError):
        await aside(work, lambda what: loop.call_soon_threadsafe(given.set), 0.02)
    go_on.set()
    await asyncio.wait_for(given.wait(), 5)
    with pytest.raises(ZeroDivisionError):
        await aside(lambda: 1 / 0, lambda what: None, 5)
