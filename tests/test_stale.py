"""A value that nobody repeats grows old on its own: no reading comes to say so."""

from dataclasses import dataclass
from datetime import UTC, datetime

from daemon.policy import fresh_state
from daemon.policy.events import Tick
from daemon.policy.rules import FRESH_MS, Rules
from daemon.runner import Runner
from daemon.snapshot import Phase
from drivers.contract import Machine, Reading
from drivers.registry import make


@dataclass
class HandClock:
    """Goes on only by hand."""

    boot: str = "boot"
    at: int = 1_000

    def now(self) -> int:
        return self.at

    def wall(self) -> datetime:
        return datetime(2026, 6, 1, tzinfo=UTC)


async def test_a_silent_treadmill_is_told_as_unknown() -> None:
    clock = HandClock()
    runner = Runner(make("simulated:", now=clock.now), fresh_state("run", Rules(), clock.at), clock, lambda _: None)
    runner.hear(Machine(clock.at, "test"))
    runner.hear(Reading(clock.at, 600, 10))
    shown = runner.feed.latest
    assert (shown.speed, shown.incline) == (600, 10)
    clock.at += FRESH_MS + 1
    runner.submit(Tick(clock.at))
    assert (runner.feed.latest.speed, runner.feed.latest.incline) == (None, None)
    assert runner.feed.latest.phase is Phase.UNKNOWN
    assert runner.feed.latest.seq == shown.seq + 1
    seen = runner.feed.latest
    runner.submit(Tick(clock.at))
    assert runner.feed.latest is seen
