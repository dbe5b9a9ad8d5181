"""`inclined commission`: leads staff through proving one treadmill, at a terminal of its own computer."""

import argparse
import asyncio
from pathlib import Path

from daemon.claim import Claimed
from daemon.clock import system_clock
from daemon.commands.run import claimed, driver_of
from daemon.commissioning.course import STEPS, USUAL
from daemon.commissioning.lead import Commissioning, Stopped
from daemon.commissioning.talk import Ended, at_terminal
from daemon.exits import FAILED, USAGE, Subparsers, complain
from daemon.settings import DEFAULT, Settings, SettingsError, load
from drivers.contract import DriverError

EXAMPLE = """\
example:
  sudo systemctl stop inclined
  sudo inclined commission               at this terminal
  sudo inclined commission --screen      on the screen beside the treadmill
  sudo systemctl start inclined

Each step can be done again; nothing is written before the last yes. docs/commissioning.md has it with pictures.
"""


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "commission",
        help="prove one treadmill, step by step, with its belt empty",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, default=DEFAULT, metavar="FILE", help="default: %(default)s")
    parser.add_argument(
        "--step",
        choices=list(STEPS),
        action="append",
        help="only this one; may be given again; stop and time are for time limits",
    )
    parser.add_argument("--screen", action="store_true", help="lead on the treadmill's screen instead of here")
    parser.add_argument("--label", type=Path, metavar="FILE", help="also write the treadmill's label there, as SVG")


def run(args: argparse.Namespace) -> int:
    """Lead through the steps, show what will be written, and write it; 1 when that does not come about."""
    try:
        settings = load(args.config)
    except OSError as error:
        return complain(f"{args.config}: {error.strerror}; make it first: sudo inclined setup", FAILED)
    except SettingsError as error:
        for mistake in error.mistakes:
            complain(mistake, USAGE)
        return USAGE
    try:
        with claimed(settings.machine.driver):
            return asyncio.run(commission(args, settings))
    except Claimed as error:
        return complain(f"{error} The service: sudo systemctl stop inclined", FAILED)
    except (Ended, KeyboardInterrupt):
        print()
        return complain("ended before the last question; nothing was written", FAILED)


async def commission(args: argparse.Namespace, settings: Settings) -> int:
    """Lead through the steps that were asked for, at this terminal or on the screen."""
    clock = system_clock(trust_wall=True)
    steps = frozenset(args.step or USUAL)
    work = Commissioning(args.config, settings, lambda to: driver_of(to, clock.now), clock.now, steps=steps)
    if args.screen:
        from daemon.commissioned import on_screen  # the pages are heavy, and only needed for this

        return await on_screen(work, settings)
    talk = at_terminal(args.label)
    try:
        await work.run(talk)
    except (Stopped, DriverError) as error:
        return complain(str(error), FAILED)
    talk.say("Next: sudo systemctl start inclined")
    return 0
