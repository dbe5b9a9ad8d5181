"""`inclined simulate csafe` as a process: its port, its keys, its panel, and what is said of a wrong word."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from drivers.contract import Reading, Said
from drivers.registry import make
from drivers.simulated.csafe.profile import PROFILES
from tests.drivers.pty import until

LIMIT_S = 20
COMMAND = (sys.executable, "-m", "daemon.commands.simulate", "csafe")
PIPE = asyncio.subprocess.PIPE


async def outcome(*args: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(*COMMAND, *args, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    out, err = await asyncio.wait_for(process.communicate(), LIMIT_S)
    return process.returncode, out.decode(), err.decode()


async def test_a_driver_reads_it_and_a_typed_key_starts_it(tmp_path: Path) -> None:
    link, panel = tmp_path / "console", tmp_path / "panel"
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "--profile", "lifefitness", "--link", str(link), "--control", str(panel), stdin=PIPE, stdout=PIPE
    )
    said: list[Said] = []
    try:
        assert process.stdin
        assert process.stdout
        ready = (await asyncio.wait_for(process.stdout.readline(), LIMIT_S)).decode()
        assert f'driver = "csafe:{link}?speed=9600", profile lifefitness' in ready
        running = asyncio.create_task(make(f"csafe:{link}?speed=9600", now=lambda: 0).run(said.append))
        await until(lambda: any(isinstance(one, Reading) for one in said))
        process.stdin.write(b"start\n")
        reader, writer = await asyncio.open_unix_connection(panel)
        async with asyncio.timeout(LIMIT_S):
            while True:
                writer.write(b'{"op": "status"}\n')
                status = json.loads(await reader.readline())
                if status["belt"] == "moving" and status["speed"] > 0:
                    break
        assert status["connected"]
        assert status["writes"] == []
        writer.write(b'{"op": "set", "v": {"profile": "matrix"}}\n')
        assert "by --profile" in json.loads(await reader.readline())["error"]
        writer.close()
        await writer.wait_closed()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), LIMIT_S) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert not link.is_symlink()


async def test_it_lists_its_profiles_and_knows_no_other() -> None:
    code, out, _ = await outcome("--profile", "list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(PROFILES)
    code, _, err = await outcome("--profile", "normal")
    assert code == 2
    assert err.startswith("inclined simulate: no profile 'normal'")
    assert err.count("\n") == 1


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_each_profile_says_what_it_is_in_a_line(profile: str) -> None:
    assert 20 < len(PROFILES[profile].about) < 110
