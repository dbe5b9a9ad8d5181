"""`inclined setup --like FILE --tag NAME`: another treadmill's configuration, for this one."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from daemon.commissioning.record import copied
from daemon.exits import FAILED, USAGE, complain
from daemon.firstrun.answers import wrong
from daemon.firstrun.nearby import nearby
from daemon.firstrun.questions import QUESTIONS, Question
from daemon.firstrun.terminal import Ended, ask, at_terminal
from daemon.settings import SettingsError, loads
from daemon.settings.write import kept_name, write

BY_KEY = {question.key: question for question in QUESTIONS}


def options(parser: argparse.ArgumentParser) -> None:
    """Add what belongs to --like."""
    parser.add_argument("--like", type=Path, metavar="FILE", help="take over another treadmill's configuration")
    parser.add_argument("--tag", metavar="NAME", help="with --like: this treadmill's asset name")
    parser.add_argument("--name", metavar="WORDS", help="with --like: what people call it; default: the tag")
    parser.add_argument("--driver", metavar="SPEC", help="with --like: how it is reached; else it is asked for")


def run(args: argparse.Namespace, finished: Callable[[Path | None], int]) -> int:
    """Write the configuration of args.like for args.tag; nothing is written where something is wrong with it."""
    if args.tag is None:
        return complain("--like needs the asset name of this treadmill: --tag t08", USAGE)
    name = args.name or args.tag.upper()
    given = {"machine.machine": args.tag, "machine.name": name, "machine.driver": args.driver}
    for key, answer in given.items():
        if answer is not None and (why := wrong(BY_KEY[key], answer)) is not None:
            return complain(f"{OPTION[key]} {answer}: {why}", USAGE)
    try:
        before = args.like.read_bytes()
        loads(before, args.like)
    except SettingsError as error:
        for mistake in error.mistakes:
            complain(mistake, USAGE)
        return USAGE
    try:
        driver = args.driver or asked(BY_KEY["machine.driver"])
    except Ended:
        return complain("the input ended before the last question; nothing was written", FAILED)
    text, left = copied(before.decode(), args.tag, name, driver)
    for each in left:
        print(f"Not taken over, as it belongs to one treadmill only: {each}")  # noqa: T201, it is said at the command
    kept = kept_name(args.config, datetime.now().astimezone()) if args.config.exists() else None
    write(args.config, text, kept)
    return finished(kept)


OPTION = {"machine.machine": "--tag", "machine.name": "--name", "machine.driver": "--driver"}


def asked(question: Question) -> str:
    """Ask which treadmill it is."""
    return ask(at_terminal(lambda: asyncio.run(nearby())), question, "")
