"""`inclined simulate trackmaster` and `woodway` as processes: the port, the keys, and what is said of a wrong word."""

import asyncio
import sys
from pathlib import Path

import pytest

from drivers.contract import Reading, Said
from drivers.registry import make
from drivers.simulated.trackmaster.profile import PROFILES
from tests.drivers.pty import until

LIMIT_S = 20
COMMAND = (sys.executable, "-m", "daemon.commands.simulate")
PIPE = asyncio.subprocess.PIPE


async def outcome(*args: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(*COMMAND, *args, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    out, err = await asyncio.wait_for(process.communicate(), LIMIT_S)
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize(
    ("machine", "profile", "spec"),
    [("trackmaster", "kmh", "speed=4800&units=kmh"), ("woodway", "woodway", "speed=4800")],
)
async def test_a_driver_reads_it_and_a_typed_key_starts_it(
    tmp_path: Path, machine: str, profile: str, spec: str
) -> None:
    link = tmp_path / "mill"
    process = await asyncio.create_subprocess_exec(
        *COMMAND, machine, "--profile", profile, "--link", str(link), stdin=PIPE, stdout=PIPE
    )
    said: list[Said] = []
    try:
        assert process.stdin
        assert process.stdout
        ready = (await asyncio.wait_for(process.stdout.readline(), LIMIT_S)).decode()
        assert f'driver = "{machine}:{link}?{spec}", profile {profile}' in ready
        running = asyncio.create_task(make(f"{machine}:{link}?{spec}", now=lambda: 0).run(said.append))
        process.stdin.write(b"start\n")
        async with asyncio.timeout(LIMIT_S):
            while not any(isinstance(one, Reading) and (one.speed or 0) > 10 for one in said):  # noqa: ASYNC110, of a process
                await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), LIMIT_S) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert not link.is_symlink()
    await until(lambda: True)


async def test_it_lists_its_profiles_and_knows_no_other() -> None:
    for machine, profiles in PROFILES.items():
        code, out, _ = await outcome(machine, "--profile", "list")
        assert code == 0
        assert [line.split()[0] for line in out.splitlines()] == list(profiles)
        assert all(20 < len(profile.about) < 110 for profile in profiles.values())
    code, _, err = await outcome("trackmaster", "--profile", "normal")
    assert code == 2
    assert err.startswith("inclined simulate: no profile 'normal'")
    assert err.count("\n") == 1
