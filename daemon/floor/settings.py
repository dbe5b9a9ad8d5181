"""Reads floor.toml: every mistake told at once, with its place."""

import tomllib
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from daemon.messages import Slug
from daemon.settings import SettingsError
from daemon.settings.load import place
from daemon.settings.model import Mqtt, Port, Section, Text, is_zone

DEFAULT: Final = Path("/etc/inclined/floor.toml")


class Floor(Section):
    """The gym and this floor."""

    site: Slug
    """The gym, as its machines have it in `[machine] site`."""
    time_zone: Annotated[str, AfterValidator(is_zone)]
    """Whose days and hours usage is told in, such as `Europe/Berlin`."""
    name: Slug = "1"
    """Tells this floor from a second one at the same broker."""
    clock: Literal["auto", "trust"] = "auto"
    """`auto` waits for timesyncd before it believes the date; `trust` is for a computer with its own clock."""


class Store(Section):
    """Where all is kept."""

    database: Annotated[str, Field(min_length=1, max_length=1024)] = "/var/lib/inclined/floor.db"
    """A file for SQLite, or `postgresql://USER@HOST/NAME`; the password stands in `~/.pgpass`, see docs/floor.md."""
    keep_days: Annotated[int, Field(ge=62, le=36_500, strict=True)] = 400
    """How long single events are kept; sums by day and by hour stay for ever."""


class Api(Section):
    """The usage API."""

    host: Text = "127.0.0.1"
    """Address to listen on; the default is this computer only."""
    port: Port = 8090
    """Port to listen on."""
    hosts: frozenset[Text] = frozenset()
    """Further names and addresses by which this server may be called."""


class FloorSettings(Section):
    """The whole file."""

    floor: Floor
    mqtt: Mqtt
    store: Store = Store()
    api: Api = Api()


def load(path: Path = DEFAULT) -> FloorSettings:
    """Return the settings in the file at path. SettingsError names every mistake; OSError when it cannot be read."""
    try:
        table = tomllib.loads(path.read_bytes().decode())
    except (ValueError, RecursionError) as error:
        raise SettingsError([f"{path}: is not TOML: {error}"]) from None
    try:
        return FloorSettings.model_validate(table)
    except ValidationError as error:
        raise SettingsError([_sentence(str(path), one) for one in error.errors()]) from None


def _sentence(file: str, error: ErrorDetails) -> str:
    where = error["loc"]
    match error["type"]:
        case "missing":
            why = "is missing"
        case "extra_forbidden":
            why = "is unknown; docs/floor.md lists the keys that may be"
        case "value_error":
            why = str(error.get("ctx", {})["error"])
        case _:
            why = f"{error['input']!r} is wrong; {error['msg'].replace('Input', 'it', 1)}"
    return place(file, where) + why
