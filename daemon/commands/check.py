"""`inclined check`: the configuration as the daemon will read it, each value with its source, or every mistake."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path

from pydantic import BaseModel

from daemon.content import read_club
from daemon.messages import Settings as InForce
from daemon.policy.words import WORDS
from daemon.rulebook import NOTE, in_force, read_saved
from daemon.settings import DEFAULT, Settings, SettingsError, load
from daemon.settings.model import Tenths
from daemon.settings.units import KEYS
from daemon.store import StoreError, recorded
from drivers.contract import Unsupported

EXAMPLE = """\
example:
  inclined check /etc/inclined/inclined.toml

exit status: 0 no mistake (there may be warnings), 1 the file cannot be read, 2 mistakes, each on a line of its own
"""
SECTIONS = ("machine", "proved", "mqtt", "api", "store", "console", "screen", "nearby")


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "check",
        help="show the configuration with its sources, or every mistake in it",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT, metavar="FILE", help="default: %(default)s")


def run(args: argparse.Namespace) -> int:
    """Print the values in force, and warnings on stderr; or only the mistakes there, and return 2.

    1 when the file cannot be read.
    """
    try:
        settings = load(args.file)
    except OSError as error:
        print(f"{args.file}: {error.strerror}; name another file: inclined check FILE", file=sys.stderr)
        return 1
    except SettingsError as error:
        print(*error.mistakes, sep="\n", file=sys.stderr)
        return 2
    if (why := no_driver(settings)) is not None:
        print(f"{args.file}: [machine] driver: {why}", file=sys.stderr)
        return 2
    for warning in warnings(settings):
        print(f"{args.file}: {warning}", file=sys.stderr)
    for fault in read_club(settings.words).faults:
        print(fault, file=sys.stderr)
    for line in lines(settings, in_force(settings.rules, read_saved(changed(settings)), settings.named_rules)):
        print(line)
    return 0


def warnings(settings: Settings) -> Iterator[str]:
    """Yield what is no mistake, and yet not good."""
    mqtt = settings.mqtt
    if mqtt is not None and mqtt.password_file is not None and mqtt.tls is None and not loopback(mqtt.host):
        yield (
            f"[mqtt] tls: warning: without it the password goes to {mqtt.host} for everyone on the network to read;"
            " add tls = { ca = FILE } and the broker's port for TLS, usually 8883"
        )


def loopback(host: str) -> bool:
    """Tell whether host is this computer itself."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") in ("localhost", "localhost.localdomain")


def no_driver(settings: Settings) -> str | None:
    """Return why no driver fits the spec, in one line; nothing is opened."""
    from drivers.registry import make  # heavy, and only needed for a file without other mistakes

    try:
        make(settings.machine.driver, now=lambda: 0)
    except Unsupported as error:
        return " ".join(str(error).split())
    return None


def changed(settings: Settings) -> object:
    """Return what was changed over the network, as the store has it; a store that cannot be read is told on stderr."""
    try:
        return recorded(settings.store.path, NOTE) if settings.store.path.exists() else None
    except (StoreError, OSError) as error:
        print(f"{error}; changes made over the network are not shown", file=sys.stderr)
        return None


def lines(settings: Settings, policy: InForce) -> Iterator[str]:
    """Yield the configuration as TOML that can be used as it is, each line with the value's source."""
    for name in SECTIONS:
        section: BaseModel | None = getattr(settings, name)
        yield f"[{name}]" if section is not None else f"# no [{name}]"
        for key, value in section or ():
            narrowed = (name, key) == ("machine", "mode") and policy.sources["mode"] == "machine"
            source = "machine" if narrowed else "file" if f"{name}.{key}" in settings.named else "default"
            yield line(key, policy.mode if narrowed else value, source)
    yield "[policy]"
    for rule in KEYS.values():
        value = rule.text(int(policy.values[rule.field]))
        yield f"{rule.name} = {value}  # {policy.sources[rule.field]}; {rule.unit}, {rule.doc}"
    for word in WORDS.values():
        yield line(word.field, policy.values[word.field], f"{policy.sources[word.field]}; {word.doc}")


def line(key: str, value: object, source: str) -> str:
    """Return one line; TOML has no word for a value that is not there, so such a line is a comment."""
    return f"# {key}: none, {source}" if value is None else f"{key} = {toml(value)}  # {source}"


def toml(value: object) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, BaseModel):
        return "{ " + ", ".join(f"{key} = {toml(inner)}" for key, inner in value if inner is not None) + " }"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, frozenset | tuple | list):
        every = [toml(inner) for inner in value]
        return f"[{', '.join(sorted(every) if isinstance(value, frozenset) else every)}]"
    if isinstance(value, Tenths):
        return str(Decimal(value) / 10)
    if isinstance(value, bool | int | float | Decimal):
        return str(value).lower()
    return json.dumps(str(value), ensure_ascii=False)
