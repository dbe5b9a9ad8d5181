"""The sections of inclined.toml, except [policy], whose keys stand in daemon.policy.rules."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from daemon.messages import Slug
from daemon.night import hours
from daemon.settings.units import exact
from drivers.calibration import calibration
from drivers.contract import InclineRange

Language = Literal["en", "de", "es", "fr"]
Text = Annotated[str, Field(min_length=1, max_length=64)]
Port = Annotated[int, Field(ge=1, le=65_535, strict=True)]


class Tenths(int):
    """A number of tenths; in the file it stands as a number with one decimal."""

    __slots__ = ()


def _tenths(given: object) -> int:
    """Turn % into 0.1 %, exactly."""
    tenths = exact(given, 10)
    if tenths is None:
        raise ValueError(f"{given} is no number of tenths, such as 0.5")
    return tenths


def is_zone(name: str) -> str:
    """Return name if it is a time zone of this computer. ValueError otherwise."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name} is no time zone of this computer") from None
    return name


def _is_night(text: str) -> str:
    hours(text)
    return text


def _is_map(points: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    calibration(points)
    return points


Percent = Annotated[int, BeforeValidator(_tenths), AfterValidator(Tenths)]


class Section(BaseModel):
    """A section of the file: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Range(Section):
    """The incline that the machine's console shows it can do, in %."""

    least: Annotated[Percent, Field(ge=-200, le=400)]
    most: Annotated[Percent, Field(ge=-200, le=400)]
    step: Annotated[Percent, Field(gt=0, le=50)]

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.least >= self.most:
            raise ValueError("least is not below most")
        return self

    def range(self) -> InclineRange:
        """Return it in 0.1 %."""
        return InclineRange(self.least, self.most, self.step)


class Machine(Section):
    """The treadmill and its driver."""

    site: Slug
    """The gym: small letters, digits, dashes. Part of every MQTT topic."""
    machine: Slug
    """The treadmill's asset name: as above, never changed when it moves."""
    name: Text
    """What people call it."""
    zone: Text
    """Where in the gym it stands."""
    driver: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*:\S*$")]
    """How to reach it: `ftms:ADDRESS`, `ftms-uart:PORT`, `csafe:PORT`, `trackmaster:PORT`, `simulated:`."""
    mode: Literal["observe", "nudge", "assist", "enforce"]
    """How far the daemon may go on this machine; set by who commissioned it. The network may only narrow it."""
    units: Literal["km/h", "mph"]
    """What the machine's own console shows."""
    language: Language = "en"
    """Language of the screen; a member may choose another of `[screen] languages` for one session."""
    incline_range: Range | None = None
    """For a machine that tells none or a wrong one: `{ least = 0.0, most = 15.0, step = 0.5 }`, in %."""
    incline_map: Annotated[tuple[tuple[Percent, Percent], ...], AfterValidator(_is_map)] | None = None
    """Where console and wire differ, pairs of what is told and what is shown: `[[0, 0], [5, 4], [15, 12]]`, in %."""
    limit_action: Literal["announce", "machine", "stop"] = "announce"
    """What follows a time limit: words only, the console's own workout time, or one stop after a countdown."""
    time_zone: Annotated[str, AfterValidator(is_zone)] = "UTC"
    """Whose hours usage is told in, such as `Europe/Berlin`."""
    clock: Literal["auto", "trust"] = "auto"
    """`auto` waits for timesyncd before it believes the date; `trust` is for a computer with its own clock."""


class Proved(Section):
    """What was tried on this very machine, on an empty belt, with the day; what is absent is not done."""

    driver: str | None = None
    """What it was tried with: `[machine] driver` of that day. With another one, nothing of it is proved."""
    incline: date | None = None
    """`inclined commission` saw the deck rise by one step when it was asked to, and obey its own keys after it."""
    workout_time: date | None = None
    """The console took a workout time (`inclined commission --step time`): nothing started, keys and link stayed."""
    stop: date | None = None
    """One stop was asked for and came (`inclined commission --step stop`); the speed read was the speed shown."""


class Tls(Section):
    """Certificates of the connection to the broker."""

    ca: Path
    """Authority that signed the broker's certificate."""
    cert: Path | None = None
    """Our certificate, where the broker asks for one."""
    key: Path | None = None
    """Its key."""

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if (self.cert is None) != (self.key is None):
            raise ValueError("cert and key go together")
        return self


class Mqtt(Section):
    """The gym's broker; without this section nothing is published."""

    host: Text
    """Name or address."""
    port: Port = 1883
    """8883 is usual with TLS."""
    username: Text | None = None
    """As the broker knows this machine; absent: the broker asks for none."""
    password_file: Path | None = None
    """A file with the password in its first line; without it, what stands in `/etc/credstore/inclined.mqtt`, if any."""
    keepalive: Annotated[int, Field(ge=5, le=600, strict=True)] = 30
    """Seconds after which a silent connection is given up."""
    version: Literal["auto", "3.1.1", "5"] = "auto"
    """Of MQTT: `auto` asks for 5, and for 3.1.1 where the broker gives no answer to that."""
    tls: Tls | None = None
    """`{ ca = FILE, cert = FILE, key = FILE }`; cert and key only where the broker asks for them. Absent: no TLS."""

    @model_validator(mode="after")
    def _password_has_a_name(self) -> Self:
        if self.password_file is not None and self.username is None:
            raise ValueError("a password_file needs a username")
        return self


class Api(Section):
    """The API and its live stream, for programs; who may do what stands in docs/api.md."""

    host: Text = "127.0.0.1"
    """Address to listen on; the default is this computer only. With another one, reading needs a token too."""
    port: Port = 8080
    """Port to listen on."""
    hosts: frozenset[Text] = frozenset()
    """Further names and addresses by which browsers may call this server; reading then needs a token too."""


class StoreFile(Section):
    """Where the accounts are kept."""

    path: Path = Path("/var/lib/inclined/inclined.db")
    """The database."""


class Console(Section):
    """The member's screen; it is served on 127.0.0.1 and nowhere else."""

    port: Port = 8081
    """Port of the screen's page; not that of [api]. The package's own screen opens 8081 and no other."""
    key_file: Path = Path("/run/inclined/console.key")
    """Where the daemon writes the kiosk's credential of this boot."""


class Screen(Section):
    """How the member's screen hangs, and when it is dark."""

    rotate: Literal[0, 90, 180, 270] = 0
    """Degrees by which the picture is turned; if 90 stands on its head, 270 does not."""
    px_per_mm: Annotated[Decimal, Field(ge=2, le=30)] | None = None
    """Points per mm of the screen, so that letters are large enough; without it, as the panel tells, else guessed."""
    languages: frozenset[Language] = frozenset({"en", "de", "es", "fr"})
    """What a member may choose while nobody runs; `[machine] language` is always among them."""
    night: Annotated[str, AfterValidator(_is_night)] = ""
    """Hours in which the screen is dark while nobody runs, in `[machine] time_zone`, such as `22:30-05:30`."""
    dark: Literal["page", "panel"] = "page"
    """`page` is black and wakes by a touch; `panel` switches the panel off, and only a moving belt wakes it."""


class Neighbour(Section):
    """A machine nearby that has no computer of its own."""

    machine: Slug
    kind: Slug


class Nearby(Section):
    """Machines nearby that advertise FTMS: listened to, never connected to, so that the floor knows what is free."""

    machines: dict[Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$")], Neighbour] = {}
    """By Bluetooth address: `{ "C0:FF:EE:00:00:21" = { machine = "r01", kind = "rower" } }`. One computer listens."""
    every: Annotated[int, Field(ge=15, le=600, strict=True)] = 60
    """Seconds between two times of listening, of 5 s each."""
    adapter: Annotated[str, Field(pattern=r"^hci[0-9]{1,2}$")] | None = None
    """Another Bluetooth adapter than the usual one, such as `hci1`."""


class Sections(Section):
    """The whole file but [policy]."""

    machine: Machine
    proved: Proved = Proved()
    mqtt: Mqtt | None = None
    api: Api = Api()
    store: StoreFile = StoreFile()
    console: Console = Console()
    screen: Screen = Screen()
    nearby: Nearby = Nearby()
