"""Under-voltage, throttling and heat: the usual reasons why a Pi is slow, restarts, or spoils its card.

Sources: the kernel's rpi_volt hwmon driver (in0_lcrit_alarm), the Raspberry Pi firmware's get_throttled bits
(raspberrypi.com/documentation/computers/os.html, "get_throttled"), thermal_zone0 in 0.001 degrees Celsius.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from daemon.doctor.finding import Finding, bad, look, ok
from daemon.doctor.tool import told

UNDER_NOW, THROTTLED_NOW = 1 << 0, 1 << 1 | 1 << 2 | 1 << 3
UNDER_SINCE, THROTTLED_SINCE = UNDER_NOW << 16, THROTTLED_NOW << 16
FIRMWARE = "sys/devices/platform/soc/soc:firmware/get_throttled"
HOT = 80_000
SUPPLY = "use the power supply made for this Pi and a short cable; take other devices off its USB"
COOL = "give it air or a heat sink, and no place in the sun or behind a motor"


@dataclass(frozen=True, slots=True)
class Power:
    """What the board says; None is unknown. heat in 0.001 degrees Celsius."""

    alarm: bool | None = None
    bits: int | None = None
    heat: int | None = None


def seen(root: Path = Path("/")) -> Power:
    """Return what sysfs below root says; vcgencmd is asked only where the kernel does not tell."""
    alarm = _alarm(root)
    bits = _number(root / FIRMWARE, 16)
    if bits is None and root == Path("/"):
        bits = _bits(told("vcgencmd", "get_throttled"))
    return Power(alarm, bits, _number(root / "sys/class/thermal/thermal_zone0/temp"))


def judged(power: Power) -> Iterator[Finding]:
    """Yield what that means."""
    bits = power.bits or 0
    if power.alarm or bits & UNDER_NOW:
        yield bad("power", "the supply's voltage is too low now", SUPPLY)
    elif bits & UNDER_SINCE:
        yield look("power", "the supply's voltage was too low since the start", SUPPLY)
    elif power.alarm is None and power.bits is None:
        yield ok("power", "this board does not tell its voltage")
    else:
        yield ok("power", "no under-voltage")
    degrees = "" if power.heat is None else f"{power.heat / 1000:.0f} degrees Celsius"
    if bits & THROTTLED_NOW or (power.heat or 0) >= HOT:
        yield look("heat", f"the processor is slowed down or too hot{degrees and f' ({degrees})'}", COOL)
    elif bits & THROTTLED_SINCE:
        yield look("heat", "the processor was slowed down since the start", COOL)
    else:
        yield ok("heat", degrees or "this board does not tell its heat")


def _alarm(root: Path) -> bool | None:
    for folder in sorted((root / "sys/class/hwmon").glob("hwmon*")):
        if _text(folder / "name") == "rpi_volt":
            alarm = _number(folder / "in0_lcrit_alarm")
            return None if alarm is None else alarm > 0
    return None


def _bits(said: str | None) -> int | None:
    """Return the number in a line such as throttled=0x50005."""
    try:
        return int((said or "").partition("=")[2], 16)
    except ValueError:
        return None


def _number(path: Path, base: int = 10) -> int | None:
    try:
        return int(_text(path), base)
    except ValueError:
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
