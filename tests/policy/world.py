"""A small world around the core for tests: a machine that obeys, a member, a screen; time is an integer."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from daemon.policy import fresh_state, step
from daemon.policy.events import (
    Answer,
    Answered,
    Confirmed,
    Effect,
    Event,
    Outcome,
    RaiseIncline,
    RequestControl,
    Result,
    Tick,
)
from daemon.policy.lease import digit
from daemon.policy.rules import Mode, Rules
from daemon.policy.state import State
from drivers.contract import Ability, InclineRange, Machine, Reading, Training

RANGE = InclineRange(0, 150, 5)
PERIOD = 250


@dataclass
class World:
    """Runs the core against a belt whose deck follows what it is asked, one sample each 250 ms."""

    mode: Mode = Mode.ENFORCE
    speed: int = 600
    incline: int = 0
    target: int = 0
    training: Training = Training.MANUAL
    range: InclineRange | None = RANGE
    screen: bool = True
    obeys: bool = True
    at: int = 0
    distance: int = 0
    state: State = field(init=False)
    effects: list[tuple[int, Effect]] = field(default_factory=list)
    trace: list[Event] = field(default_factory=list)
    rules: Rules | None = None
    """In place of the usual ones of `mode`."""

    def __post_init__(self) -> None:
        self.state = fresh_state("run", self.rules or Rules(mode=self.mode), 0)

    def tell(self, event: Event) -> list[Effect]:
        self.trace.append(event)
        self.state, effects = step(self.state, event)
        self.effects += [(self.at, e) for e in effects]
        for effect in effects:
            self._obey(effect)
        return list(effects)

    def _obey(self, effect: Effect) -> None:
        if isinstance(effect, RequestControl | RaiseIncline):
            if isinstance(effect, RaiseIncline) and self.obeys:
                self.target = effect.target
            self.tell(Outcome(self.at, effect.id, Result.ACCEPTED))

    def connect(self) -> None:
        abilities = frozenset({Ability.RAISE_INCLINE})
        self.tell(Machine(self.at, "test", incline=self.range, abilities=abilities, tells_training=True))

    def run(self, ms: int) -> Iterator[int]:
        """Advance in samples; yields after each so that a test can do something in between."""
        for _ in range(ms // PERIOD):
            self.at += PERIOD
            self.incline += (self.target > self.incline) - (self.target < self.incline)
            self.tell(Reading(self.at, self.speed, self.incline, elapsed=self.at // 1000, training=self.training))
            if self.screen:
                self.confirm()
            self.tell(Tick(self.at))
            yield self.at

    def confirm(self) -> None:
        prompt = self.state.prompt
        shown = digit(prompt, self.at) if prompt else 0
        self.tell(Confirmed(self.at, "kiosk", prompt.id if prompt else 0, shown))

    def pass_time(self, ms: int) -> None:
        for _ in self.run(ms):
            pass

    def answer(self, key: Answer) -> None:
        assert self.state.prompt is not None
        self.tell(Answered(self.at, self.state.prompt.id, key))

    def of[E: Effect](self, kind: type[E]) -> list[tuple[int, E]]:
        return [(at, e) for at, e in self.effects if isinstance(e, kind)]
