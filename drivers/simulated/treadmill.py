"""A treadmill's physics, pure and in whole numbers: keys and wishes change targets, belt and deck follow on ramps.

Speed 0.01 km/h, incline 0.1 %, time ms, distance m. The same keys at the same times always give the same run,
however the time is cut: it passes in ticks of TICK_MS, and what is left over is owed to the next `advance`.
"""

from dataclasses import dataclass, field

from drivers.simulated.build import INTERVALS, Belt, Build, Key, Phase, Segment, next_on_grid, on_grid

TICK_MS = 10
FINE = 1_000
"""Belt and deck are kept this much finer than the wire, so that a ramp per second is a whole number per ms."""
METRE = 360_000 * FINE
"""1 m in fine speed x ms: 1 km/h is 100 of the wire's units and 1 m in 3600 ms."""
COOL_DOWN_MS = 120_000
COOL_DOWN_SPEED = 400


def towards(value: int, goal: int, most: int) -> int:
    """Return value moved towards goal by at most `most`."""
    return min(value + most, goal) if value < goal else max(value - most, goal)


@dataclass(slots=True)
class Treadmill:
    """One machine; the methods that ask for something return False when the machine ignores it."""

    build: Build = field(default_factory=Build)
    belt: Belt = Belt.IDLE
    speed_target: int = 0
    incline_target: int = 0
    elapsed_ms: int = 0
    workout_ms: int | None = None  # the console's workout time, where set
    programme: tuple[Segment, ...] = ()
    cooling: bool = False
    _speed: int = 0  # fine
    _incline: int = 0  # fine
    _way: int = 0  # fine speed x ms
    _countdown: int = 0
    _segment: Segment | None = None
    _owed: int = 0  # ms

    @property
    def speed(self) -> int:
        """Speed of the belt now, 0.01 km/h."""
        return self._speed // FINE

    @property
    def incline(self) -> int:
        """Incline of the deck now, 0.1 %, to the nearest."""
        return (self._incline + FINE // 2) // FINE

    @property
    def distance(self) -> int:
        """Way of the belt in this workout, m."""
        return self._way // METRE

    @property
    def remaining_ms(self) -> int | None:
        """Time left of the console's workout."""
        return None if self.workout_ms is None else max(0, self.workout_ms - self.elapsed_ms)

    @property
    def phase(self) -> Phase:
        """What the console calls this."""
        if self.belt is Belt.STARTING:
            return Phase.PRE
        if self.belt is Belt.STOPPING:
            return Phase.POST
        if self.belt in (Belt.IDLE, Belt.SAFETY_OUT):
            return Phase.IDLE
        if self.cooling:
            return Phase.COOL_DOWN
        return self._segment.phase if self._segment else Phase.MANUAL

    def advance(self, ms: int) -> None:
        """Let ms >= 0 pass."""
        if ms < 0:
            raise ValueError(f"time cannot pass backwards: {ms} ms")
        ticks, self._owed = divmod(self._owed + ms, TICK_MS)
        for _ in range(ticks):
            if self._at_rest():
                return
            self._tick()

    def press(self, key: Key) -> bool:
        """Press one of the member's keys; a target changes at once, belt and deck follow."""
        match key:
            case Key.START | Key.RESUME:
                return self.start()
            case Key.STOP:
                return self.stop()
            case Key.PAUSE:
                return self.pause()
            case Key.SPEED_UP | Key.SPEED_DOWN:
                b, up = self.build, key is Key.SPEED_UP
                return self.set_speed(next_on_grid(self.speed_target, b.speed_least, b.speed_step, up=up))
            case Key.INCLINE_UP | Key.INCLINE_DOWN:
                b, up = self.build, key is Key.INCLINE_UP
                return self.set_incline(next_on_grid(self.incline_target, b.incline_least, b.incline_step, up=up))
            case Key.SAFETY_OUT | Key.SAFETY_IN:
                return self._safety(out=key is Key.SAFETY_OUT)
            case Key.PROGRAMME:
                return self._begin(INTERVALS)
            case Key.COOL_DOWN:
                return self._cool_down()

    def start(self) -> bool:
        """Begin a workout from idle, or resume a paused one at its former speed."""
        if self.belt is Belt.PAUSED:
            self.belt = Belt.MOVING
            return True
        return self._begin(())

    def stop(self) -> bool:
        """End the workout; distance and time stay until the next start."""
        if self.belt not in (Belt.STARTING, Belt.MOVING, Belt.PAUSED):
            return False
        self.belt, self.speed_target, self.workout_ms = Belt.STOPPING, 0, None
        self.programme, self._segment, self.cooling = (), None, False
        return True

    def pause(self) -> bool:
        """Slow to a stand; the workout goes on with start."""
        if self.belt is not Belt.MOVING:
            return False
        self.belt = Belt.PAUSED
        return True

    def set_speed(self, target: int) -> bool:
        """Set the belt's target; only a moving belt takes one."""
        b = self.build
        if self.belt is not Belt.MOVING or not on_grid(target, b.speed_least, b.speed_most, b.speed_step):
            return False
        self.speed_target = target
        return True

    def set_incline(self, target: int) -> bool:
        """Set the deck's target."""
        b = self.build
        if self.belt is Belt.SAFETY_OUT or not on_grid(target, b.incline_least, b.incline_most, b.incline_step):
            return False
        self.incline_target = target
        return True

    def set_workout(self, ms: int) -> bool:
        """Set the console's workout time; when it is over the belt stops."""
        if ms <= self.elapsed_ms or self.belt is Belt.SAFETY_OUT:
            return False
        self.workout_ms = ms
        return True

    def reset(self) -> None:
        """Set all targets and counters to their defaults (FTMS 4.16.2.2); a moving belt stops, the deck goes down."""
        self.stop()
        self.incline_target = max(0, self.build.incline_least)
        self.elapsed_ms = self._way = 0
        self.workout_ms = None

    def cut_power(self) -> None:
        """Pull the mains plug: the belt stops hard, what the console counted is gone, the deck stays where it is."""
        self.reset()
        self.belt, self._speed = Belt.IDLE, 0
        self.incline_target = self.incline

    def place(self, *, speed: int | None = None, incline: int | None = None) -> None:
        """Set the scene at once, without a ramp: a belt at this speed (0: idle), a deck at this incline."""
        b = self.build
        if speed and not on_grid(speed, b.speed_least, b.speed_most, b.speed_step):
            raise ValueError(f"speed {speed} is not one of {b.speed_least}..{b.speed_most} in steps of {b.speed_step}")
        if incline is not None and not on_grid(incline, b.incline_least, b.incline_most, b.incline_step):
            raise ValueError(
                f"incline {incline} is not one of {b.incline_least}..{b.incline_most} in steps of {b.incline_step}"
            )
        if speed is not None:
            self.belt = Belt.MOVING if speed else Belt.IDLE
            self.speed_target, self._speed = speed, speed * FINE
        if incline is not None:
            self.incline_target, self._incline = incline, incline * FINE

    def _begin(self, programme: tuple[Segment, ...]) -> bool:
        if self.belt is not Belt.IDLE:
            return False
        self.belt, self._countdown = Belt.STARTING, self.build.countdown_ms
        self.elapsed_ms = self._way = 0
        self.speed_target, self.programme = self.build.start_speed, programme
        return True

    def _safety(self, *, out: bool) -> bool:
        if out == (self.belt is Belt.SAFETY_OUT):
            return False
        if out:
            self.stop()
            self.incline_target = self.incline
            self.belt = Belt.SAFETY_OUT
        else:
            self.belt = Belt.STOPPING if self._speed else Belt.IDLE
        return True

    def _cool_down(self) -> bool:
        if self.belt is not Belt.MOVING or self.cooling:
            return False
        self.cooling, self.programme, self._segment = True, (), None
        self.speed_target = min(self.speed_target, COOL_DOWN_SPEED)
        self.workout_ms = self.elapsed_ms + COOL_DOWN_MS
        return True

    def _at_rest(self) -> bool:
        still = self.belt in (Belt.IDLE, Belt.PAUSED, Belt.SAFETY_OUT) and self._speed == 0
        return still and (self._incline == self.incline_target * FINE or not self._lift_runs())

    def _tick(self) -> None:
        match self.belt:
            case Belt.STARTING:
                self._countdown -= TICK_MS
                if self._countdown <= 0:
                    self.belt = Belt.MOVING
            case Belt.MOVING:
                self.elapsed_ms += TICK_MS
                self._follow_programme()
                if self.remaining_ms == 0:
                    self.stop()
            case Belt.STOPPING if self._speed == 0:
                self.belt = Belt.IDLE
        self._speed = towards(self._speed, self._speed_goal() * FINE, self._speed_ramp() * TICK_MS)
        self._way += self._speed * TICK_MS
        if self._lift_runs():
            self._incline = towards(self._incline, self.incline_target * FINE, self.build.lift_ramp * TICK_MS)

    def _speed_goal(self) -> int:
        return self.speed_target if self.belt is Belt.MOVING else 0

    def _speed_ramp(self) -> int:
        if self.belt is Belt.SAFETY_OUT:
            return self.build.safety_ramp
        return self.build.belt_ramp if self.belt is Belt.MOVING else self.build.stop_ramp

    def _lift_runs(self) -> bool:
        return not self.build.lift_needs_belt or self._speed > 0

    def _follow_programme(self) -> None:
        if not self.programme:
            return
        at = self.elapsed_ms % sum(s.ms for s in self.programme)
        for segment in self.programme:
            if at < segment.ms:
                break
            at -= segment.ms
        else:
            return
        if segment is not self._segment:
            self._segment, self.speed_target, self.incline_target = segment, segment.speed, segment.incline
