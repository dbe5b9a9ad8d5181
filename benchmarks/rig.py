"""The rig: a real broker, a subscriber in C that stamps what arrives, and what the kernel says of a process."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

LIMIT_S = 30.0
FIRST: list[str] = []
"""Stands before each command: `chrt -f 20` on a computer that others use."""
STATE = "inclined/v1/bench/t01/state"
CONFIG = """
[machine]
site = "bench"
machine = "t01"
name = "Treadmill 1"
zone = "Bench"
driver = "simulated:"
mode = "nudge"
units = "km/h"
clock = "trust"

[policy]
min_incline = 1.0

[mqtt]
host = "127.0.0.1"
port = {mqtt}

[api]
port = {web}

[store]
path = "{folder}/inclined.db"

[console]
port = {screen}
key_file = "{folder}/console.key"
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message at the subscriber; at is ns of the monotonic clock."""

    at: int
    topic: str
    payload: str


@dataclass
class Inbox:
    """All that arrived so far, oldest first."""

    process: subprocess.Popen[str]
    arrived: list[Arrival] = field(default_factory=list)

    def listen(self) -> None:
        """Take lines until the subscriber ends; it stamps by the wall clock, which is turned back here."""
        assert self.process.stdout
        ahead = time.time_ns() - time.monotonic_ns()
        for line in self.process.stdout:
            stamp, topic, payload = line.rstrip("\n").split(" ", 2)
            seconds, parts = stamp.split(".")
            self.arrived.append(Arrival(int(seconds) * 10**9 + int(parts) - ahead, topic, payload))

    def since(self, mark: int, topic: str) -> list[Arrival]:
        """Return what arrived on topic after the first `mark` messages."""
        return [arrival for arrival in self.arrived[mark:] if arrival.topic == topic]


@contextlib.contextmanager
def broker(folder: Path) -> Iterator[int]:
    """Run Mosquitto on a free port of this computer; yield the port."""
    port = free_port()
    user = "user root\n" if os.geteuid() == 0 else ""
    conf = folder / "mosquitto.conf"
    conf.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n{user}", encoding="ascii")
    with running([_mosquitto(), "-c", str(conf)]):
        wait_for(lambda: _answers(port), "Mosquitto")
        yield port


@contextlib.contextmanager
def inbox(port: int) -> Iterator[Inbox]:
    """Run a subscriber of everything, ready when yielded."""
    command = ["mosquitto_sub", "-p", str(port), "-t", "#", "-F", "%U %t %p"]
    with running(command, stdout=subprocess.PIPE) as process:
        box = Inbox(process)
        threading.Thread(target=box.listen, daemon=True).start()
        subprocess.run(["mosquitto_pub", "-p", str(port), "-t", "bench/ready", "-m", "-", "-r"], check=True)
        wait_for(lambda: bool(box.arrived), "mosquitto_sub")
        yield box


@contextlib.contextmanager
def running(command: list[str], stdout: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[str]]:
    """Run command in the block, then end it and wait."""
    process = subprocess.Popen([*FIRST, *command], stdout=stdout, stderr=subprocess.DEVNULL, text=True, env=compiled())
    try:
        yield process
    finally:
        process.terminate()
        process.wait(LIMIT_S)


def compiled() -> dict[str, str]:
    """Return an environment in which Python keeps what it compiled, as an installed package does; in a place apart."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "inclined-bench-compiled")}


def python(*arguments: object) -> list[str]:
    """Return the command that runs a module of the benchmarks in this Python."""
    return [sys.executable, "-m", *map(str, arguments)]


def configured(folder: Path, web: int, screen: int, mqtt: int) -> Path:
    """Write the configuration of a run into folder and return its path."""
    file = folder / "inclined.toml"
    file.write_text(CONFIG.format(folder=folder, web=web, screen=screen, mqtt=mqtt), encoding="utf-8")
    return file


def resident(pid: int | str = "self") -> int:
    """Return resident memory in KiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def cpu(pid: int) -> int:
    """Return ns of CPU that the living threads of a process have had."""
    return sum(int(p.read_text(encoding="ascii").split()[0]) for p in Path(f"/proc/{pid}/task").glob("*/schedstat"))


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def wait_for(ready: Callable[[], bool], what: str) -> None:
    """Wait until ready() is true; TimeoutError after LIMIT_S."""
    until = time.monotonic() + LIMIT_S
    while not ready():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} is not there after {LIMIT_S:.0f} s")
        time.sleep(0.02)


def _answers(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def _mosquitto() -> str:
    place = Path("/usr/sbin/mosquitto")  # on Debian it is in no user's PATH
    return str(place) if place.exists() else "mosquitto"
