"""A real Mosquitto on a free port: started, killed, held and let go by the tests."""

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

BINARY = "/usr/sbin/mosquitto"
PLAIN = "allow_anonymous true\n"
LIMIT_S = 20.0


def free_port() -> int:
    """Return a port of the loopback that nobody has."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Mosquitto:
    """One broker without persistence: what it kept is gone when it is killed."""

    def __init__(self, folder: Path, lines: str = PLAIN, port: int | None = None, *, whole: bool = False) -> None:
        """Write its configuration: lines, and before them a listener, unless they are the whole of it."""
        self.port = port or free_port()
        self._conf = folder / "mosquitto.conf"
        user = "user root\n" if os.geteuid() == 0 else ""  # else it drops its user and cannot read our files
        log = "log_dest stderr\nlog_type information\nlog_type error\n"
        listener = "" if whole else f"listener {self.port} 127.0.0.1\nset_tcp_nodelay true\n"
        self._conf.write_text(f"{listener}{user}{log}{lines}", encoding="utf-8")
        self._process: subprocess.Popen[str] | None = None
        self._reader: Thread | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        process = subprocess.Popen([BINARY, "-c", self._conf], stderr=subprocess.PIPE, text=True)
        running = Event()
        lines: list[str] = []
        self._process, self._reader = process, Thread(target=self._drain, args=(process, running, lines))
        self._reader.start()
        assert running.wait(LIMIT_S), lines
        assert process.poll() is None, lines

    @staticmethod
    def _drain(process: subprocess.Popen[str], running: Event, lines: list[str]) -> None:
        assert process.stderr is not None
        with process.stderr as stream:
            for line in stream:
                lines.append(line)
                if line.rstrip().endswith(" running"):
                    running.set()
        running.set()  # it ended: let the start fail at once

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, e.g. SIGSTOP: it goes on to hold its sockets and answers nothing."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        if self._process is None or self._reader is None:
            return
        self._process.kill()
        self._process.wait(LIMIT_S)
        self._reader.join(LIMIT_S)
        self._process = self._reader = None

    async def restart(self) -> None:
        """Kill it and start it again on the same port, without holding up the loop."""
        await asyncio.to_thread(self.kill)
        await asyncio.to_thread(self.start)


@contextmanager
def mosquitto(folder: Path, lines: str = PLAIN, port: int | None = None) -> Iterator[Mosquitto]:
    """Yield a running broker."""
    broker = Mosquitto(folder, lines, port)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()
