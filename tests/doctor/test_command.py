"""`inclined doctor` beside a running daemon and a real broker, and where there is nothing."""

import asyncio
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from daemon.doctor.bundle import Contents, packed
from daemon.doctor.redact import Redactor
from tests.mqtt.mosquitto import mosquitto
from tests.service.ear import daemon, listening
from tests.service.test_run import configuration, free_ports

SECRET = "correct horse battery staple"


async def doctor(*words: str) -> tuple[int | None, list[str], str]:
    """Return exit status, lines and errors of the command."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "daemon", "doctor", *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/none"},
    )
    out, err = await process.communicate()
    return process.returncode, out.decode().splitlines(), err.decode()


def says(lines: list[str], check: str) -> str:
    return next(line for line in lines if line[6:].startswith(check))


async def test_a_machine_that_is_well(tmp_path: Path) -> None:
    broker, web, screen = free_ports()
    (tmp_path / "password").write_text(f"{SECRET}\n", encoding="utf-8")
    config = configuration(tmp_path, broker, web, screen, f'username = "t07"\npassword_file = "{tmp_path}/password"')
    bundle = tmp_path / "bundle.tar.gz"
    with mosquitto(tmp_path, port=broker), listening(str(tmp_path / "notify")) as ear:
        async with daemon(config, ear):
            await ear.until("READY=1")
            status, lines, errors = await doctor("--config", str(config), "--bundle", str(bundle))
    assert status == 0, lines
    assert "Packed into" in errors
    for check in ("configuration", "daemon", "broker", "port", "adapter", "disk", "memory", "traces"):
        assert says(lines, check).startswith("ok "), lines
    assert "lets us in" in says(lines, "broker")
    key = (tmp_path / "console.key").read_text(encoding="ascii").strip()
    with tarfile.open(bundle) as archive:
        files = {name.removeprefix("inclined-doctor/"): archive.extractfile(name) for name in archive.getnames()}
        texts = {name: file.read().decode() for name, file in files.items() if file is not None}
    assert texts.keys() >= {
        "README.txt",
        "findings.txt",
        "findings.json",
        "configuration.txt",
        "health.json",
        "journal.txt",
    }
    assert "\n".join(line[:20] for line in lines) == "\n".join(line[:20] for line in texts["findings.txt"].splitlines())
    assert json.loads(texts["health.json"])["store"] == "ok"
    assert '[machine] name = "Treadmill 7"' in texts["configuration.txt"]
    assert all(SECRET not in text and key not in text for text in texts.values())


async def test_a_machine_that_is_not_set_up(tmp_path: Path) -> None:
    status, lines, _ = await doctor(
        "--config", str(tmp_path / "none.toml"), "--bundle", str(tmp_path / "bundle.tar.gz")
    )
    assert status == 1
    assert "sudo inclined setup makes it" in says(lines, "configuration")
    assert says(lines, "bluez").startswith("bad ")
    with tarfile.open(tmp_path / "bundle.tar.gz") as archive:
        read = archive.extractfile("inclined-doctor/configuration.txt")
        assert read is not None
        assert read.read().startswith(b"There is none")


async def test_mistakes_are_findings(tmp_path: Path) -> None:
    config = configuration(tmp_path, *free_ports())
    config.write_text(config.read_text(encoding="utf-8").replace("nudge", "fast"), encoding="utf-8")
    status, lines, _ = await doctor("--config", str(config), "--json")
    assert status == 1
    told = json.loads("".join(lines))
    assert told["status"] == "bad"
    first = told["findings"][0]
    assert (first["level"], first["check"]) == ("bad", "configuration")
    assert '"fast" is none of its values' in first["says"]
    assert first["do"]


@pytest.mark.parametrize("words", [("--bundle",), ("--nothing",), ("--bundle", "THERE")])
async def test_what_is_not_understood_looks_at_nothing(tmp_path: Path, words: tuple[str, ...]) -> None:
    there = tmp_path / "there"
    there.write_text("mine", encoding="utf-8")
    status, lines, errors = await doctor(*(str(there) if word == "THERE" else word for word in words))
    assert (status, lines) == (2, [])
    assert len(errors.splitlines()) == 1
    assert there.read_text(encoding="utf-8") == "mine"


async def test_a_bundle_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    status, lines, errors = await doctor(
        "--config", str(tmp_path / "x"), "--bundle", str(tmp_path / "none" / "b.tar.gz")
    )
    assert status == 1
    assert lines
    assert "cannot be written: No such file or directory" in errors


def test_the_archive_is_read_by_others() -> None:
    """What `tar` of Debian makes of it."""
    data = packed(Contents([], {"journal.txt": "one\n"}), Redactor())
    shown = subprocess.run(
        ["tar", "-xzOf", "-", "inclined-doctor/journal.txt"], input=data, capture_output=True, check=True
    )
    assert shown.stdout == b"one\n"
