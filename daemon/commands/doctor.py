"""`inclined doctor`: looks at every part of this machine, says what is wrong and what to do, and packs it."""

import argparse
import errno
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from daemon.commands.check import no_driver, warnings
from daemon.content import read_club
from daemon.doctor import broker, bundle, clock, computer, configuration, disk, port, power, radio, service, traces
from daemon.doctor.configuration import Read
from daemon.doctor.examine import Check, examine
from daemon.doctor.finding import Finding, Level, worst
from daemon.doctor.redact import Redactor
from daemon.doctor.secrets import STORES, files, known
from daemon.doctor.shown import shown
from daemon.exits import FAILED, USAGE, Subparsers, complain
from daemon.mqtt.broker import Broker
from daemon.settings import DEFAULT, Settings, SettingsError, loads
from daemon.settings.credentials import credential
from daemon.settings.model import Api, Console, StoreFile

EXAMPLE = """\
example:
  sudo inclined doctor
  sudo inclined doctor --bundle /tmp/treadmill-7.tar.gz

Nothing is sent to the treadmill. Each line begins with ok, look or bad, and says what to do: docs/doctor.md.

exit status: 0 nothing is bad, 1 something is, 2 the command was not understood
"""
NO_PASSWORD = "run it with sudo: the broker's password cannot be read by this user"  # noqa: S105, about one


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "doctor",
        help="look at every part, and say what is wrong and what to do",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, default=DEFAULT, metavar="FILE", help="default: %(default)s")
    parser.add_argument("--bundle", type=Path, metavar="FILE", help="also pack all of it, redacted; must not exist")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print the findings; 1 when something is bad or the bundle cannot be written, 2 when it exists already."""
    if args.bundle is not None and args.bundle.exists():
        return complain(f"{args.bundle} is there already: name another file", USAGE)
    data, read = reading(args.config)
    findings = examine(checks(read))
    if args.json:
        print(json.dumps({"status": worst(findings).word, "findings": [each.json() for each in findings]}))
    else:
        print(*(finding.line() for finding in findings), sep="\n")
    status = FAILED if worst(findings) is Level.BAD else 0
    return status if args.bundle is None else max(status, packed(args.bundle, data, read, findings))


def reading(file: Path) -> tuple[bytes, Read]:
    """Return the configuration's bytes and what came of reading them."""
    try:
        data = file.read_bytes()
    except OSError as error:
        return b"", Read(file, unread=error.strerror or str(error))
    try:
        settings = loads(data, file)
    except SettingsError as error:
        return data, Read(file, mistakes=error.mistakes)
    if (why := no_driver(settings)) is not None:
        return data, Read(file, mistakes=[f"{file}: [machine] driver: {why}"])
    told = [*(f"{file}: {each}" for each in warnings(settings)), *read_club(settings.words).faults]
    return data, Read(file, settings, warnings=told)


def checks(read: Read) -> Mapping[str, Check]:
    """Return every check; without a good configuration, those of the computer and of the usual places."""
    settings = read.settings
    spec = settings.machine.driver if settings else ""
    store = settings.store if settings else StoreFile()
    return {
        "configuration": lambda: list(configuration.judged(read)),
        "daemon": lambda: list(running(spec, settings.api if settings else Api())),
        "screen": lambda: list(service.screen(service.unit(service.KIOSK))),
        "adapter": lambda: list(radio.judged(radio.seen(), adapter_of(spec), needed=radio_needed(settings))),
        "port": lambda: list(port.judged(port.seen(spec))),
        "broker": lambda: list(broker.judged(broker.seen(*door(settings)))),
        "clock": lambda: list(clock.judged(clock.seen(trusted=trusts(settings)))),
        "disk": lambda: list(disk.judged(disk.seen(store.path.parent))),
        "power": lambda: list(power.judged(power.seen())),
        "memory": lambda: list(computer.judged(computer.seen())),
        "traces": lambda: list(traces.judged(traces.seen(store.path))),
    }


def running(spec: str, api: Api) -> Iterable[Finding]:
    """Yield what is found of the daemon."""
    claimed = bool(spec) and port.held(spec)
    return service.judged(service.unit(service.DAEMON), claimed=claimed, answered=service.health(api.host, api.port))


def trusts(settings: Settings | None) -> bool:
    """Tell whether the configuration believes this computer's own clock."""
    return settings is not None and settings.machine.clock == "trust"


def adapter_of(spec: str) -> str | None:
    """Return the Bluetooth adapter that a driver's spec names."""
    return spec.partition("?adapter=")[2] or None


def radio_needed(settings: Settings | None) -> bool:
    """Tell whether Bluetooth is used; before the set-up nobody knows, and most treadmills need it."""
    return settings is None or settings.machine.driver.startswith("ftms:") or bool(settings.nearby.machines)


def door(settings: Settings | None) -> tuple[Broker | None, str | None]:
    """Return how to reach the broker, and why its password cannot be had, if so."""
    if settings is None or settings.mqtt is None:
        return None, None
    from daemon.house import broker_of  # heavy: it knows all parts

    given, mqtt = broker_of(settings), settings.mqtt
    if mqtt.username is None:
        return given, None
    stored = [store / "inclined.mqtt" for store in STORES]
    places = [mqtt.password_file] if mqtt.password_file else [credential("mqtt"), *stored]
    for place in filter(None, places):
        try:
            place.open("rb").close()
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM):
                return given, NO_PASSWORD
        else:
            return replace(given, password_file=place), None
    return given, None


def packed(path: Path, data: bytes, read: Read, findings: list[Finding]) -> int:
    """Write the bundle, and say where it is; 1 when it cannot be written."""
    settings = read.settings
    api, console = (settings.api, settings.console) if settings else (Api(), Console())
    store = settings.store.path if settings else StoreFile().path
    secrets = known([*files(settings), console.key_file, read.file.with_name("tokens.toml")], data)
    hosts = {*bundle.names(), *(() if settings is None else hosts_of(settings))}
    answered = service.health(api.host, api.port)
    texts = {
        "configuration.txt": shown(data, read.mistakes) if data else f"There is none: {read.unread}\n",
        "health.json": json.dumps(dict(answered.checks), indent=1)
        if answered.checks is not None
        else f"{answered.wrong}\n",
        "journal.txt": bundle.journal(),
        **bundle.last_traces(traces.seen(store)),
    }
    redact = Redactor(secrets, hosts, bundle.macs())
    try:
        bundle.write(path, bundle.packed(bundle.Contents(findings, texts), redact))
    except OSError as error:
        return complain(f"{path} cannot be written: {error.strerror or error}", FAILED)
    print(f"Packed into {path}. Passwords and addresses are taken out; look it through all the same.", file=sys.stderr)
    return 0


def hosts_of(settings: Settings) -> Iterable[str]:
    """Return the names of computers in the configuration."""
    return {settings.api.host, *settings.api.hosts, *([settings.mqtt.host] if settings.mqtt else [])}
