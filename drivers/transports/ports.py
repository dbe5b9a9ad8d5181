"""Serial ports by their names: which are there, which name stays with its adapter, and who is behind it.

Nothing here opens a port: all of it is read from folders, from sysfs and from the permissions of the files.
"""

import grp
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from serial.tools.list_ports_linux import SysFS

from drivers.contract import LinkLost, Unsupported

DEV = Path("/dev")
LINKS = ("serial/by-id", "serial/by-path")
"""Names that udev gives, the better first: one follows the adapter, the other the socket that it is plugged into."""
OWN = ("serial[0-9]", "ttyAMA[0-9]*", "ttyS[0-9]*")
"""Ports on the board; these do not move."""
STABLE = re.compile(r"/dev/(serial/by-(id|path)/[^/]+|serial\d|ttyAMA\d+|ttyS\d+|pts/\d+)")
PTY = re.compile(r"/dev/pts/\d+")


@dataclass(frozen=True, slots=True)
class Port:
    """One serial port as staff may name it."""

    name: str
    device: str
    about: str
    """What the adapter says it is; empty when it says nothing."""
    group: str
    """Who may open it."""
    ours: bool
    """Whether this user may."""


def stable_names(device: str, dev: Path = DEV) -> list[str]:
    """Return the names in `dev` that stay with this device, the better first."""
    links = [link for folder in LINKS for link in sorted((dev / folder).glob("*"))]
    return [str(link) for link in links if os.path.realpath(link) == os.path.realpath(device)]


def check_name(name: str, dev: Path = DEV) -> None:
    """Return for a name that leads to the same port tomorrow; Unsupported says which name to use instead.

    A name outside of /dev may only lead to a pseudo terminal, which is looked at when it is opened.
    """
    path = Path(name)
    if STABLE.fullmatch(name) or (path.is_absolute() and not os.path.normpath(name).startswith("/dev/")):
        return
    if not path.is_absolute():
        raise Unsupported(f"{name!r} is no full path of a serial port: `inclined scan` lists those there are")
    instead = stable_names(name, dev)
    raise Unsupported(
        f"{name} may be another device after the next start: "
        + (f"use {instead[0]} instead" if instead else "use its name in /dev/serial/by-id; `inclined scan` lists them")
    )


def device_of(name: str) -> str:
    """Return the device that a name leads to now; LinkLost when there is none."""
    device = os.path.realpath(name)
    if not Path(device).exists():
        raise LinkLost(f"{name} is not there: is the adapter plugged in? `inclined scan` lists the ports there are")
    if not (STABLE.fullmatch(name) or PTY.fullmatch(device)):
        raise Unsupported(f"{name} leads to {device}: name a serial port as `inclined scan` does")
    return device


def identity_of(device: str) -> str | None:
    """Return maker, kind and serial number of the USB adapter behind a device, or None where there is none."""
    about = SysFS(device)
    if about.vid is None or about.pid is None:
        return None
    return " ".join(part for part in (f"{about.vid:04x}:{about.pid:04x}", about.product, about.serial_number) if part)


def list_ports(dev: Path = DEV) -> list[Port]:
    """Return the serial ports there are, each by its best name; opens none and sends nothing."""
    found: dict[str, Port] = {}
    for name in (*_linked(dev), *_own(dev)):
        device = os.path.realpath(name)
        if device not in found and (port := _port(str(name), device)) is not None:
            found[device] = port
    return list(found.values())


def _linked(dev: Path) -> Iterable[Path]:
    return [link for folder in LINKS for link in sorted((dev / folder).glob("*"))]


def _own(dev: Path) -> Iterable[Path]:
    return [path for pattern in OWN for path in sorted(dev.glob(pattern)) if _real(path)]


def _real(path: Path) -> bool:
    """Say whether there is hardware behind it: the kernel makes names for ports that no board has (type 0)."""
    try:
        kind = Path(f"/sys/class/tty/{Path(os.path.realpath(path)).name}/type").read_text(encoding="ascii")
    except OSError:  # drivers other than the plain 8250 tell no type
        return True
    return kind.strip() != "0"


def _port(name: str, device: str) -> Port | None:
    try:
        status = Path(device).stat()
    except OSError:  # unplugged meanwhile
        return None
    about = SysFS(device)
    said = " ".join(part for part in (about.manufacturer, about.product, about.serial_number) if part)
    return Port(name, device, said, _group(status), ours=os.access(device, os.R_OK | os.W_OK))


def _group(status: os.stat_result) -> str:
    if not status.st_mode & 0o060:
        return "root only"
    try:
        return f"group {grp.getgrgid(status.st_gid).gr_name}"
    except KeyError:
        return f"group {status.st_gid}"
