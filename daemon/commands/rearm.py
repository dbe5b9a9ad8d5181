"""`inclined rearm`: take the machine out of its demotion."""

import argparse
import getpass
from pathlib import Path

from daemon.exits import FAILED, USAGE, Subparsers, complain
from daemon.rearm import request
from daemon.settings import DEFAULT, SettingsError, load

EXAMPLE = """\
example:
  sudo inclined rearm --who Kim

A machine that surprised us raises no deck until this is done. Look at it first, with an empty belt: docs/safety.md.
"""


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "rearm",
        help="take the machine out of its demotion, after you have looked at it",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, default=DEFAULT, metavar="FILE", help="default: %(default)s")
    parser.add_argument("--who", default=None, metavar="NAME", help="who looked at it; default: your user name")


def run(args: argparse.Namespace) -> int:
    """Leave the word for the running daemon."""
    try:
        settings = load(args.config)
    except SettingsError as error:
        for mistake in error.mistakes:
            complain(mistake, USAGE)
        return USAGE
    folder = settings.store.path.parent
    try:
        request(folder, args.who or getpass.getuser())
    except PermissionError:
        return complain(f"only root may write to {folder}: run it with sudo", FAILED)
    print("The daemon takes it within two seconds; the journal says so: journalctl -u inclined -n 5")
    return 0
