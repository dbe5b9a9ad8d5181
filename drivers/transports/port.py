"""A serial port's file descriptor: opened by pyserial, made exclusive, emptied, closed. All of it may block."""

import errno
import fcntl
import struct
import termios
import tty
from contextlib import suppress
from dataclasses import dataclass

import serial

from drivers.contract import LinkLost

UNPLUGGED = (errno.EIO, errno.ENODEV, errno.ENXIO, errno.EBADF)
TAKEN = (errno.EBUSY, errno.EAGAIN)
GONE = (OSError, termios.error)
"""What the calls here raise when the adapter goes under them."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open port."""

    serial: serial.Serial
    fd: int
    identity: str | None


def opened(name: str, device: str, identity: str | None, speed: int, *, dtr: bool, rts: bool) -> Opened:
    """Open the device for us alone, raw, and without what was received before; LinkLost says why not."""
    port = serial.Serial()
    port.port, port.baudrate, port.exclusive, port.timeout, port.write_timeout = device, speed, True, 0, 0
    port.dtr, port.rts = dtr, rts  # before the open: pyserial sets them in it, and passes over a port without lines
    try:
        port.open()
        _ours_alone(port.fileno())
    except (*GONE, ValueError) as error:
        port.close()
        raise LinkLost(why_not(name, error)) from error
    return Opened(port, port.fileno(), identity)


def _ours_alone(fd: int) -> None:
    fcntl.ioctl(fd, termios.TIOCEXCL)
    settings = termios.tcgetattr(fd)
    tty.cfmakeraw(settings)  # pyserial leaves VMIN at 0, which makes "nothing yet" look like "unplugged", and BRKINT
    termios.tcsetattr(fd, termios.TCSANOW, settings)


def queued(port: Opened) -> int:
    """Return how many bytes wait in the kernel to be sent; OSError when the port is gone."""
    return int(struct.unpack("i", fcntl.ioctl(port.fd, termios.TIOCOUTQ, bytes(4)))[0])


def discard(port: Opened) -> None:
    """Throw away what waits to be sent, as far as the port still can."""
    with suppress(*GONE):
        termios.tcflush(port.fd, termios.TCOFLUSH)


def closed(port: Opened) -> None:
    """Throw away what waits, let others in again, and close; a port that is gone is closed, too."""
    discard(port)  # the kernel would wait 30 s for it
    with suppress(*GONE):
        fcntl.ioctl(port.fd, termios.TIOCNXCL)
    with suppress(*GONE):
        port.serial.close()


def why_not(name: str, error: BaseException) -> str:
    """Return the sentence for what a port's call raised: what happened, where, what to do."""
    code = error.errno if isinstance(error, OSError) else None
    if code is None and isinstance(error, termios.error):
        code = error.args[0]
    if code in UNPLUGGED:
        return f"{name} was unplugged, or its other end is closed"
    if code == errno.ENOENT:
        return f"{name} is not there: is the adapter plugged in? `inclined scan` lists the ports there are"
    if code in TAKEN:
        return f"{name} is held by another program: stop it first, a terminal or a login on this port among them"
    if code in (errno.EACCES, errno.EPERM):
        return f"{name} may not be opened by this user: add it to the group dialout"
    if code == errno.ENOTTY or isinstance(error.__context__, termios.error):
        return f"{name} is no serial port: `inclined scan` lists those there are"
    return f"{name} cannot be used: {error}"
