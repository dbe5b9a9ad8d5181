"""A treadmill's console with a CSAFE port: its state, and what it makes of a frame. It obeys all that the profile lets
it obey, a start and a speed among it: a driver's test partner must be able to be misused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

from drivers.simulated.build import Belt, Key
from drivers.simulated.csafe.codec import Broken, block, clock, measured
from drivers.simulated.csafe.profile import GRADE_COUNT, LIVE, METRES, SPEED_COUNT, STANDING, Profile, State
from drivers.simulated.treadmill import Treadmill

OK, REJECT, BAD = 0x00, 0x10, 0x20
FINISHED_MS: Final = 5_000
STEP_MS: Final = 100
GO: Final = {
    0x81: (frozenset(State), State.READY),
    0x82: (frozenset({*STANDING, State.FINISHED}), State.IDLE),
    0x83: (frozenset({State.IDLE}), State.HAVE_ID),
    0x85: (frozenset({State.IDLE, State.HAVE_ID, State.IN_USE, State.PAUSED}), State.IN_USE),
    0x86: (frozenset({State.IN_USE, State.PAUSED}), State.FINISHED),
    0x87: (frozenset({*STANDING, State.FINISHED}), State.READY),
}
"""Commands that change the state: from where, and to what."""
FOLLOWS: Final[Mapping[tuple[Belt, State], State]] = {
    **{(belt, State.PAUSED): State.IN_USE for belt in (Belt.STARTING, Belt.MOVING)},
    (Belt.PAUSED, State.IN_USE): State.PAUSED,
    **{(belt, State.MANUAL): State.IDLE for belt in (Belt.IDLE, Belt.SAFETY_OUT)},
    **{(belt, State.OFF_LINE): State.READY for belt in (Belt.IDLE, Belt.SAFETY_OUT)},
    **{
        (belt, state): State.FINISHED
        for belt in (Belt.STOPPING, Belt.SAFETY_OUT)
        for state in (State.IN_USE, State.PAUSED)
    },
}
"""The state that a belt brings about."""
FLIPS: Final = {State.IN_USE: State.PAUSED, State.PAUSED: State.IN_USE}
RUNNING: Final = frozenset({Belt.STARTING, Belt.MOVING})


@dataclass(frozen=True, slots=True)
class Written:
    """The contents of a frame that was more than a question."""

    at: int
    data: bytes


class Console:
    """One console; `at` is its clock in ms. `say` sends contents that nobody asked for."""

    controlled = False

    def __init__(self, profile: Profile, treadmill: Treadmill | None = None, *, at: int = 0) -> None:
        self.profile = profile
        self.treadmill = treadmill or Treadmill()
        self.at = at
        self.state = profile.at_power_on
        self.frames = 0
        self.writes: list[Written] = []
        self.say: Callable[[bytes], None] = lambda _contents: None
        self.tell: Callable[[int, str], None] = lambda _at, _text: None
        self.before_command: Callable[[bytes], None] = lambda _contents: None
        """Called with a command that has arrived and is not yet obeyed: the place for a race."""
        self._toggle = False
        self._previous = OK
        self._since = at  # when the state was entered

    @property
    def connected(self) -> bool:
        """Whether somebody has asked anything yet."""
        return self.frames > 0

    @property
    def due(self) -> int:
        """When the console looks at its belt next."""
        return self.at + STEP_MS

    def power_on(self) -> None:
        """Begin as after the mains switch."""
        self.state, self._toggle, self._previous, self._since = self.profile.at_power_on, False, OK, self.at
        self._volunteer()

    def cut_power(self) -> None:
        """Pull the mains plug."""
        self.treadmill.cut_power()

    def press(self, key: Key) -> bool:
        """Press one of the member's keys."""
        done = self.treadmill.press(key)
        self.tell(self.at, f"key {key.value}" + ("" if done else ", ignored"))
        self._follow()
        return done

    def enter_id(self) -> None:
        """Let a member type an id on an idle console."""
        if self.state is State.IDLE:
            self._enter(State.HAVE_ID)

    def advance_to(self, at: int) -> None:
        """Let time pass."""
        while self.at < at:
            step = min(STEP_MS, at - self.at)
            self.treadmill.advance(step)
            self.at += step
            self._follow()

    def heard(self, contents: bytes | Broken) -> bytes | None:
        """Take a frame's contents; return the answer's, None for silence."""
        self.frames += 1
        if self.profile.silent:
            return None
        if isinstance(contents, Broken):
            self._previous = BAD
            return None
        if not contents:
            return self._status()
        if any(code < 0x80 or code in GO or code == 0x88 for code in contents):
            self.writes.append(Written(self.at, contents))
            self.tell(self.at, f"got {contents.hex(' ')}")
            self.before_command(contents)
        values, rejected, quiet = self._run(contents)
        self._previous = REJECT if rejected else OK
        if not rejected:
            self._toggle ^= self.profile.toggles
        if (rejected and self.profile.rejects_silently) or (quiet and not values):
            return None
        return self._status() + values

    def _run(self, contents: bytes) -> tuple[bytes, bool, bool]:
        """Do one command after the other; return the values, whether one was rejected, whether one answers nothing."""
        values, rejected, quiet, at = b"", False, False, 0
        while at < len(contents):
            code = contents[at]
            if code >= 0x80:
                rejected |= code in GO and not self._go(code)
                values += self._value(code)
                at += 1
                continue
            end = at + 2 + (contents[at + 1] if at + 1 < len(contents) else 0)
            if self.state in self.profile.legal.get(code, ()) and end <= len(contents):
                self._set(code, contents[at + 2 : end])
                quiet |= code in self.profile.quiet_sets
                at = end
            else:
                rejected = True
                at = at + 1 if self.profile.reparses else end
        return values, rejected, quiet

    def _go(self, code: int) -> bool:
        legal, to = GO[code]
        if self.state not in legal:
            return False
        if code in (0x81, 0x86, 0x87):
            self.treadmill.stop()
        if code == 0x81:
            self._toggle = True  # accepted turns it, so that the answer says 0
        self._enter(to, told=False)
        return True

    def _set(self, code: int, data: bytes) -> None:
        mill, number = self.treadmill, int.from_bytes(data[:2], "little")
        if code == 0x20 and len(data) == 3:
            hours, minutes = data[0], data[1]
            mill.workout_ms = (60 if hours > 1 else min(119, hours * 60 + minutes)) * 60_000
        elif code == 0x25 and len(data) == 3:
            mill.set_speed(round(number * SPEED_COUNT.get(data[2], 1)))
        elif code == 0x28 and len(data) == 3:  # the unit's own meaning is not looked at, as in the one firmware known
            mill.set_incline(round(number * self._grade_count))

    @property
    def _grade_count(self) -> float:
        return float(self.profile.grade_count or GRADE_COUNT[self.profile.grade_unit])

    def _value(self, code: int) -> bytes:
        if code in LIVE and self.state in self.profile.withholds:
            return b""
        mill, p = self.treadmill, self.profile
        match code:
            case 0x91:
                return block(code, p.version)
            case 0x93:
                return block(code, (p.speed_unit < 0x20,))
            case 0x94:
                return block(code, p.serial)
            case 0xA0:
                ms = mill.remaining_ms if p.counts_down else mill.elapsed_ms
                return block(code, clock((ms or 0) // 1_000))
            case 0xA1:
                return block(code, measured(round(mill.distance / METRES[p.distance_unit]), p.distance_unit))
            case 0xA5:
                return block(code, measured(round(mill.speed / SPEED_COUNT[p.speed_unit]), p.speed_unit))
            case 0xA8:
                return block(code, measured(round(mill.incline / self._grade_count), p.grade_unit))
            case _:
                return b""

    def _status(self) -> bytes:
        return bytes([self._toggle << 7 | self._previous | self.state])

    def _follow(self) -> None:
        """Let the state follow the belt."""
        belt, started = self.treadmill.belt, self.profile.started.get(self.state)
        if belt in RUNNING and started is not None:
            self._enter(started)
        elif (follows := FOLLOWS.get((belt, self.state))) is not None:
            self._enter(follows)
        elif belt is Belt.IDLE and self.at - self._since >= self._lasts():
            self._enter(FLIPS.get(self.state, self.profile.at_power_on))

    def _lasts(self) -> float:
        """Return how long this state lasts while the belt stands, ms."""
        if self.state in FLIPS:
            return self.profile.flips_ms or inf
        return FINISHED_MS if self.state is State.FINISHED else inf

    def _enter(self, state: State, *, told: bool = True) -> None:
        if state is not self.state:
            self.state, self._since = state, self.at
            self.tell(self.at, f"state {state.name.lower()}")
            if told:
                self._volunteer()

    def _volunteer(self) -> None:
        if self.profile.volunteers and not self.profile.silent:
            self.say(self._status())
