"""The command `inclined`: finds the module of the command that was asked for and runs it.

A command is a module of `daemon.commands`, named like it, with `add(subparsers)`, which adds one parser with an
example in its epilog, and `run(args) -> int`, which returns 0, or 1 when it failed. Only the chosen one is imported.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NoReturn, Protocol, cast, override

from daemon.exits import FAILED, USAGE, Subparsers, complain
from drivers.contract import DriverError

COMMANDS: Mapping[str, str] = {
    "demo": "play a treadmill that is kept off the flat",
    "run": "look after this machine's treadmill",
    "setup": "make the configuration by answering questions",
    "commission": "prove one treadmill, step by step, with its belt empty",
    "check": "check the configuration, every value with its source",
    "doctor": "look at every part, and say what is wrong and what to do",
    "scan": "list the treadmills in reach",
    "probe": "show what a treadmill says of itself",
    "record": "write down what a treadmill says",
    "replay": "show what the policy did, and what it would have done with other settings",
    "simulate": "be a treadmill",
    "rearm": "take the machine out of its demotion, after you have looked at it",
    "token": "make a key for the API",
    "floor": "collect what all machines of a gym tell",
}
"""Each command and its line in `inclined --help`."""

INTERRUPTED = 130


class Command(Protocol):
    """What a module of daemon.commands offers."""

    def add(self, subparsers: Subparsers, /) -> object: ...

    def run(self, args: argparse.Namespace, /) -> int: ...


class Parser(argparse.ArgumentParser):
    """A parser that tells a mistake in one line; its subparsers do so too."""

    @override
    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(argv: Sequence[str] | None = None, commands: Mapping[str, str] = COMMANDS) -> int:
    """Run the command that argv (default: the process's own) names; return 0, 1 failed, 2 usage, 130 interrupted."""
    given = sys.argv[1:] if argv is None else argv
    name = next((word for word in given if not word.startswith("-")), None)
    chosen = cast("Command", import_module(f"daemon.commands.{name}")) if name in commands else None
    args = parser(commands, name, chosen).parse_args(given)
    if args.version:
        print(version())  # noqa: T201, it is what was asked for
        return 0
    if chosen is None:
        return complain("no command; see inclined --help", USAGE)
    return outcome(chosen, args)


def parser(commands: Mapping[str, str], name: str | None, chosen: Command | None) -> argparse.ArgumentParser:
    """Make the parser: every command by its line, and the chosen one in full."""
    root: argparse.ArgumentParser = Parser(prog="inclined", description="Keeps a treadmill's belt from being run flat.")
    root.add_argument("--version", action="store_true", help="say which version this is")
    subparsers = root.add_subparsers(metavar="COMMAND", title="commands")
    for command, line in commands.items():
        if chosen is not None and command == name:
            chosen.add(subparsers)
        else:
            subparsers.add_parser(command, help=line)
    return root


def outcome(command: Command, args: argparse.Namespace) -> int:
    """Run the command; errors that are sentences for their reader become one line, all others stay tracebacks."""
    try:
        return command.run(args)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left: nothing more to say
        return FAILED
    except DriverError as error:
        return complain(str(error), FAILED)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return complain(f"{place}{error.strerror or error}", FAILED)


def version() -> str:
    """Return the version of the installed distribution."""
    from importlib import metadata  # here: 20 ms that no other command needs

    return metadata.version("inclined")
