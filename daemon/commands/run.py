"""`inclined run`: look after this machine's treadmill until told to stop."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from daemon.claim import Claimed, claim
from daemon.clock import system_clock
from daemon.commands.check import no_driver
from daemon.exits import FAILED, USAGE, Subparsers, complain
from daemon.firstrun.look import look
from daemon.settings import DEFAULT, Settings, SettingsError, load
from daemon.settings.model import Console
from drivers.contract import Ability, Driver

PORT = Console().port
KEY_FILE = Console().key_file

log = logging.getLogger("daemon")

EXAMPLE = "example: inclined run --config /etc/inclined/inclined.toml"


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("run", help="look after this machine's treadmill", epilog=EXAMPLE)
    parser.add_argument("--config", type=Path, default=DEFAULT, metavar="FILE", help=f"default: {DEFAULT}")
    parser.add_argument(
        "--first-run", action="store_true", help="wait for a good configuration, and show how to make one"
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"of the screen until there is one; default: {PORT}")
    parser.add_argument(
        "--key-file", type=Path, default=KEY_FILE, metavar="FILE", help=f"likewise; default: {KEY_FILE}"
    )
    parser.add_argument("--verbose", action="store_true", help="tell more in the journal")


def run(args: argparse.Namespace) -> int:
    """Run the daemon; return 0 when told to stop, 1 when it cannot start, 2 for a configuration with mistakes."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if args.verbose else logging.INFO,
        format="%(levelname)s %(name)s: %(message)s",
    )
    logging.getLogger("bleak").setLevel(logging.INFO)  # it tells every byte, and so does our recorder
    try:
        settings = waited_for(args) if args.first_run else load(args.config)
    except SettingsError as error:
        for mistake in error.mistakes:
            complain(mistake, USAGE)
        return USAGE
    if settings is None:
        return 0
    try:
        with claimed(settings.machine.driver):
            return asyncio.run(_live(settings))
    except Claimed as error:
        return complain(str(error), FAILED)


def waited_for(args: argparse.Namespace) -> Settings | None:
    """Return the settings once they are good, with the set-up on the screen until then; None when told to stop."""
    found = look(args.config, no_driver)
    return found.settings or asyncio.run(_wait(args))


async def _wait(args: argparse.Namespace) -> Settings | None:
    from daemon.notify import notify
    from daemon.setting_up import until_set_up

    where = {"port": args.port, "key_file": args.key_file}
    waiting = asyncio.ensure_future(until_set_up(args.config, no_driver, **where, ready=lambda: notify("READY=1")))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, waiting.cancel)
    try:
        settings = await waiting
    except asyncio.CancelledError:
        notify("STOPPING=1")
        log.info("Told to stop before there was a configuration.")
        return None
    log.info("There is a good configuration now: it begins.")
    notify("STATUS=")
    return settings


@contextlib.contextmanager
def claimed(spec: str) -> Iterator[None]:
    """Hold the machine for this process; a simulated one and a recording are nobody's."""
    if spec.startswith(("simulated:", "replay:")):
        yield
        return
    held = claim(spec)
    try:
        yield
    finally:
        held.release()


def armed(settings: Settings) -> set[Ability]:
    """Return what the driver may be asked besides the incline: what was proven here and is switched on."""
    action, proved = settings.machine.limit_action, settings.proved
    timer = action == "machine" and proved.workout_time is not None
    stop = action == "stop" and proved.stop is not None
    return {Ability.WORKOUT_TIME} if timer else {Ability.STOP} if stop else set()


def driver_of(settings: Settings, now: Callable[[], int]) -> Driver:
    """Return the driver that the configuration names, with this machine's own range and map."""
    from drivers.calibrated import calibrated
    from drivers.calibration import calibration
    from drivers.registry import make

    wide, points = settings.machine.incline_range, settings.machine.incline_map
    driver = make(settings.machine.driver, now=now, incline=wide.range() if wide else None, armed=armed(settings))
    return calibrated(driver, calibration(points) if points else None)


async def _live(settings: Settings) -> int:
    from daemon.house import build, live
    from daemon.notify import notify
    from daemon.store import StoreError

    clock = system_clock(trust_wall=settings.machine.clock == "trust")
    try:
        house = build(settings, clock, driver_of(settings, clock.now))
    except StoreError as error:
        return complain(str(error), FAILED)
    living = asyncio.ensure_future(live(house, lambda: notify("READY=1")))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, living.cancel)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, house.tracer.ask)
    try:
        await living
    except asyncio.CancelledError:
        log.info("Told to stop. Nothing was sent to the treadmill.")
    return 0
