"""Reads floor.toml: every mistake told at once, with its place."""

import tomllib
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
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
    share: bool = False
    """Two floors share the work: each event goes to one of them. Both name the same PostgreSQL, and both say it."""
    clock: Literal["auto", "trust"] = "auto"
    """`auto` waits for timesyncd before it believes the date; `trust` is for a computer with its own clock."""


class Store(Section):
    """Where all is kept."""

    database: Annotated[str, Field(min_length=1, max_length=1024)] = "/var/lib/inclined/floor.db"
    """A file for SQLite, or `postgresql://USER@HOST/NAME`; the password stands in `~/.pgpass`, see docs/floor.md."""
    keep_days: Annotated[int, Field(ge=62, le=36_500, strict=True)] = 400
    """How long single events are kept; sums by day and by hour stay for ever."""


class Service(Section):
    """After how much belt a machine is to be serviced; 0: not counted. See the maker's own manual."""

    distance_km: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = 1600
    """Of belt."""
    hours: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = 0
    """Of moving belt."""


class Api(Section):
    """The floor's API."""

    host: Text = "127.0.0.1"
    """Address to listen on; the default is this computer only."""
    port: Port = 8090
    """Port to listen on."""
    hosts: frozenset[Text] = frozenset()
    """Further names and addresses by which this server may be called."""
    cert: Path | None = None
    """Its certificate with the chain, PEM; with `key`, the API speaks TLS and nothing else."""
    key: Path | None = None
    """The certificate's key, PEM."""
    proxies: frozenset[Text] = frozenset()
    """Addresses of web servers before this one, whose word counts on who called and whether by TLS."""

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if (self.cert is None) != (self.key is None):
            raise ValueError("cert and key belong together: name both, or none")
        return self


class HomeAssistant(Section):
    """Machines as devices in Home Assistant, by its MQTT discovery; without this section they are none."""

    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", max_length=64)] = "homeassistant"
    """The discovery prefix, as Home Assistant has it in its MQTT integration."""


class FloorSettings(Section):
    """The whole file."""

    floor: Floor
    mqtt: Mqtt
    store: Store = Store()
    service: Service = Service()
    api: Api = Api()
    homeassistant: HomeAssistant | None = None


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
