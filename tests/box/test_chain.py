"""The whole chain with the real parts: core, runner, driver, bleak, D-Bus, bluetoothd, kernel, radio, treadmill.

The rules are the shortest legal ones; a stand-in for the screen confirms what it should draw.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from daemon.clock import system_clock
from daemon.policy import fresh_state
from daemon.policy.events import Confirmed, Happened, Spent
from daemon.policy.lease import digit
from daemon.policy.rules import Mode, Rules
from daemon.policy.state import Kind, Link
from daemon.runner import Runner
from daemon.snapshot import Phase
from drivers.contract import Reading, Said
from drivers.ftms.scan import scan
from drivers.registry import make
from tests.box.radio import Radio

pytestmark = [pytest.mark.chain, pytest.mark.timeout(420)]

RULES = Rules(mode=Mode.ENFORCE, warm_up_ms=0, nudge_after_ms=60_000, quiet_ms=30_000, link_hold_ms=30_000)


@dataclass
class House:
    """The runner on the real link, all that it told, and a screen."""

    runner: Runner
    told: list[Spent | Happened]
    readings: list[Reading] = field(default_factory=list)

    async def until(self, wanted: Callable[[], bool], limit: float) -> None:
        """Wait until wanted, looking at each change."""
        news = asyncio.Event()
        with self.runner.feed.subscribe(news.set, depth=1) as reader:
            async with asyncio.timeout(limit):
                while not wanted():
                    await news.wait()
                    reader.take()
                    news.clear()

    def results(self) -> list[object]:
        """Return how raises ended."""
        told = [h for h in self.told if isinstance(h, Happened) and h.kind == "command"]
        return [dict(h.data)["result"] for h in told]

    def shows(self, kind: Kind) -> bool:
        """Tell what is on the screen."""
        prompt = self.runner.state.prompt
        return prompt is not None and prompt.kind is kind

    async def screen(self) -> None:
        """Confirm, as the page does, what is to be drawn."""
        while True:
            at, prompt = time.monotonic_ns() // 1_000_000, self.runner.state.prompt
            self.runner.submit(Confirmed(at, "kiosk", prompt.id if prompt else 0, digit(prompt, at) if prompt else 0))
            await asyncio.sleep(0.4)


@contextlib.asynccontextmanager
async def house(treadmill: Radio, rules: Rules = RULES) -> AsyncIterator[House]:
    clock = system_clock()
    told: list[Spent | Happened] = []
    driver = make(f"ftms:{treadmill.address}", now=clock.now)
    runner = Runner(driver, fresh_state("chain", rules, clock.now()), clock, told.append)
    living = House(runner, told)
    hear = runner.hear

    def count(said: Said) -> None:
        if isinstance(said, Reading):
            living.readings.append(said)
        hear(said)

    runner.hear = count  # type: ignore[method-assign]  # the same, and counted
    async with asyncio.TaskGroup() as tasks:
        parts = [tasks.create_task(runner.run()), tasks.create_task(living.screen())]
        try:
            yield living
        finally:
            for part in parts:
                part.cancel()


async def test_a_flat_belt_is_nudged_raised_and_the_members_key_wins(treadmill: Radio) -> None:
    await treadmill.ask("set", v={"speed": 600, "incline": 0, "profile": "normal"})
    before = (await treadmill.ask("status"))["writes"]
    found = await scan(5)
    assert treadmill.address in [one.address for one in found]

    async with house(treadmill) as living:
        runner = living.runner
        await living.until(lambda: runner.feed.latest.phase is Phase.RUNNING, 30)
        assert (await treadmill.ask("status"))["writes"] == before, "connecting wrote to the control point"

        await living.until(lambda: living.shows(Kind.COUNTDOWN), 90)
        await living.until(lambda: living.shows(Kind.RAISING), 30)
        await living.until(lambda: living.results() == ["done"], 40)
        machine = await treadmill.ask("status")
        assert machine["writes"][len(before) :] == ["00", "030500", "030a00"]
        assert machine["incline"] == 10

        await treadmill.ask("key", key="-incline")
        await living.until(lambda: "lowered_after" in living.results(), 20)
        assert runner.state.session is not None
        assert runner.state.session.raising_over
        assert (await treadmill.ask("status"))["writes"][len(before) :] == ["00", "030500", "030a00"]


async def test_twenty_hang_ups_and_a_pulled_plug_leave_no_doubled_notification(treadmill: Radio) -> None:
    await treadmill.ask("set", v={"speed": 600, "incline": 0, "profile": "normal"})
    async with house(treadmill) as living:
        runner = living.runner
        up = lambda: runner.feed.latest.link is Link.UP and runner.feed.latest.speed is not None  # noqa: E731
        await living.until(up, 30)
        for _ in range(20):
            await treadmill.ask("hangup")
            await living.until(lambda: runner.feed.latest.link is Link.DOWN, 15)
            await living.until(up, 30)
        await treadmill.ask("off", radio_only=True)
        try:
            await living.until(lambda: runner.feed.latest.link is Link.DOWN, 20)
            assert runner.feed.latest.speed is None, "a stale number is shown"
        finally:
            await treadmill.ask("on")
        await living.until(up, 60)
        living.readings.clear()
        await living.until(lambda: len(living.readings) >= 16, 30)
    a_second = Counter(reading.elapsed for reading in living.readings)
    assert max(a_second.values()) <= 5, f"four records a second were told {max(a_second.values())} times"
