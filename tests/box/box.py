"""BlueZ in a box: a virtual machine of a kernel, a bus and bluetoothd, whose radio is simulated on this side.

    bleak -> D-Bus (bus.py) -> [bluetoothd -> kernel -> H4 over a serial line] -> radio.py -> simulated treadmill

Always emulated, never KVM: what a test needs must not depend on what a machine happens to offer, and stock kernels
do not boot under every KVM. A model with few features (Nehalem) on one core boots fastest.
"""

import asyncio
import contextlib
import os
import signal
import socket
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.box import bus, radio
from tests.box.adapter import powered
from tests.box.image import Image
from tests.box.radio import WITH_US, Radio

BOOT_LIMIT_S = 150
LIFE_LIMIT_S = 1500
"""After this long the box ends by itself, whatever became of the tests."""


class BoxError(Exception):
    """The box did not come up; carries the end of its console."""


@dataclass(frozen=True, slots=True)
class Box:
    """A running box."""

    bus: str  # for DBUS_SYSTEM_BUS_ADDRESS
    radio: Radio
    console: Path

    def told(self) -> str:
        """Return what box and radio have said, for the reader of a failure."""
        return f"{self.console.read_text(errors='replace')}\n--- radio\n{self.radio.log.read_text(errors='replace')}"


@contextlib.asynccontextmanager
async def boot(image: Image, console: Path) -> AsyncIterator[Box]:
    """Boot a box (about 10 s on a free core) and end it with the block. Its console is kept in the given file."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="box-")))  # socket paths must be short
        try:
            async with asyncio.timeout(BOOT_LIMIT_S):
                hci, port = stack.enter_context(_listening(folder / "hci")), free_port()
                ready = await stack.enter_async_context(_machine(image, hci, port, console))
                treadmill, gone = await stack.enter_async_context(radio.started(folder, folder / "hci"))
                address = await stack.enter_async_context(bus.offered(folder / "bus", port))
                await asyncio.wait((ready, gone), return_when=asyncio.FIRST_COMPLETED)
                if gone.done():
                    raise BoxError(f"the simulated radio ended at once; it said:\n{_end(treadmill.log)}")
                await ready
                await powered(address)
        except TimeoutError as error:
            raise BoxError(f"the box was not up after {BOOT_LIMIT_S} s; its console:\n{_end(console)}") from error
        yield Box(address, treadmill, console)


def _command(image: Image, hci: socket.socket, port: int) -> list[str]:
    """Return the command of the machine; QEMU waits on hci, already listening, until the radio is there."""
    return [
        *WITH_US,
        *("timeout", "-k", "5", str(LIFE_LIMIT_S), "qemu-system-x86_64"),
        *("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"),
        *("-M", "pc", "-accel", "tcg", "-cpu", "Nehalem", "-smp", "1", "-m", "256"),
        *("-kernel", str(image.kernel), "-initrd", str(image.initrd)),
        *("-append", "console=ttyS0 quiet loglevel=3 panic=-1 cryptomgr.notests"),
        *("-chardev", "stdio,id=console,signal=off", "-device", "isa-serial,chardev=console"),
        *("-chardev", f"socket,id=hci,fd={hci.fileno()},server=on,wait=on", "-device", "isa-serial,chardev=hci"),
        *("-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{port}-10.0.2.15:5555"),
        *("-device", "virtio-net-pci,netdev=net,romfile="),
    ]


@contextlib.asynccontextmanager
async def _machine(image: Image, hci: socket.socket, port: int, console: Path) -> AsyncIterator[asyncio.Future[None]]:
    """Run the machine; gives what is done when its console says that it is ready."""
    process = await asyncio.create_subprocess_exec(
        *_command(image, hci, port),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
        pass_fds=(hci.fileno(),),
        start_new_session=True,  # a group of its own, so that QEMU ends with its `timeout`
    )
    ready = asyncio.get_running_loop().create_future()
    listening = asyncio.create_task(_listen(process, console, ready))
    try:
        yield ready
    finally:
        await _end_group(process)
        await listening
        if not ready.cancel():
            ready.exception()  # seen; whoever waited for it has been told


async def _listen(process: Process, console: Path, ready: asyncio.Future[None]) -> None:
    """Keep the console in its file and settle ready; never raises."""
    assert process.stdout is not None
    with console.open("wb", buffering=0) as file:
        async for line in process.stdout:
            file.write(line)
            if ready.done():
                continue
            if b"BOX READY" in line:
                ready.set_result(None)
            elif b"BOX FAILED" in line:
                ready.set_exception(BoxError(f"the box did not come up; its console:\n{_end(console)}"))
    if not ready.done():
        ready.set_exception(BoxError(f"the box ended before it was ready; its console:\n{_end(console)}"))


async def _end_group(process: Process) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 5)
            return


@contextlib.contextmanager
def _listening(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(1)
        yield listener


def free_port() -> int:
    """Return a loopback port that was free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _end(console: Path) -> str:
    return "\n".join(console.read_text(errors="replace").splitlines()[-30:])
