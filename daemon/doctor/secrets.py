"""Every secret that this computer's files hold, so that it can be taken out of what is given away."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from daemon.settings import Settings

STORES = (
    Path("/run/credentials/inclined.service"),
    Path("/run/credentials/inclined-floor.service"),
    Path("/etc/credstore"),
)
"""Where systemd has credentials (systemd.exec(5)); root can read them."""
LARGEST = 64 * 1024
SPEAKING = ("pass", "secret", "token", "key", "credential", "psk")


def files(settings: Settings | None, stores: Iterable[Path] = STORES) -> Iterator[Path]:
    """Yield the files that hold secrets, whether or not they are there."""
    for store in stores:
        yield from sorted(store.glob("inclined.*"))
    if settings is None:
        return
    mqtt = settings.mqtt
    if mqtt is not None and mqtt.password_file is not None:
        yield mqtt.password_file
    if mqtt is not None and mqtt.tls is not None and mqtt.tls.key is not None:
        yield mqtt.tls.key
    yield settings.console.key_file
    if settings.tokens is not None:
        yield settings.tokens


def known(paths: Iterable[Path], configuration: bytes = b"") -> set[str]:
    """Return the secrets in files that can be read, and in a configuration whatever stands under a secret's name."""
    found: set[str] = set()
    for path in paths:
        text = _text(path)
        found |= set(_hashes(text)) if path.suffix == ".toml" else {text, *text.splitlines()}
    with suppress(ValueError, RecursionError):  # what is no TOML is not given away at all
        found |= set(_named(tomllib.loads(configuration.decode())))
    return found


def _text(path: Path) -> str:
    try:
        return path.read_bytes()[:LARGEST].decode(errors="replace")
    except OSError:
        return ""


def _hashes(text: str) -> Iterator[str]:
    """Yield the strings of tokens.toml: with a hash nobody gets in, and yet it is nobody's business."""
    try:
        table = tomllib.loads(text)
    except ValueError:
        yield from text.splitlines()
        return
    for entry in table.values():
        if isinstance(entry, Mapping) and isinstance(entry.get("hash"), str):
            yield entry["hash"]


def _named(value: object, name: str = "") -> Iterator[str]:
    """Yield texts below keys whose name speaks of a secret, at any depth; a file's name is none."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _named(inner, str(key).lower())
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner, name)
    elif isinstance(value, str) and not value.startswith("/") and any(word in name for word in SPEAKING):
        yield value
