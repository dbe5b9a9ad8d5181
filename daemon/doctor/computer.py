"""Memory and versions."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from daemon.doctor.finding import Finding, bad, look, ok
from daemon.doctor.tool import pairs

LEAST_MB, ENOUGH_MB = 60, 150
DEBIAN = "13"
MEMORY = "restart this computer; if it comes back, a Pi with 2 GB or more runs the screen, too (docs/staff.md)"


@dataclass(frozen=True, slots=True)
class Computer:
    """What was seen; sizes in MB, None is unknown."""

    available: int | None = None
    total: int | None = None
    killed: int = 0
    """Programs that the kernel ended for want of memory since the start."""
    package: str = ""
    python: str = ""
    kernel: str = ""
    system: str = ""
    debian: str = ""
    """VERSION_ID of a Debian or Raspberry Pi OS; empty for others."""
    board: str = ""


def seen(root: Path = Path("/")) -> Computer:
    """Return what this computer says."""
    memory = {key: value.split()[0] for key, value in _lines(root / "proc/meminfo", ":").items() if value}
    system = pairs(_text(root / "etc/os-release"))
    debian = "debian" in (system.get("ID", ""), *system.get("ID_LIKE", "").split())
    return Computer(
        _mb(memory.get("MemAvailable")),
        _mb(memory.get("MemTotal")),
        int(_lines(root / "proc/vmstat", " ").get("oom_kill", "0")),
        metadata.version("inclined"),
        platform.python_version(),
        f"{platform.release()} {platform.machine()}",
        system.get("PRETTY_NAME", ""),
        system.get("VERSION_ID", "") if debian else "",
        _text(root / "proc/device-tree/model").strip("\0 \n"),
    )


def judged(computer: Computer) -> Iterator[Finding]:
    """Yield what that means."""
    left = "" if computer.available is None else f"{computer.available} of {computer.total} MB of memory left"
    if computer.available is None:
        yield look("memory", "this computer does not tell its memory", "look at it by hand: free -m")
    elif computer.available < LEAST_MB:
        yield bad("memory", left, MEMORY)
    elif computer.killed:
        yield look("memory", f"{left}; {computer.killed} programs were ended for want of it since the start", MEMORY)
    elif computer.available < ENOUGH_MB:
        yield look("memory", left, MEMORY)
    else:
        yield ok("memory", left)
    system = f"{computer.system or 'an unknown system'}, kernel {computer.kernel}"
    versions = f"inclined {computer.package}, Python {computer.python}, {system}"
    versions += f", {computer.board}" if computer.board else ""
    if computer.debian == DEBIAN:
        yield ok("versions", versions)
    else:
        yield look("versions", versions, f"it was tried on Debian {DEBIAN} and Raspberry Pi OS of it")


def _mb(kilobytes: str | None) -> int | None:
    return None if kilobytes is None else int(kilobytes) // 1024


def _lines(path: Path, sep: str) -> dict[str, str]:
    lines = (line.partition(sep) for line in _text(path).splitlines())
    return {key: value.strip() for key, _, value in lines}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
