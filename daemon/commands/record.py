"""`inclined record`: write down every byte that a treadmill says, for a driver's tests or for a fault report."""

import argparse
import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from daemon.clock import system_clock
from daemon.exits import FAILED, Subparsers, complain
from drivers.contract import DriverError, Machine, Reading, Said

EXAMPLE = "example: inclined record ftms:AA:BB:CC:DD:EE:FF walk.jsonl --seconds 120"


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "record", help="write down what a treadmill says; nothing is sent to it", epilog=EXAMPLE
    )
    parser.add_argument("driver", help="the treadmill: ftms:AA:BB:CC:DD:EE:FF, simulated: or replay:FILE")
    parser.add_argument("file", type=Path, help="the recording; must not exist yet")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long; default: 60")


def run(args: argparse.Namespace) -> int:
    """Record until the time is over or Ctrl-C; 1 when the link cannot be made or ends by itself."""
    with args.file.open("x", encoding="utf-8") as file:
        return asyncio.run(_record(args.driver, args.seconds, lambda line: print(line, end="", file=file, flush=True)))


async def _record(spec: str, seconds: float, write: Callable[[str], None]) -> int:
    from drivers.registry import make

    driver = make(spec, now=system_clock().now, record=lambda line: write(line if line.endswith("\n") else f"{line}\n"))
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
