"""How the configuration stands: missing, with mistakes, or good."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from daemon.settings import Settings, SettingsError, loads

type NoDriver = Callable[[Settings], str | None]
"""Says why no driver fits the settings, or None."""

LARGEST = 1_000_000
"""Bytes; a configuration has a few thousand."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found: the file's bytes (None: it cannot be read), its settings, or what is wrong."""

    data: bytes | None = None
    settings: Settings | None = None
    mistakes: tuple[str, ...] = ()

    @property
    def missing(self) -> bool:
        """Tell whether there is no file."""
        return self.data is None and not self.mistakes


def look(path: Path, no_driver: NoDriver) -> Seen:
    """Return how the file at path stands; mistakes are told as `inclined check` lists them."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        return Seen()
    except OSError as error:
        return Seen(mistakes=(f"{path}: cannot be read: {error.strerror or error}",))
    if len(data) > LARGEST:
        return Seen(mistakes=(f"{path}: is no configuration: it has more than {LARGEST} bytes",))
    try:
        settings = loads(data, path)
    except SettingsError as error:
        return Seen(data, None, tuple(error.mistakes))
    if (why := no_driver(settings)) is not None:
        return Seen(data, None, (f"{path}: [machine] driver: {why}",))
    return Seen(data, settings)


def whole(before: Seen | None, now: Seen) -> Settings | None:
    """Return the settings of a file that is good and the same as a look ago; an editor may write it in pieces."""
    same = before is not None and before.data == now.data
    return now.settings if same else None
