"""The serial port: opened as the daemon's user, and closed again; not a byte is read or written.

Who may open a port is not to be guessed from groups: inside the service they show otherwise than they are. A port that
the daemon has is left alone.
"""

import errno
import os
import pwd
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from daemon.claim import Claimed, claim
from daemon.doctor.finding import Finding, bad, look, ok
from drivers.contract import DriverError
from drivers.transports.port import why_not
from drivers.transports.ports import check_name, device_of, identity_of

USER = "inclined"
OPEN_S = 6.0
"""A USB adapter that does not answer holds its open for 5 s."""
TRY = "dd if={0} of={0} count=0 iflag=nonblock,noctty oflag=nonblock,noctty conv=notrunc,nocreat status=none"
"""Opens for reading and for writing, and closes: of 0 blocks not a byte is read or written (dd(1)). A program of
Debian's in a process of its own: it may be another user's, and an open may hang."""
KINDS = ("ftms-uart", "csafe", "trackmaster", "woodway")
ATTACH = "unplug the adapter and plug it in again"


@dataclass(frozen=True, slots=True)
class Port:
    """What was seen; name is empty where the treadmill has none."""

    name: str = ""
    held: bool = False
    """The daemon has it."""
    wrong: str | None = None
    """A sentence: why it cannot be opened."""
    about: str | None = None
    user: str = ""
    """Who tried."""


def name_of(spec: str) -> str:
    """Return the serial port in a driver's spec; empty where there is none."""
    kind, _, rest = spec.partition(":")
    return rest.partition("?")[0] if kind in KINDS else ""


def held(spec: str) -> bool:
    """Tell whether a daemon of this computer has the machine of spec."""
    try:
        claim(spec).release()
    except Claimed:
        return True
    return False


def seen(spec: str, user: str = USER) -> Port:
    """Return what became of opening the port of spec; as user, where we are root and there is such a user."""
    name = name_of(spec)
    if not name or held(spec):
        return Port(name, held=bool(name))
    who = _user(user)
    try:
        check_name(name)
        device = device_of(name)
        return Port(name, wrong=_tried(name, device, who), about=identity_of(device), user=who.pw_name)
    except DriverError as error:
        return Port(name, wrong=str(error), user=who.pw_name)


def judged(port: Port) -> Iterator[Finding]:
    """Yield what that means."""
    if not port.name:
        yield ok("port", "not needed: this treadmill is not reached by a serial line")
    elif port.held:
        yield ok("port", f"{port.name} is in the daemon's hands, and was not opened")
    elif port.wrong is not None:
        says, _, do = port.wrong.partition(": ")
        yield bad("port", says, do or ATTACH)
    elif port.user == "root":
        yield look(
            "port", f"{port.name} opens for root", f"there is no user {USER}: install the package, or try as yours"
        )
    else:
        about = f" ({port.about})" if port.about else ""
        yield ok("port", f"{port.name} opens for user {port.user}{about}; nothing was sent")


def _user(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name if os.geteuid() == 0 else "")
    except KeyError:
        return pwd.getpwuid(os.geteuid())


def _tried(name: str, device: str, who: pwd.struct_passwd) -> str | None:
    """Open the device and close it again; return why that was not possible, or None."""
    other = who.pw_uid != os.geteuid()
    words = [word.format(device) for word in TRY.split()]
    try:
        done = subprocess.run(  # noqa: S603, our own words
            words,
            capture_output=True,
            text=True,
            timeout=OPEN_S,
            check=False,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            cwd="/",
            user=who.pw_uid if other else None,
            group=who.pw_gid if other else None,
            extra_groups=os.getgrouplist(who.pw_name, who.pw_gid) if other else None,
        )
    except subprocess.TimeoutExpired:
        return f"{name} could not be opened in {OPEN_S:g} s: {ATTACH}"
    except OSError as error:
        return f"{name} could not be tried as user {who.pw_name} ({error.strerror}): run it with sudo"
    if done.returncode == 0:
        return None
    said = done.stderr.strip().rpartition(": ")[2]
    code = next((number for number in errno.errorcode if os.strerror(number) == said), errno.EIO)
    return why_not(name, OSError(code, said))
