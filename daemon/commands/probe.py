"""`inclined probe`: what a treadmill says of itself, before anybody trusts it; nothing is set and nothing moves."""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO

from daemon.clock import system_clock
from daemon.commands.record import duration
from daemon.exits import FAILED, USAGE, Subparsers, complain
from daemon.found import Found, as_json, lines
from drivers.contract import Driver, DriverError, Said
from drivers.odd import Odd
from drivers.quirks import known

EXAMPLE = "example: inclined probe ftms:AA:BB:CC:DD:EE:FF --seconds 20"
UNASKED = ("ftms:", "simulated:", "replay:")
"""Reached by name and not by a wire that may lead anywhere."""
WARNING = """\
This asks questions at a serial port, and what is there may take them for something else. Before you go on:
  - take the safety key out of the treadmill,
  - see that nobody stands on its belt,
  - be sure that the cable at this port leads to this treadmill, and that it speaks what you named."""


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "probe", help="show what a treadmill says of itself; nothing is set and nothing moves", epilog=EXAMPLE
    )
    parser.add_argument("driver", help="as [machine] driver in the configuration, e.g. ftms:AA:BB:CC:DD:EE:FF")
    parser.add_argument("--seconds", type=duration, default=10.0, help="how long to listen; default: 10")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--yes", action="store_true", help="you have read the warning for serial ports")
    parser.add_argument("--record", type=Path, metavar="FILE", help="also write down all that it said; must not exist")


def run(args: argparse.Namespace) -> int:
    """Listen, and say what was heard; 1 when the treadmill cannot be reached or nobody agreed to the warning."""
    if not args.driver.startswith(UNASKED) and not args.yes and not agreed():
        return complain("nothing was sent: nobody typed yes", FAILED)
    with contextlib.ExitStack() as files:
        write: Callable[[str], None] | None = None
        if args.record:
            try:
                file = files.enter_context(args.record.open("x", encoding="utf-8"))
            except OSError as error:
                return complain(f"{args.record} cannot be written: {error.strerror}", USAGE)
            write = partial(_write, file)
        found = Found(args.driver)
        try:
            asyncio.run(probe(args.driver, found, args.seconds, write))
        except DriverError as error:
            if not found.readings:
                return complain(str(error), FAILED)
            complain(f"it was lost while we listened: {error}", FAILED)
    if args.json:
        numbers = [row.number for row in known(found.machine)] if found.machine else []
        print(json.dumps({**as_json(found, args.seconds), "quirks": numbers}))
    else:
        print("\n".join(lines(found, args.seconds)))
        for row in known(found.machine) if found.machine else ():
            print(f"Known       {row.what} ({row.evidence}; docs/quirks.md, {row.number})")
        print("Only questions and subscriptions were sent. What it claims is proved when it is tried: docs/staff.md")
    return 0


def agreed() -> bool:
    """Show the warning, and tell whether somebody typed yes to it."""
    print(WARNING, file=sys.stderr)
    print("Type yes to go on: ", end="", flush=True, file=sys.stderr)
    return sys.stdin.readline().strip().lower() == "yes"


async def probe(spec: str, found: Found, seconds: float, record: Callable[[str], None] | None = None) -> None:
    """Run the driver of spec with nothing armed, and give found what it says for so many seconds."""
    from drivers.registry import make

    await listen(make(spec, now=system_clock().now, record=record), found, seconds)


async def listen(driver: Driver, found: Found, seconds: float) -> None:
    """Give found what driver says, for so many seconds after its first word; DriverError when it cannot be reached."""
    loop = asyncio.get_running_loop()

    def sink(said: Said, /) -> None:
        if found.machine is None:
            limit.reschedule(loop.time() + seconds)
        found(said)

    try:
        async with asyncio.timeout(driver.connect_limit + seconds) as limit:
            await driver.run(sink)
    except TimeoutError:
        pass  # the time is over, as it should be
    finally:
        found.odd = dict(getattr(driver, "odd", Odd()).counts)


def _write(file: IO[str], line: str) -> None:
    print(line.rstrip("\n"), file=file, flush=True)
