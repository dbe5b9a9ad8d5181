"""`inclined scan`: the treadmills that can be heard and the serial ports there are; nothing is sent to any of them."""

import argparse
import asyncio
from pathlib import Path

from daemon.exits import FAILED, Subparsers, complain

DEV = Path("/dev")
EXAMPLE = "example: inclined scan --seconds 10 --adapter hci0"


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("scan", help="list the treadmills in reach, and the serial ports", epilog=EXAMPLE)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to listen; default: 10")
    parser.add_argument("--adapter", metavar="hciN", help="which Bluetooth adapter; default: the first")


def run(args: argparse.Namespace) -> int:
    """List the serial ports, then the treadmills heard; 1 when the adapter cannot listen and there is no port."""
    ports = show_ports(DEV)
    heard = listen(args.seconds, args.adapter)
    return 0 if heard or (ports and not args.adapter) else FAILED


def show_ports(dev: Path) -> bool:
    """List the serial ports by name; none is opened. Say whether there are some."""
    from drivers.transports.ports import list_ports

    ports = list_ports(dev)
    for port in ports:
        may = "" if port.ours else ", not this user"
        print(f"{port.name}  {port.about or 'says nothing of itself'} ({port.group} may open it{may})")
    if ports:
        print("What a serial port leads to was not asked: staff must know its protocol and speed.")
    else:
        print("There is no serial port.")
    return bool(ports)


def listen(seconds: float, adapter: str | None) -> bool:
    """List name, signal and driver spec of each treadmill heard; False when the adapter cannot listen."""
    from drivers.contract import LinkLost
    from drivers.ftms.scan import scan

    print(f"Listening for {seconds:g} s ...", flush=True)
    try:
        heard = asyncio.run(scan(seconds, adapter))
    except LinkLost as error:
        complain(str(error), FAILED)
        return False
    for one in heard:
        sure = "treadmill" if one.certain else "maybe a treadmill"
        print(f"ftms:{one.address}  {one.signal:>4} dBm  {one.name or '(no name)'}, {sure}")
    if not heard:
        print("No treadmill was heard. Is one switched on, near, and not connected to an app?")
    return True
