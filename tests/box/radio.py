"""The simulated treadmill and its radio, a process of its own that plays the box's Bluetooth controller too."""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ADDRESS = "F0:F1:F2:F3:F4:F5"
NAME = "Sim Treadmill"
ME = (f"--address={ADDRESS}", f"--name={NAME}")
WITH_US = ("setpriv", "--pdeathsig", "TERM")
"""Before a command: it ends with us, even when we are killed and can end nothing."""


@dataclass(frozen=True, slots=True)
class Radio:
    """What a test can do to the treadmill behind the radio."""

    control: Path
    log: Path
    address: str = ADDRESS
    name: str = NAME

    async def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """Have one thing done: `off` (plug pulled), `on`, `hangup`, `key`, `set`, or `status`; returns the answer."""
        reader, writer = await asyncio.open_unix_connection(self.control)
        try:
            writer.write(json.dumps({"op": op, **fields}).encode() + b"\n")
            answer: dict[str, Any] = json.loads(await reader.readline())
        finally:
            writer.close()
            await writer.wait_closed()
        return answer


def command(hci: Path, control: Path) -> list[str]:
    """Return the command of the radio: connects to the box's controller line, listens for wishes on control."""
    simulate = (sys.executable, "-m", "daemon.commands.simulate", "ftms")
    return [*simulate, f"--radio=unix:{hci}", f"--control={control}", *ME]


@contextlib.asynccontextmanager
async def started(folder: Path, hci: Path) -> AsyncIterator[tuple[Radio, asyncio.Task[int]]]:
    """Run the radio until the end of the block; also gives what is done if it ends before."""
    radio = Radio(folder / "radio", folder / "radio.log")
    with radio.log.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *WITH_US, *command(hci, radio.control), stdin=DEVNULL, stdout=log, stderr=STDOUT
        )
    gone = asyncio.create_task(process.wait())
    try:
        yield radio, gone
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await gone
