"""The manual page inclined(1): every command's own help, nothing else, so that the two cannot differ."""

import argparse
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import cast

from daemon.main import COMMANDS, Command, parser

HEAD = """\
.TH INCLINED 1 "{date}" "inclined {version}" "User commands"
.SH NAME
inclined \\- keeps a treadmill's belt from being run flat
.SH SYNOPSIS
.B inclined
.I COMMAND
.RI [ options ]
.SH DESCRIPTION
A daemon beside a gym treadmill and the commands that go with it. The service
.B inclined.service
calls
.BR "inclined run" ;
people call the others.
.SH COMMANDS
"""
TAIL = """\
.SH FILES
.TP
.I /etc/inclined/inclined.toml
The configuration; an example stands in /usr/share/doc/inclined/examples.
.TP
.I /var/lib/inclined/inclined.db
The accounts.
.TP
.I /etc/credstore/inclined.mqtt
The broker's password, where the configuration names no password_file.
.TP
.I /var/backups/inclined
What upgrades keep: the version before, and the database and configuration as they were.
.SH EXIT STATUS
0 well, 1 failed, 2 wrong use or a configuration with mistakes, 130 interrupted.
.SH SEE ALSO
.BR inclined\\-rollback (8),
.BR systemctl (1),
.BR journalctl (1);
/usr/share/doc/inclined/docs/staff.md
"""


def manual(version: str, when: int) -> str:
    """Return the page in roff."""
    os.environ["COLUMNS"] = "80"  # what argparse wraps its help to
    date = datetime.fromtimestamp(when, UTC).date().isoformat()
    body = "".join(section(*told) for told in helps())
    return HEAD.format(date=date, version=version) + body + TAIL


def helps() -> Iterator[tuple[str, str]]:
    """Yield the name and the help of each command, and of each command inside one."""
    for name in COMMANDS:
        command = cast("Command", import_module(f"daemon.commands.{name}"))
        yield from nested(parser(COMMANDS, name, command), name)


def nested(outer: argparse.ArgumentParser, *names: str) -> Iterator[tuple[str, str]]:
    """Yield the parser that outer knows by the names' first, then those inside it."""
    for inner in choices(outer):
        name, _, rest = inner.prog.removeprefix(f"{outer.prog} ").partition(" ")
        if rest or (names and name != names[0]):
            continue
        yield inner.prog, inner.format_help()
        yield from nested(inner)


def choices(outer: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Return the commands inside a command."""
    groups = [action for action in outer._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001, argparse has no public way to its commands
    return [inner for group in groups for inner in group.choices.values()]


def section(name: str, text: str) -> str:
    """Return one command's part, its help as the terminal shows it."""
    lines = (line if not line.startswith((".", "'")) else rf"\&{line}" for line in escaped(text).splitlines())
    return f'.SS "{escaped(name)}"\n.nf\n' + "\n".join(lines) + "\n.fi\n"


def escaped(text: str) -> str:
    """Return text for roff: a backslash is one, and a minus can be copied."""
    return text.replace("\\", "\\e").replace("-", "\\-")
