"""Every driver by its one-line spec; written by hand, and it loads only the driver that is asked for."""

import re
from collections.abc import Callable, Collection
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from drivers.contract import Ability, Driver, InclineRange, Link, Unsupported

if TYPE_CHECKING:  # pyserial is loaded only for a serial line
    from drivers.transports.serial import SerialPort

ALLOWED = """a driver is named by one of
  ftms:AA:BB:CC:DD:EE:FF               a Bluetooth treadmill by its address
  ftms:AA:BB:CC:DD:EE:FF?adapter=hci1  the same, on a second Bluetooth adapter
  ftms-uart:/dev/serial/by-id/NAME     FTMS over a serial line, at 115200 bits a second
  ftms-uart:/dev/serial0?speed=57600   the same, on another port and at another speed
  csafe:/dev/serial/by-id/NAME         a treadmill's CSAFE port, at 9600 bits a second
  csafe:/dev/serial0?asks=speed,time   the same, on another port, with what commissioning found (docs/csafe.md)
  trackmaster:/dev/serial/by-id/NAME?units=mph   a Trackmaster, at 4800 bits a second; units=kmh as its console has it
  woodway:/dev/serial/by-id/NAME       a Woodway that speaks the same family of bytes (docs/trackmaster.md)
  simulated:                           a simulated treadmill inside this program
  replay:FILE                          a recording
for example ftms:C4:64:E3:5A:10:9F (`inclined scan` lists addresses and serial ports)"""
FTMS = re.compile(r"(?P<address>[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5})(\?adapter=(?P<adapter>hci[0-9]{1,2}))?")
SERIAL = re.compile(r"(?P<name>/[^?]+)(\?(?P<options>[a-z]+=[\w.,]+(&[a-z]+=[\w.,]+)*))?")
SPEEDS = {str(speed): speed for speed in (4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)}
UART_SPEED, CSAFE_SPEED = "115200", "9600"
SWITCH = {"on": True, "off": False}
GROUP = "inclined.drivers"
"""The entry points by which other packages bring drivers; each is named like the first word of its specs."""
OURS = frozenset({"ftms", "ftms-uart", "csafe", "trackmaster", "woodway", "simulated", "replay"})

type Now = Callable[[], int]
type Tap = Callable[[str, bytes], None]


class Makes(Protocol):
    """What a driver of another package gives under GROUP; its arguments are those of `make`."""

    def __call__(
        self,
        spec: str,
        /,
        *,
        now: Now,
        armed: Collection[Ability],
        record: Callable[[str], None] | None,
        incline: InclineRange | None,
        tap: Tap | None,
    ) -> Driver: ...


def make(
    spec: str,
    *,
    now: Now,
    armed: Collection[Ability] = (),
    record: Callable[[str], None] | None = None,
    pace: float = 1,
    incline: InclineRange | None = None,
    tap: Tap | None = None,
) -> Driver:
    """Return the driver that spec names; Unsupported says what is allowed.

    `now` is ms of the monotonic clock. `armed` holds what commissioning proved beyond the incline. `record` gets the
    lines of a recording. `incline` is the range that staff wrote down, in place of the machine's own. `pace` is for
    replays: 1 as it was, 0 at once, with times from the recording. `tap` gets all bytes of a serial line, each chunk
    as it passes, with `<` for in and `>` for out; without one they go to the log.
    """
    kind, _, rest = spec.partition(":")
    if kind == "csafe" and rest:
        return _csafe(spec, rest, now, armed, record, incline, tap)
    if kind in ("trackmaster", "woodway") and rest:
        return _trackmaster(spec, now, record, incline, tap)
    from drivers.ftms.driver import ftms_driver  # each driver is loaded only when it is named

    if kind == "ftms":
        link = _bluetooth(spec, rest, armed)
    elif kind == "ftms-uart" and rest:
        link = _uart(spec, rest, armed, tap)
    elif kind == "simulated" and not rest:
        link = _simulated(now)
    elif kind == "replay" and rest:
        link, now = _replay(rest, now, pace)
    else:
        return _foreign(spec)(spec, now=now, armed=armed, record=record, incline=incline, tap=tap)
    if record:
        from drivers.transports.recording import record as recorded

        link = recorded(link, record, now, spec)
    return ftms_driver(link, now=now, armed=armed, incline=incline)


def _foreign(spec: str) -> Makes:
    """Return what makes the driver of another package; none of ours can be replaced."""
    kind = spec.partition(":")[0]
    found = [] if kind in OURS else list(entry_points(group=GROUP, name=kind))
    if not found:
        raise Unsupported(f"no driver is called {spec!r}: {ALLOWED}{_others()}")
    if len(found) > 1:
        raise Unsupported(
            f"two packages bring a driver {kind!r}: {', '.join(map(_package, found))}; remove one of them"
        )
    try:
        made: Makes = found[0].load()
    except Exception as error:  # a package of somebody else may raise anything
        raise Unsupported(f"the driver {kind!r} of {_package(found[0])} cannot be loaded: {error!r}") from error
    return made


def _others() -> str:
    names = sorted({f"{point.name}: (of {_package(point)})" for point in entry_points(group=GROUP)})
    return f"; and of other packages: {', '.join(names)}" if names else ""


def _package(point: EntryPoint) -> str:
    return "a package without a name" if point.dist is None else f"{point.dist.name} {point.dist.version}"


def _bluetooth(spec: str, rest: str, armed: Collection[Ability]) -> Link:
    said = FTMS.fullmatch(rest)
    if said is None:
        raise Unsupported(f"{spec!r} has no Bluetooth address: {ALLOWED}")
    from drivers.ftms.gate import gate
    from drivers.transports.ble import BleLink

    return BleLink(said["address"], said["adapter"], gate(armed))


def _uart(spec: str, rest: str, armed: Collection[Ability], tap: Tap | None) -> Link:
    port, _ = _port(spec, rest, UART_SPEED, tap, ())
    from drivers.ftms.gate import gate
    from drivers.ftms.uart.link import UartLink

    return UartLink(port, gate(armed))


def _csafe(
    spec: str,
    rest: str,
    now: Now,
    armed: Collection[Ability],
    record: Callable[[str], None] | None,
    incline: InclineRange | None,
    tap: Tap | None,
) -> Driver:
    from drivers.csafe.capability import ALLOWED as OPTIONS
    from drivers.csafe.capability import NAMES, capability_of
    from drivers.csafe.driver import armed_of, csafe_driver
    from drivers.csafe.gate import Seen, gate
    from drivers.transports.gated import StreamLink
    from drivers.transports.recording import record as recorded

    port, options = _port(spec, rest, CSAFE_SPEED, tap, NAMES)
    try:
        capability = capability_of(options)
    except ValueError as wrong:
        raise Unsupported(f"{spec!r}: {wrong}; a CSAFE console has {OPTIONS} (docs/csafe.md)") from wrong
    seen = Seen(now)
    link: Link = StreamLink(port, gate(armed_of(capability, armed), seen))
    if record:
        link = recorded(link, record, now, spec)
    where = (port.name, port.speed)
    return csafe_driver(link, seen=seen, where=where, capability=capability, armed=armed, incline=incline)


def _trackmaster(
    spec: str, now: Now, record: Callable[[str], None] | None, incline: InclineRange | None, tap: Tap | None
) -> Driver:
    from drivers.trackmaster.gate import Seen, gate
    from drivers.trackmaster.meaning import UNITS
    from drivers.trackmaster.raising import trackmaster_driver
    from drivers.trackmaster.variants import SPEED, VARIANTS
    from drivers.transports.gated import StreamLink
    from drivers.transports.recording import record as recorded

    kind, _, rest = spec.partition(":")
    port, options = _port(spec, rest, str(SPEED), tap, ("units",))
    unit = options.get("units", "mph" if kind == "woodway" else "")
    if unit not in UNITS:
        raise Unsupported(f"{spec!r} must say what its console shows: {kind}:{port.name}?units=mph, or units=kmh")
    seen = Seen(now)
    link: Link = StreamLink(port, gate(VARIANTS[kind], seen, raises=incline is not None))
    if record:
        link = recorded(link, record, now, spec)
    where = (port.name, port.speed)
    return trackmaster_driver(link, seen=seen, variant=VARIANTS[kind], unit=unit, where=where, incline=incline)


def _port(
    spec: str, rest: str, usual: str, tap: Tap | None, others: Collection[str]
) -> tuple["SerialPort", dict[str, str]]:
    """Return the port that rest names, and the options that are not the port's own, of those that may be."""
    said = SERIAL.fullmatch(rest)
    options = dict(option.split("=") for option in (said["options"] or "").split("&") if option) if said else {}
    speed = SPEEDS.get(options.pop("speed", usual))
    dtr, rts = (SWITCH.get(options.pop(line, "on")) for line in ("dtr", "rts"))
    if said is None or not options.keys() <= set(others) or speed is None or dtr is None or rts is None:
        raise Unsupported(f"{spec!r} names no serial port with a speed, dtr=on|off and rts=on|off: {ALLOWED}")
    from drivers.transports.serial import SerialPort
    from drivers.transports.stream import to_log

    return SerialPort(said["name"], speed, dtr=dtr, rts=rts, tap=tap or to_log), options


def _simulated(now: Now) -> Link:
    from drivers.simulated.link import SimulatedLink

    return SimulatedLink(None, now=now)


def _replay(file: str, now: Now, pace: float) -> tuple[Link, Now]:
    from drivers.transports.replay import ReplayLink

    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise Unsupported(f"the recording {file} cannot be read: {error}") from error
    link = ReplayLink(lines, pace, start=now())
    if link.spec.startswith(("csafe:", "trackmaster:", "woodway:")):
        what = "CSAFE" if link.spec.startswith("csafe:") else "Trackmaster or Woodway"
        raise Unsupported(f"the recording {file} is of a {what} console: it can be read, and not be played back")
    return link, now if pace else link.now
