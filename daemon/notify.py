"""Tells systemd how we are (sd_notify); says nothing where nobody listens."""

import os
import socket


def notify(state: str) -> bool:
    """Send one or more lines such as READY=1 or WATCHDOG=1; return whether someone was there to hear."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path.startswith(("/", "@")):
        return False
    address = "\0" + path[1:] if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
        try:
            sock.sendto(state.encode(), address)
        except OSError:
            return False  # who asked is gone, or does not listen just now: never wait for it
    return True
