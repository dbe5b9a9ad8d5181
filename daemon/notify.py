"""Tells systemd how we are (sd_notify); says nothing where nobody listens."""

import os
import socket

KIND = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK


def notify(state: str) -> bool:
    """Send one or more lines such as READY=1 or WATCHDOG=1, never waiting; return whether they were taken.

    NOTIFY_SOCKET is a path, or an abstract name after `@` (sd_notify(3)).
    """
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path.startswith(("/", "@")):
        return False
    address = "\0" + path[1:] if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, KIND) as sock:
        try:
            sock.sendto(state.encode(), address)
        except OSError:
            return False  # who asked to be told is gone, or too busy to read: that is no fault of ours
    return True
