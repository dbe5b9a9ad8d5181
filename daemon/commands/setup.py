"""`inclined setup`: asks what a configuration needs, shows it, and writes it."""

import argparse
import asyncio
import os
import tomllib
from datetime import datetime
from functools import partial
from pathlib import Path

from daemon import like
from daemon.commands.check import no_driver
from daemon.exits import FAILED, USAGE, Subparsers, complain
from daemon.firstrun.answers import answers_in, filled, mistakes, table_of
from daemon.firstrun.document import document
from daemon.firstrun.here import here
from daemon.firstrun.look import Seen, look
from daemon.firstrun.nearby import nearby
from daemon.firstrun.questions import Answers
from daemon.firstrun.saving import save
from daemon.firstrun.terminal import Ended, Terminal, ask_all, at_terminal
from daemon.settings import DEFAULT
from daemon.settings.origin import made_by

EXAMPLE = """\
example:
  sudo inclined setup
  sudo inclined setup --again                  the old file is kept beside the new one
  sudo inclined setup --answers answers.toml   asks nothing; [machine] and [mqtt] as in inclined.toml
  sudo inclined setup --like t07.toml --tag t08   as that treadmill's file; asks only which treadmill this one is

exit status: 0 it is written, 1 it is not, 2 mistakes in the answers' file, each on a line of its own
"""
LEFT_OUT = "What is not asked here, such as [policy], is not taken over: copy it from the old file."


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "setup",
        help="make the configuration by answering questions",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, default=DEFAULT, metavar="FILE", help="default: %(default)s")
    parser.add_argument("--again", action="store_true", help="make it anew; the old file is kept under its date")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="take the answers from here instead of asking")
    like.options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask, show and write; nothing is written before the last yes."""
    before = look(args.config, no_driver)
    if (why := cannot(args.config, before, again=args.again)) is not None:
        return complain(why, FAILED)
    if args.answers is not None:
        return unattended(args.config, before, args.answers)
    if args.like is not None:
        return like.run(args, partial(finished, args.config, before))
    try:
        return attended(args.config, before, at_terminal(lambda: asyncio.run(nearby())))
    except Ended:
        return complain("the input ended before the last question; nothing was written", FAILED)
    except KeyboardInterrupt:
        print()
        complain("interrupted; nothing was written", FAILED)
        raise


def cannot(path: Path, before: Seen, *, again: bool) -> str | None:
    """Return why nothing can be written to path, or None."""
    if not path.parent.is_dir():
        return f"the folder {path.parent} is not there; make it first, or name another place: --config FILE"
    if not os.access(path.parent, os.W_OK | os.X_OK):
        return f"this user may not write to {path.parent}; run it as: sudo inclined setup"
    if path.is_dir():
        return f"{path} is a folder; name a file: --config FILE"
    if not (before.missing or again):
        return f"{path} is there already; to make it anew and keep the old one beside it: inclined setup --again"
    return None


def attended(path: Path, before: Seen, terminal: Terminal) -> int:
    """Ask, show, ask whether it is right, and write."""
    known = here()
    terminal.say("Each question shows its default in [brackets]: Enter takes it. Ctrl-C ends this; nothing is written.")
    answers = ask_all(terminal, known, answers_of(before))
    text = document(table_of(answers, path.parent), made_by())
    terminal.say(f"\n{path} will be:\n\n{text}")
    if not before.missing:
        terminal.say(LEFT_OUT)
    if not terminal.sure("Write it?"):
        return complain("nothing was written", FAILED)
    return written(path, before, answers)


def answers_of(before: Seen) -> Answers:
    """Return what a configuration that was there says, as far as it can be read."""
    try:
        return answers_in(tomllib.loads((before.data or b"").decode()))
    except (ValueError, RecursionError):
        return {}


def unattended(path: Path, before: Seen, source: Path) -> int:
    """Take the answers from a file of TOML, with [mqtt] password besides, and write."""
    try:
        table = tomllib.loads(source.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        return complain(f"{source}: is not TOML: {error}", USAGE)
    answers, unknown = answers_in(table), strange(table)
    found = {**mistakes(answers, here()), **unknown}
    for key, why in found.items():
        complain(f"{source}: {key}: {why}", USAGE)
    return USAGE if found else written(path, before, filled(answers, here()))


def strange(table: dict[str, object]) -> dict[str, str]:
    """Return what the answers' file holds that answers nothing."""
    known = answers_in(table)
    names = [
        f"{section}.{name}"
        for section, keys in table.items()
        for name in (keys if isinstance(keys, dict) else ["(no section)"])
    ]
    return {name: "nothing asks for this" for name in names if name not in known}


def written(path: Path, before: Seen, answers: Answers) -> int:
    """Write the configuration and look at it; say what is next."""
    try:
        kept = save(path, answers, here(), datetime.now().astimezone())
    except OSError as error:
        return complain(f"{path} cannot be written: {error.strerror or error}; the configuration is as it was", FAILED)
    return finished(path, before, kept)


def finished(path: Path, before: Seen, kept: Path | None) -> int:
    """Say what was written, look at it, and say what is next."""
    print(f"{path} is written." + (f" The old one is {kept}." if kept else ""))
    after = look(path, no_driver)
    for mistake in after.mistakes:
        complain(mistake, FAILED)
    if after.mistakes:
        return FAILED
    print("inclined check finds no mistake in it.")
    print(
        "The service goes on with it by itself within a few seconds."
        if before.settings is None  # else it runs already, with the file of before
        else "Next: sudo systemctl restart inclined"
    )
    return 0
