"""The whole daemon on a Trackmaster: a raise that the member asks for, their key, and a belt that stops in silence."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, override

from daemon.house import build
from daemon.policy.events import Answer, Answered, Tick
from daemon.runner import Errand
from daemon.settings import parse
from drivers.contract import InclineRange
from drivers.simulated.build import Belt, Key
from drivers.simulated.trackmaster.console import Console
from drivers.simulated.trackmaster.profile import KMH, WATCHED, Profile
from drivers.simulated.trackmaster.serial import SerialTrackmaster
from drivers.trackmaster.driver import Times
from drivers.trackmaster.gate import Seen, gate
from drivers.trackmaster.raising import trackmaster_driver
from drivers.trackmaster.variants import TRACKMASTER
from drivers.transports.gated import StreamLink
from drivers.transports.serial import SerialPort
from tests.house.fixtures import HandClock, Living, alive, settled, table
from tests.house.test_house import DUE_MS, port

__all__ = ["port"]
STEP_MS = 1_000
"""At most: a screen that confirms once a second keeps its lease."""


class OnALine(Living[Any]):
    """A daemon at a Trackmaster; each step of the clock has two polls at least."""

    answers = 0

    @override
    async def pass_time(self, ms: int) -> None:
        for step in [STEP_MS] * (ms // STEP_MS) + [ms % STEP_MS] * (ms % STEP_MS > 0):
            self.clock.at += step
            self.link.catch_up()
            before = self.answers
            async with asyncio.timeout(10):
                while self.answers < before + 10 and not self.given_up():  # noqa: ASYNC110, bytes on a pty
                    await asyncio.sleep(0)
            if self.screen:
                self.confirm()
            self.house.runner.submit(Tick(self.clock.now()))
            await settled()

    def given_up(self) -> bool:
        return self.house.runner._errand is Errand.GIVEN_UP

    async def asked_to_raise(self) -> None:
        """Walk flat until the screen asks, and let the member press Raise."""
        self.link.server.press(Key.START)
        self.link.server.treadmill.place(speed=600, incline=0)
        for _ in range(DUE_MS // STEP_MS):
            if (prompt := self.house.runner.state.prompt) is not None and prompt.can_raise:
                break
            await self.pass_time(STEP_MS)
        prompt = self.house.runner.state.prompt
        assert prompt is not None
        self.house.runner.submit(Answered(self.clock.now(), prompt.id, Answer.RAISE))


@contextlib.asynccontextmanager
async def at_a_trackmaster(folder: Path, web: int, profile: Profile = KMH) -> AsyncIterator[OnALine]:
    clock, name = HandClock(), folder / "mill"
    far = SerialTrackmaster(Console(profile, at=clock.now()), now=clock.now, link=name, by_hand=True)
    late: list[OnALine] = []

    def tap(way: str, _data: bytes) -> None:
        if way == "<" and late:
            late[0].answers += 1

    seen = Seen(clock.now)
    link = StreamLink(SerialPort(str(name), 4_800, tap=tap), gate(TRACKMASTER, seen, raises=True))
    driver = trackmaster_driver(
        link,
        seen=seen,
        variant=TRACKMASTER,
        unit="kmh",
        where=(str(name), 4_800),
        incline=InclineRange(0, 150, 5),
        times=Times(poll=0),
    )
    settings = parse(table(folder, web, mode="assist", driver=f"trackmaster:{name}?units=kmh"), "test")
    living = OnALine(build(settings, clock, driver), clock, far)
    late.append(living)
    await far.power_on()
    try:
        async with alive(living):
            yield living
    finally:
        far.line.unplug()


async def test_a_raise_that_the_member_asks_for_goes_in_half_percents_and_is_seen_to_arrive(
    tmp_path: Path, port: int
) -> None:
    async with at_a_trackmaster(tmp_path, port) as living:
        await living.asked_to_raise()
        await living.until(lambda: living.results() != [], 90_000)
        assert living.results() == ["done"]
        assert living.writes == ["a430303035", "a430303130"]
        assert living.link.server.treadmill.incline == 10


async def test_the_members_key_ends_a_raise_and_nothing_more_is_sent(tmp_path: Path, port: int) -> None:
    async with at_a_trackmaster(tmp_path, port) as living:
        await living.asked_to_raise()
        await living.until(lambda: living.writes != [], 30_000)
        await living.until(lambda: (gauge := living.house.runner.state.incline) is not None and gauge.value > 0, 5_000)
        living.link.server.press(Key.INCLINE_DOWN)
        await living.pass_time(60_000)
        assert living.results()[0] == "member"
        assert living.writes == ["a430303035"]


async def test_a_belt_that_stops_in_silence_is_left_alone_and_staff_read_why(tmp_path: Path, port: int) -> None:
    async with at_a_trackmaster(tmp_path, port, WATCHED) as living:
        living.link.server.press(Key.START)
        await living.until(living.given_up, 5_000)
        asked = living.link.server.questions
        await living.pass_time(120_000)
        assert living.link.server.questions == asked
        assert living.link.server.treadmill.belt is Belt.IDLE
        word = living.house.health().checks["treadmill"]
        assert "stops when the program at its serial port falls silent" in word
        assert "restart inclined" in word
        assert living.house.runner.alive()  # the watchdog must not restart what has stopped for good
        assert living.writes == []
