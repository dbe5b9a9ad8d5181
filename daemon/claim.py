"""One daemon a machine, one a store: claims that the kernel gives up with the process, however that ends."""

import hashlib
import os
import socket
from dataclasses import dataclass


class Claimed(Exception):
    """Another daemon has it; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Held until closed or until the process ends."""

    what: str
    sock: socket.socket

    def release(self) -> None:
        self.sock.close()


def claim(what: str) -> Claim:
    """Claim a thing by its name, e.g. a driver spec or a store's path; Claimed if another process holds it.

    A spec that names a device is claimed by the device that the name leads to now, so that two names of one serial
    port, or two protocols on it, are one claim.

    The claim is a name in the kernel's abstract socket space: no file is left behind by a power cut.
    """
    name = "\0inclined-" + hashlib.sha256(_meant(what).lower().encode()).hexdigest()[:32]
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        sock.bind(name)
    except OSError as error:
        sock.close()
        raise Claimed(f"Another inclined on this computer already has {what}. Stop it first.") from error
    return Claim(what, sock)


def _meant(what: str) -> str:
    """Return what a claim is about: the device behind a spec such as ftms-uart:/dev/serial0?speed=9600."""
    _, sep, rest = what.partition(":")
    return os.path.realpath(rest.partition("?")[0]) if sep and rest.startswith("/") else what
