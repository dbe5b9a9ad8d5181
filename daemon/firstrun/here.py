"""What this computer knows of itself: its name, its time zone, its addresses, and where a treadmill is near."""

import fcntl
import os
import re
import socket
import struct
from contextlib import suppress
from pathlib import Path
from zoneinfo import available_timezones

from daemon.content import LANGUAGES, words
from daemon.firstrun.questions import Here

LOCALTIME = Path("/etc/localtime")
ZONES = "zoneinfo/"
SIOCGIFADDR = 0x8915
"""linux/sockios.h: the IPv4 address of an interface."""


def here() -> Here:
    """Return what the questions' defaults need."""
    return Here(socket.gethostname(), time_zone(), languages())


def languages() -> tuple[tuple[str, str], ...]:
    """Return the languages of the screen, English first: each as the setting has it, and as it calls itself."""
    return tuple((language, words(language).name) for language in LANGUAGES)


def time_zone(localtime: Path = LOCALTIME) -> str:
    """Return the time zone that this computer is set to, or UTC when it does not say."""
    _, found, name = os.path.realpath(localtime).partition(ZONES)
    name = name.removeprefix("posix/").removeprefix("right/")
    if not found or name not in zones():
        return "UTC"
    return "UTC" if name == "Etc/UTC" else name


def zones() -> list[str]:
    """Return the time zones to choose from: UTC, then those named by a city."""
    cities = (
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))
    )
    return ["UTC", *sorted(cities)]


def addresses() -> list[str]:
    """Return this computer's IPv4 addresses, none of which is loopback."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # no IPv4 address
                answer = fcntl.ioctl(sock.fileno(), SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                found.append(socket.inet_ntoa(answer[20:24]))
    return [each for each in found if not each.startswith("127.")]


def names() -> list[str]:
    """Return the names by which a browser of this network may call this computer."""
    name = socket.gethostname().lower()
    return [name, f"{name}.local"] if re.fullmatch(r"[a-z0-9-]+", name) else []
