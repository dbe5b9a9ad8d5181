"""`inclined scan`: which treadmills can be heard; nothing is connected, nothing is sent to any of them."""

import argparse
import asyncio

from daemon.exits import FAILED, Subparsers, complain

EXAMPLE = "example: inclined scan --seconds 10 --adapter hci0"


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("scan", help="list the treadmills in reach", epilog=EXAMPLE)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to listen; default: 10")
    parser.add_argument("--adapter", metavar="hciN", help="which Bluetooth adapter; default: the first")


def run(args: argparse.Namespace) -> int:
    """List name, signal and driver spec of each treadmill heard; 1 when the adapter cannot listen."""
    from drivers.contract import LinkLost
    from drivers.ftms.scan import scan

    print(f"Listening for {args.seconds:g} s ...", flush=True)
    try:
        heard = asyncio.run(scan(args.seconds, args.adapter))
    except LinkLost as error:
        return complain(str(error), FAILED)
    for one in heard:
        sure = "treadmill" if one.certain else "maybe a treadmill"
        print(f"ftms:{one.address}  {one.signal:>4} dBm  {one.name or '(no name)'}, {sure}")
    if not heard:
        print("No treadmill was heard. Is one switched on, near, and not connected to an app?")
    return 0
