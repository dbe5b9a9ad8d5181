"""`inclined simulate ftms` as a process: its radio at a socket, a bumble host at the other end, keys and requests."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from bumble import hci
from bumble.device import Device, Peer
from bumble.transport import open_transport

from drivers.simulated.profile import PROFILES

LIMIT_S = 20
COMMAND = (sys.executable, "-m", "daemon.commands.simulate", "ftms")
PIPE = asyncio.subprocess.PIPE


async def outcome(*args: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(*COMMAND, *args, stdout=PIPE, stderr=PIPE)
    out, err = await asyncio.wait_for(process.communicate(), LIMIT_S)
    return process.returncode, out.decode(), err.decode()


async def line_with(stream: asyncio.StreamReader | None, text: str) -> str:
    assert stream
    async with asyncio.timeout(LIMIT_S):
        async for line in stream:
            if text in line.decode():
                return line.decode()
    raise AssertionError(f"ended without {text!r}")


@asynccontextmanager
async def simulated(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, Device]]:
    """The command at one end of an HCI socket, a powered bumble host at the other."""
    async with await open_transport(f"unix-server:{folder / 'hci'}") as transport:
        listening: asyncio.Server = vars(transport)["server"]  # bumble does not close it
        process = await asyncio.create_subprocess_exec(
            *COMMAND, "--radio", f"unix:{folder / 'hci'}", "--control", str(folder / "control"),
            stdin=PIPE, stdout=PIPE,
        )  # fmt: skip
        try:
            await line_with(process.stdout, "ready")
            host = Device.with_hci("host", hci.Address("00:AA:01:02:03:04/P"), transport.source, transport.sink)
            await host.power_on()
            yield process, host
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
            listening.close()
            await listening.wait_closed()


async def ask(folder: Path, request: object) -> dict[str, Any]:
    reader, writer = await asyncio.open_unix_connection(folder / "control")
    writer.write(json.dumps(request).encode() + b"\n")
    answer: dict[str, Any] = json.loads(await asyncio.wait_for(reader.readline(), LIMIT_S))
    writer.close()
    await writer.wait_closed()
    return answer


async def test_a_host_finds_it_and_a_typed_key_moves_it(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (process, host):
        connection = await host.connect(
            hci.Address("F0:F1:F2:F3:F4:F5/P"), timeout=LIMIT_S, own_address_type=hci.OwnAddressType.PUBLIC
        )
        await line_with(process.stdout, "a client connected")
        peer = Peer(connection)
        await peer.discover_all()  # type: ignore[no-untyped-call]  # bumble leaves it untyped
        (feature,) = [c for s in peer.services for c in s.characteristics if c.uuid.uuid_bytes == b"\xcc\x2a"]
        assert len(await feature.read_value()) == 8
        assert process.stdin
        process.stdin.write(b"start\nnonsense\n")
        await process.stdin.drain()
        await line_with(process.stdout, "belt moving")
        over = asyncio.get_running_loop().create_future()
        connection.on(connection.EVENT_DISCONNECTION, over.set_result)
        assert await ask(tmp_path, {"op": "hangup"}) == {"ok": True}
        await asyncio.wait_for(over, LIMIT_S)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), LIMIT_S) == 0


async def test_requests(tmp_path: Path) -> None:
    async with simulated(tmp_path):
        assert await ask(tmp_path, {"op": "set", "v": {"speed": 800, "incline": 15}}) == {"ok": True}
        assert await ask(tmp_path, {"op": "key", "key": "+incline"}) == {"ok": True, "done": True}
        status = await ask(tmp_path, {"op": "status"})
        assert (status["belt"], status["speed"], status["incline_target"]) == ("moving", 800, 20)
        assert (status["connected"], status["writes"]) == (False, [])
        assert await ask(tmp_path, {"op": "off"}) == {"ok": True}
        assert (await ask(tmp_path, {"op": "status"}))["belt"] == "idle"
        assert await ask(tmp_path, {"op": "on"}) == {"ok": True}
        wrong: list[object] = [
            {"op": "fly"},
            [],
            {"op": "key", "key": "jump"},
            {"op": "set", "v": {"speed": 801}},
            {"op": "set", "v": {"colour": 1}},
            {"op": "set", "v": {"profile": "none"}},
        ]
        for request in wrong:
            answer = await ask(tmp_path, request)
            assert (answer["ok"], bool(answer["error"])) == (False, True)


async def test_the_profiles_are_listed() -> None:
    code, out, _ = await outcome("--profile", "list")
    assert (code, [line.split()[0] for line in out.splitlines()]) == (0, list(PROFILES))


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ((), 2, "--radio SPEC"),
        (("--profile", "nope", "--radio", "x"), 2, "no profile 'nope'"),
        (("--radio", "unix:/nowhere"), 1, "unix:/nowhere"),
        (("--radio", "nothing:1"), 1, "nothing:1"),
    ],
)
async def test_a_mistake_is_one_line(args: tuple[str, ...], code: int, words: str) -> None:
    got, out, err = await outcome(*args)
    assert (got, out, err.count("\n")) == (code, "", 1)
    assert words in err


async def test_it_ends_when_the_host_is_gone(tmp_path: Path) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_unix_server(hang_up, tmp_path / "hci"):
        code, _, err = await outcome("--radio", f"unix:{tmp_path / 'hci'}")
    assert (code, "gone" in err) == (1, True)
