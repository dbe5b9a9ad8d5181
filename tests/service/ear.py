"""What systemd is to a service: a socket that hears sd_notify, and a process that is started and told to stop."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

LIMIT_S = 45.0
"""A start takes two seconds alone, and twenty beside a browser and a virtual machine."""


class Ear:
    """Hears datagrams one by one; `address` is what stands in NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._sock.settimeout(0)
        self._sock.bind("\0" + address[1:] if address.startswith("@") else address)

    async def word(self) -> str:
        """Return the next datagram."""
        async with asyncio.timeout(LIMIT_S):
            return (await asyncio.get_running_loop().sock_recv(self._sock, 4096)).decode()

    async def until(self, wanted: str) -> list[str]:
        """Return all that was heard up to wanted."""
        heard = [await self.word()]
        while heard[-1] != wanted:
            heard.append(await self.word())
        return heard

    def silent(self) -> bool:
        """Tell whether nothing waits."""
        try:
            self._sock.recv(4096)
        except BlockingIOError:
            return True
        return False

    def close(self) -> None:
        self._sock.close()


@contextmanager
def listening(address: str) -> Iterator[Ear]:
    """Yield an ear at a path, or at an abstract address that begins with @."""
    ear = Ear(address)
    try:
        yield ear
    finally:
        ear.close()


@asynccontextmanager
async def daemon(config: Path, ear: Ear, *more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `inclined run`, with more words, as systemd does; killed at the end if it is still there."""
    environment = os.environ | {"NOTIFY_SOCKET": ear.address}
    command = (sys.executable, "-m", "daemon", "run", "--config", str(config), *more)
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def told_to_stop(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """End it as `systemctl stop` does; return its exit status and what it logged."""
    process.send_signal(signal.SIGTERM)
    _, log = await asyncio.wait_for(process.communicate(), LIMIT_S)
    return process.returncode, log.decode()
