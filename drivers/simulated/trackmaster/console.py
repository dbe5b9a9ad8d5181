"""A machine of the family A0 to DF: what it makes of a command. It obeys all that it knows, a start and a speed among
it: a driver's test partner must be able to be misused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.simulated.build import Belt, Key
from drivers.simulated.trackmaster.codec import ILLEGAL, OUT_OF_RANGE, digits, value_of
from drivers.simulated.trackmaster.profile import Profile
from drivers.simulated.treadmill import Treadmill

STEP_MS: Final = 100
SILENCE_MS: Final = 500
"""A watched belt stops when nothing has arrived for so long."""
RUNNING: Final = frozenset({Belt.STARTING, Belt.MOVING, Belt.PAUSED})
STOPPED, WATCHED, STARTED = b"1", b"2", b"3"


@dataclass(frozen=True, slots=True)
class Written:
    """A command that was more than a question."""

    at: int
    data: bytes


class Console:
    """One machine; `at` is its clock in ms."""

    controlled = False

    def __init__(self, profile: Profile, treadmill: Treadmill | None = None, *, at: int = 0) -> None:
        self.profile = profile
        self.treadmill = treadmill or Treadmill()
        self.at = at
        self.watched = False
        self.heard_at = at
        self.questions = 0
        self.writes: list[Written] = []
        self.tell: Callable[[int, str], None] = lambda _at, _text: None
        self.before_command: Callable[[bytes], None] = lambda _command: None
        """Called with a command that has arrived and is not yet obeyed: the place for a race."""
        self.refuses = False
        """It answers each elevation with BE."""

    @property
    def connected(self) -> bool:
        """Whether somebody has asked anything yet."""
        return self.questions > 0

    @property
    def due(self) -> int:
        """When the machine looks at its belt next."""
        return self.at + STEP_MS

    def power_on(self) -> None:
        """Begin as after the mains switch."""
        self.watched, self.heard_at = False, self.at

    def cut_power(self) -> None:
        """Pull the mains plug."""
        self.treadmill.cut_power()
        self.watched = False

    def press(self, key: Key) -> bool:
        """Press one of the member's keys."""
        done = self.treadmill.press(key)
        self.tell(self.at, f"key {key.value}" + ("" if done else ", ignored"))
        if done and key in (Key.START, Key.PROGRAMME):
            self.watched, self.heard_at = self.profile.keys_watched, self.at
        return done

    def advance_to(self, at: int) -> None:
        """Let time pass; a watched belt stops in silence."""
        while self.at < at:
            step = min(STEP_MS, at - self.at)
            self.treadmill.advance(step)
            self.at += step
            if self.watched and self.at - self.heard_at >= SILENCE_MS:
                self._auto_stop()
                self.tell(self.at, "nothing was heard: the belt stops")

    def heard(self, command: bytes) -> bytes:
        """Take a whole command; return the answer."""
        self.heard_at = self.at
        code = command[0]
        if code not in self.profile.data:
            return ILLEGAL
        if code >= 0xC0:
            self.questions += 1
            value = self._value(code)
            return bytes([code + 0x10]) + value if value is not None else ILLEGAL
        self.writes.append(Written(self.at, command))
        self.tell(self.at, f"got {command.hex(' ')}")
        self.before_command(command)
        return bytes([code + 0x10]) if self._obey(code, command[1:]) else OUT_OF_RANGE

    def _obey(self, code: int, data: bytes) -> bool:
        mill, value = self.treadmill, value_of(data)
        if code in self.profile.starts:
            self.watched = self.profile.starts[code]
            mill.start()
            return True
        match code:
            case 0xA2:
                mill.stop()
            case 0xAA:
                self._auto_stop()
            case 0xA3:
                return value is not None and mill.set_speed(round(value * self.profile.speed_count / 10) * 10)
            case 0xA4:
                return value is not None and value % 5 == 0 and not self.refuses and mill.set_incline(value)
        return value is not None

    def _auto_stop(self) -> None:
        self.treadmill.stop()
        self.treadmill.incline_target = max(0, self.treadmill.build.incline_least)
        self.watched = False

    def _value(self, code: int) -> bytes | None:
        mill, p = self.treadmill, self.profile
        direction = "0" if p.directed else ""
        match code:
            case 0xC0:
                return (WATCHED if self.watched else STARTED) if mill.belt in RUNNING else STOPPED
            case 0xC1:
                return digits(round(mill.speed / p.speed_count), direction)
            case 0xC2:
                return digits(mill.incline)
            case 0xC3:
                return p.firmware or digits(round(mill.speed_target / p.speed_count))
            case 0xC4:
                return digits(mill.incline_target)
            case _:
                return digits(0)
