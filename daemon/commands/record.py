"""`inclined record`: write down every byte that a treadmill says, for a driver's tests or for a fault report."""

import argparse
import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from daemon.clock import system_clock
from daemon.exits import FAILED, USAGE, Subparsers, complain
from drivers.contract import DriverError, Machine, Reading, Said

EXAMPLE = "example: inclined record ftms:AA:BB:CC:DD:EE:FF walk.jsonl --seconds 120"


def duration(text: str) -> float:
    """Return seconds, more than none and at most a day; ValueError otherwise."""
    seconds = float(text)
    if not 0 < seconds <= 86_400:
        raise ValueError(text)
    return seconds


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "record", help="write down what a treadmill says; nothing is sent to it", epilog=EXAMPLE
    )
    parser.add_argument("driver", help="as [machine] driver in the configuration, e.g. ftms:AA:BB:CC:DD:EE:FF")
    parser.add_argument("file", type=Path, help="the recording; must not exist yet")
    parser.add_argument("--bytes", type=Path, metavar="FILE", help="of a serial line, also write down its raw bytes")
    parser.add_argument("--seconds", type=duration, default=60.0, help="how long; default: 60")


def run(args: argparse.Namespace) -> int:
    """Record until the time is over or Ctrl-C; 1 when the link cannot be made or ends by itself."""
    if args.bytes and not args.driver.startswith(("ftms-uart:", "csafe:", "trackmaster:", "woodway:")):
        return complain("--bytes writes down a serial line, and this treadmill is on none", USAGE)
    written = 0

    def write(line: str) -> None:
        nonlocal written
        written += '"heard"' in line
        print(line, end="", file=file, flush=True)

    with contextlib.ExitStack() as files:
        file = files.enter_context(args.file.open("x", encoding="utf-8"))
        tap = None if args.bytes is None else to_file(files.enter_context(args.bytes.open("x", encoding="utf-8")))
        try:
            return asyncio.run(_record(args.driver, args.seconds, write, tap))
        finally:
            if not written:  # nothing was said: the next try shall find its place free
                args.file.unlink()


def to_file(file: IO[str]) -> Callable[[str, bytes], None]:
    """Return a tap that writes one chunk a line: ms, `<` in or `>` out, and the bytes in hex."""
    clock = system_clock()
    since = clock.now()

    def tap(direction: str, data: bytes) -> None:
        print(f"{clock.now() - since:8d} {direction} {data.hex(' ')}", file=file, flush=True)

    return tap


async def _record(
    spec: str, seconds: float, write: Callable[[str], None], tap: Callable[[str, bytes], None] | None
) -> int:
    from drivers.registry import make

    def record(line: str) -> None:
        write(line if line.endswith("\n") else f"{line}\n")

    driver = make(spec, now=system_clock().now, record=record, tap=tap)
    print(f"Connecting to {spec} ...", flush=True)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(driver.connect_limit + seconds) as limit:
                await driver.run(Progress(lambda: limit.reschedule(asyncio.get_running_loop().time() + seconds)))
    except DriverError as error:
        return complain(str(error), FAILED)
    print("\nDone.")
    return 0


class Progress:
    """A sink that shows how far it is; the time counts from the first word of the machine."""

    def __init__(self, begun: Callable[[], None]) -> None:
        self._begun = begun
        self._count = 0

    def __call__(self, said: Said, /) -> None:
        """Show one line that moves."""
        if isinstance(said, Machine):
            print(f"Connected: {said.maker or 'unknown maker'}, {said.model or 'unknown model'}.", flush=True)
            self._begun()
        elif isinstance(said, Reading):
            self._count += 1
            speed = "-" if said.speed is None else f"{said.speed / 100:.1f}"
            incline = "-" if said.incline is None else f"{said.incline / 10:.1f}"
            print(f"\r{self._count} readings, {speed} km/h, {incline} %   ", end="", flush=True)
