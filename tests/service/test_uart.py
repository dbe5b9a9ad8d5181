"""`inclined run` and a treadmill on a serial line, over a pty: heard, unplugged, back; one daemon a port."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.service.ear import LIMIT_S, daemon, listening, told_to_stop
from tests.service.test_run import configuration, free_ports

PIPE = asyncio.subprocess.PIPE


@asynccontextmanager
async def treadmill(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `inclined simulate ftms-uart`, its port linked at `folder`/port."""
    command = ("simulate", "ftms-uart", "--link", str(folder / "port"), "--control", str(folder / "control"))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "daemon", *command, stdin=asyncio.subprocess.DEVNULL, stdout=PIPE
    )
    try:
        await until_said(process.stdout, "ready")
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until_said(stream: asyncio.StreamReader | None, words: str) -> None:
    assert stream
    async with asyncio.timeout(LIMIT_S):
        async for line in stream:
            if words in line.decode():
                return
    raise AssertionError(f"ended without {words!r}")


async def ask(folder: Path, request: object) -> None:
    reader, writer = await asyncio.open_unix_connection(folder / "control")
    writer.write(json.dumps(request).encode() + b"\n")
    assert json.loads(await asyncio.wait_for(reader.readline(), LIMIT_S))["ok"]
    writer.close()
    await writer.wait_closed()


async def test_heard_unplugged_and_back_and_a_second_daemon_is_refused(tmp_path: Path) -> None:
    config = configuration(tmp_path, *free_ports())
    spec = f"ftms-uart:{tmp_path / 'port'}"
    config.write_text(config.read_text(encoding="utf-8").replace("simulated:", spec), encoding="utf-8")
    async with treadmill(tmp_path) as machine:
        with listening(str(tmp_path / "notify")) as ear:
            async with daemon(config, ear) as process:
                await ear.until("READY=1")
                await until_said(machine.stdout, "a client connected")
                async with daemon(second(config, tmp_path), ear) as other:
                    _, log = await asyncio.wait_for(other.communicate(), LIMIT_S)
                    assert other.returncode == 1
                    assert "Another inclined on this computer" in log.decode()
                await ask(tmp_path, {"op": "off", "radio_only": True})
                await until_said(process.stderr, "was unplugged")
                await ask(tmp_path, {"op": "on"})
                await until_said(machine.stdout, "a client connected")
                status, _ = await told_to_stop(process)
    assert status == 0


def second(config: Path, folder: Path) -> Path:
    """Return a configuration of another daemon for the same port under its own name."""
    other = folder / "other.toml"
    text = config.read_text(encoding="utf-8").replace(str(folder / "port"), str((folder / "port").resolve()))
    other.write_text(text.replace("inclined.db", "other.db").replace("console.key", "other.key"), encoding="utf-8")
    return other
