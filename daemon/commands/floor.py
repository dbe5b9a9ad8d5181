"""`inclined floor`: collect what all machines of a gym tell; back it up, put it back."""

import argparse
import asyncio
import logging
import signal
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from daemon.exits import FAILED, USAGE, Subparsers, complain

if TYPE_CHECKING:
    from daemon.floor.settings import FloorSettings

log = logging.getLogger("daemon")

CONFIG = "/etc/inclined/floor.toml"
TOKENS = "tokens.toml"
EXTRA = "the floor needs SQLAlchemy and psycopg, which are not installed here; install inclined[floor]"
EXAMPLE = """\
example:
  inclined floor --config /etc/inclined/floor.toml
  inclined floor backup /var/backups/floor.gz
  inclined floor restore /var/backups/floor.gz
"""


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "floor",
        help="collect what all machines of a gym tell",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options(parser, Path(CONFIG), verbose=False)
    verbs = parser.add_subparsers(metavar="VERB", dest="verb", title="or, in place of collecting")
    for verb, line in (
        ("backup", "write all that is stored to one file; the floor may go on meanwhile"),
        ("restore", "put a backup into a new, empty database"),
        ("verify", "add up all events and compare the sums with those by day and hour"),
    ):
        one = verbs.add_parser(verb, help=line)
        if verb != "verify":
            one.add_argument("file", metavar="FILE", type=Path)
        options(one, argparse.SUPPRESS, argparse.SUPPRESS)


def options(parser: argparse.ArgumentParser, config: object, verbose: object) -> None:
    """Add what may stand before a verb and after it; the arguments are what holds when it is not there."""
    parser.add_argument("--config", type=Path, default=config, metavar="FILE", help=f"default: {CONFIG}")
    parser.add_argument("--verbose", action="store_true", default=verbose, help="tell more in the journal")


def run(args: argparse.Namespace) -> int:
    """Run the floor or a verb of it; return 0, 1 when it failed, 2 for a configuration with mistakes."""
    if find_spec("sqlalchemy") is None or find_spec("psycopg") is None:
        return complain(EXTRA, FAILED)
    from daemon.floor.backup import BadBackup
    from daemon.floor.settings import load
    from daemon.settings import SettingsError
    from daemon.store import StoreError

    try:
        settings = load(args.config)
    except SettingsError as error:
        for mistake in error.mistakes:
            complain(mistake, USAGE)
        return USAGE
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if args.verbose else logging.INFO,
        format="%(levelname)s %(name)s: %(message)s",
    )
    verbs = {"backup": _backup, "restore": _restore, "verify": _verify}
    try:
        return verbs[args.verb](settings, args) if args.verb else asyncio.run(_live(settings, args))
    except (BadBackup, StoreError) as error:
        return complain(str(error), FAILED)


def _backup(settings: "FloorSettings", args: argparse.Namespace) -> int:
    from daemon.floor.backup import backup
    from daemon.floor.opening import open_engine

    engine = open_engine(settings.store.database)
    try:
        rows = backup(engine, args.file)
    finally:
        engine.dispose()
    print(f"{args.file}: {rows} rows")
    return 0


def _restore(settings: "FloorSettings", args: argparse.Namespace) -> int:
    from daemon.floor.backup import restore
    from daemon.floor.opening import open_engine

    engine = open_engine(settings.store.database)
    try:
        rows = restore(engine, args.file, ZoneInfo(settings.floor.time_zone))
    finally:
        engine.dispose()
    print(f"{rows} rows are restored; every sum is that of its events")
    return 0


def _verify(settings: "FloorSettings", _: argparse.Namespace) -> int:
    from daemon.floor.store import FloorStore

    store = FloorStore.open(settings.store.database, settings.floor.site, ZoneInfo(settings.floor.time_zone))
    try:
        wrong = store.differences()
    finally:
        store.close()
    if not wrong:
        print("every sum is that of its events")
        return 0
    return complain(f"{len(wrong)} sums are not those of their events, the first: {wrong[0]}", FAILED)


async def _live(settings: "FloorSettings", args: argparse.Namespace) -> int:
    from api.floor.serving import serving
    from daemon.floor.life import build, live
    from daemon.notify import notify

    house = await asyncio.to_thread(build, settings)
    living = asyncio.ensure_future(live(house, lambda: notify("READY=1"), serving(args.config.with_name(TOKENS))))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, living.cancel)
    try:
        await living
    except asyncio.CancelledError:
        log.info("Told to stop.")
    return 0
