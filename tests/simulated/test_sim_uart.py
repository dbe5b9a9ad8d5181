"""The simulated treadmill on a serial line: its gateway, its paced bytes, its faults, and the command."""

import asyncio
import json
import os
import select
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from drivers.simulated.framing import Message, Request, Response, Unpacker, pack
from drivers.simulated.ftms import FtmsServer
from drivers.simulated.gateway import Gateway
from drivers.simulated.line import FAULTS, Line, spoil

LIMIT_S = 20
PIPE = asyncio.subprocess.PIPE
COMMAND = (sys.executable, "-m", "daemon.commands.simulate", "ftms-uart")
POINT, DATA, RANGE = 0x2AD9, 0x2ACD, 0x2AD5


def unpacked(data: bytes) -> list[Request]:
    taker = Unpacker()
    return [request for byte in data if (request := taker.take(byte)) is not None]


class Talk:
    """Asks a gateway without a line."""

    def __init__(self) -> None:
        self.server = FtmsServer()
        self.gateway = Gateway(self.server, lambda frame: self.said.extend(unpacked(frame)))
        self.said: list[Request] = []

    def ask(self, message: int, uuid: int = 0, value: bytes = b"", seq: int = 7) -> tuple[int, bytes]:
        self.gateway.take(pack(message, seq, 0, uuid, value))
        answer = self.said.pop()
        assert answer[:3] == (1, message, seq)
        assert answer.uuid == uuid
        return answer.response, answer.value


def test_a_session_begins_with_discover() -> None:
    talk = Talk()
    assert talk.ask(Message.READ, RANGE) == (Response.UNEXPECTED, b"")
    response, value = talk.ask(Message.DISCOVER)
    assert response == Response.OK
    assert value.startswith(bytes.fromhex("24 2a 26 2a 29 2a cc 2a cd 2a"))
    assert talk.ask(Message.READ, RANGE) == (Response.OK, bytes.fromhex("00 00 96 00 05 00"))


@pytest.mark.parametrize(
    ("message", "uuid", "value", "response"),
    [
        (0x09, 0, b"", Response.UNKNOWN_MESSAGE),
        (Message.READ, 0x2A00, b"", Response.NO_SUCH_CHARACTERISTIC),
        (Message.READ, DATA, b"", Response.NOT_SUPPORTED),
        (Message.SUBSCRIBE, RANGE, b"\1", Response.NOT_SUPPORTED),
        (Message.SUBSCRIBE, DATA, b"\2", Response.NOT_SUPPORTED),
        (Message.WRITE, DATA, b"\0", Response.NOT_SUPPORTED),
        (Message.WRITE, POINT, b"\0", Response.UNEXPECTED),
    ],
)
def test_what_cannot_be_is_answered(message: int, uuid: int, value: bytes, response: Response) -> None:
    talk = Talk()
    talk.ask(Message.DISCOVER)
    assert talk.ask(message, uuid, value) == (response, b"")
    assert not talk.server.treadmill.speed_target


def test_values_are_told_to_who_subscribed_and_control_is_asked_for() -> None:
    talk = Talk()
    talk.ask(Message.DISCOVER)
    assert talk.ask(Message.SUBSCRIBE, POINT, b"\1") == (Response.OK, b"")
    assert talk.ask(Message.WRITE, POINT, bytes.fromhex("03 0a 00")) == (Response.OK, b"")
    talk.server.advance(30)
    assert talk.said.pop() == (1, Message.NOTIFY, 0, 0, POINT, bytes.fromhex("80 03 05"))
    assert talk.ask(Message.WRITE, POINT, b"\0")[0] == Response.OK
    assert talk.ask(Message.WRITE, POINT, b"\0")[0] == Response.WRITE_FAILED  # one procedure at a time
    talk.server.advance(30)
    assert talk.said.pop().value == bytes.fromhex("80 00 01")
    assert talk.server.controlled
    talk.ask(Message.DISCOVER)
    assert not talk.server.controlled
    talk.server.advance(1_000)
    assert talk.said == []


def test_bad_frames_and_its_own_messages_are_not_answered() -> None:
    talk = Talk()
    good = pack(Message.DISCOVER, 1, 0, 0)
    talk.gateway.take(b"\x05noise\0" + good[:4] + b"\0" + good[:-3] + b"\x01\x02\0" + pack(Message.NOTIFY, 0, 0, DATA))
    assert talk.said == []
    assert talk.gateway.bad == 3
    wrong_version = bytes.fromhex("02 02 01 00 00 00")
    talk.gateway.take(repacked(wrong_version))
    assert talk.said.pop().response == Response.OTHER_VERSION


def repacked(plain: bytes) -> bytes:
    """Stuff a frame that `pack` would not make."""
    from drivers.ftms.uart.framing import crc, stuff

    return stuff(plain + crc(plain).to_bytes(2, "little")) + b"\0"


def test_each_fault_does_what_it_says() -> None:
    frame, chance = pack(Message.READ, 1, 0, RANGE), Random(1)
    assert spoil(frame, "drop", chance) == b""
    assert spoil(frame, "duplicate", chance) == frame * 2
    assert unpacked(spoil(frame, "noise", chance))[-1:] == unpacked(frame)
    assert frame.startswith(spoil(frame, "truncate", chance))
    for _ in range(50):
        assert unpacked(spoil(frame, "flip", chance)) == []
    with pytest.raises(ValueError, match="drop, flip"):
        Line(lambda data: None).fault("fire")


@pytest.mark.parametrize("speed", [4_800, 115_200])
async def test_bytes_come_no_faster_than_the_line(speed: int) -> None:
    line = Line(lambda data: None, speed=speed)
    line.plug()
    assert line.port
    port = os.open(line.port, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    data, count = bytearray(), speed // 10 // 5  # a fifth of a second
    came = asyncio.Event()

    def read() -> None:
        data.extend(os.read(port, 4096))
        came.set()

    asyncio.get_running_loop().add_reader(port, read)
    try:
        since = time.monotonic()
        line.send(b"x" * count)
        async with asyncio.timeout(LIMIT_S):
            while len(data) < count:
                await came.wait()
                came.clear()
        took = time.monotonic() - since
    finally:
        asyncio.get_running_loop().remove_reader(port)
        os.close(port)
        line.unplug()
    assert took >= 0.19


async def test_a_line_that_nobody_reads_loses_bytes_and_goes_on() -> None:
    line = Line(lambda data: None)
    line.plug()
    for _ in range(200):
        line.send(b"x" * 1_000)
    assert 0 < line.sent < 200_000
    line.unplug()
    line.send(b"x")
    assert line.port is None


async def test_a_link_follows_the_plug_and_no_file_is_removed(tmp_path: Path) -> None:
    name = tmp_path / "treadmill"
    line = Line(lambda data: None, link=name)
    line.plug()
    assert str(name.readlink()) == line.port
    assert line.name == str(name)
    line.unplug()
    assert not name.is_symlink()
    name.write_text("mine")
    with pytest.raises(FileExistsError):
        line.plug()
    line.unplug()
    assert name.read_text() == "mine"


async def line_with(stream: asyncio.StreamReader | None, text: str) -> str:
    assert stream
    async with asyncio.timeout(LIMIT_S):
        async for line in stream:
            if text in line.decode():
                return line.decode()
    raise AssertionError(f"ended without {text!r}")


@asynccontextmanager
async def simulated(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "--link", str(folder / "port"), "--control", str(folder / "control"), stdin=PIPE, stdout=PIPE
    )
    try:
        said = await line_with(process.stdout, "ready")
        assert f'driver = "ftms-uart:{folder / "port"}?speed=115200"' in said
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def ask(folder: Path, request: object) -> dict[str, Any]:
    reader, writer = await asyncio.open_unix_connection(folder / "control")
    writer.write(json.dumps(request).encode() + b"\n")
    answer: dict[str, Any] = json.loads(await asyncio.wait_for(reader.readline(), LIMIT_S))
    writer.close()
    await writer.wait_closed()
    return answer


async def test_the_command_serves_a_line_keys_and_requests(tmp_path: Path) -> None:
    async with simulated(tmp_path) as process:
        port = os.open(tmp_path / "port", os.O_RDWR | os.O_NOCTTY)
        os.write(port, pack(Message.DISCOVER, 9, 0, 0))
        assert await asyncio.to_thread(select.select, [port], [], [], LIMIT_S) != ([], [], [])
        assert process.stdin
        process.stdin.write(b"start\nnonsense\n")
        await process.stdin.drain()
        await line_with(process.stdout, "belt moving")
        assert await ask(tmp_path, {"op": "fault", "kind": "drop", "frames": 2}) == {"ok": True}
        assert not (await ask(tmp_path, {"op": "fault", "kind": "fire"}))["ok"]
        assert not (await ask(tmp_path, {"op": "fault", "kind": "drop", "frames": "x"}))["ok"]
        assert await ask(tmp_path, {"op": "off", "radio_only": True}) == {"ok": True}
        with pytest.raises(OSError, match="Input/output"):
            os.write(port, b"x")
        assert not (tmp_path / "port").is_symlink()
        assert (await ask(tmp_path, {"op": "status"}))["belt"] == "moving"
        assert await ask(tmp_path, {"op": "on"}) == {"ok": True}
        assert (tmp_path / "port").is_symlink()
        os.close(port)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), LIMIT_S) == 0
        assert not (tmp_path / "port").is_symlink()


async def test_a_link_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "--link", str(tmp_path / "no" / "port"), stdout=PIPE, stderr=PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), LIMIT_S)
    assert (process.returncode, out, err.count(b"\n")) == (1, b"", 1)
    assert "check the paths" in err.decode()


def test_every_fault_is_told_in_the_help_of_a_wrong_one() -> None:
    line = Line(lambda data: None)
    for fault in FAULTS:
        line.fault(fault)
