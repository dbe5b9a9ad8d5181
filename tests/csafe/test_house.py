"""The whole daemon on a CSAFE console: what the policy makes of a machine that says little, and of one that says all.

A console whose toggle never turns is heard 150 ms later each time, so the last one stands for those that tell all.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from datetime import date
from pathlib import Path
from typing import Any, override

import pytest

from daemon.house import build
from daemon.policy.events import Answer, Answered, Tick
from daemon.policy.state import Kind, Link
from daemon.settings import parse
from daemon.snapshot import Phase
from drivers.contract import Ability, InclineRange
from drivers.csafe.capability import Capability
from drivers.csafe.driver import armed_of, csafe_driver
from drivers.csafe.gate import Seen, gate
from drivers.simulated.build import Key
from drivers.simulated.csafe.console import Console
from drivers.simulated.csafe.profile import PROFILES
from drivers.simulated.csafe.serial import SerialConsole
from drivers.transports.gated import StreamLink
from drivers.transports.serial import SerialPort
from tests.house.fixtures import HandClock, Living, alive, settled, table
from tests.house.test_house import DUE_MS, port

__all__ = ["port"]
STEP_MS = 250


class OnCsafe(Living[Any]):
    """A daemon at a console; each step of the clock has one poll, and waits until it was heard."""

    polls = 0

    @override
    async def pass_time(self, ms: int) -> None:
        for _ in range(ms // STEP_MS):
            self.clock.at += STEP_MS
            self.link.catch_up()
            before = self.polls
            async with asyncio.timeout(10):
                while self.polls < before + 2:  # noqa: ASYNC110, bytes on a pty come with no event of ours
                    await asyncio.sleep(0)
            if self.screen:
                self.confirm()
            self.house.runner.submit(Tick(self.clock.now()))
            await settled()


@contextlib.asynccontextmanager
async def at_a_console(
    folder: Path, web: int, profile: str, mode: str, armed: Collection[Ability] = (), **machine: Any
) -> AsyncIterator[OnCsafe]:
    clock, name = HandClock(), folder / "console"
    far = SerialConsole(Console(PROFILES[profile], at=clock.now()), now=clock.now, link=name, by_hand=True)
    able = Capability(raises=Ability.RAISE_INCLINE in armed)
    seen = Seen(clock.now)
    late: list[OnCsafe] = []

    def tap(way: str, _data: bytes) -> None:
        if way == "<" and late:
            late[0].polls += 1

    link = StreamLink(SerialPort(str(name), 9_600, tap=tap), gate(armed_of(able, armed), seen))
    driver = csafe_driver(
        link,
        seen=seen,
        where=(str(name), 9_600),
        capability=able,
        armed=armed,
        incline=InclineRange(0, 150, 5),
        poll_s=0,
    )
    configuration = table(folder, web, mode=mode, driver=f"csafe:{name}", **machine)
    if Ability.WORKOUT_TIME in armed:
        configuration["policy"]["limit_when"] = "always"
        configuration["proved"]["workout_time"] = date(2026, 3, 1)
    living = OnCsafe(build(parse(configuration, "test"), clock, driver), clock, far)
    late.append(living)
    await far.power_on()
    try:
        async with alive(living):
            yield living
    finally:
        far.line.unplug()


def walk(living: OnCsafe) -> None:
    living.link.server.press(Key.START)
    living.link.server.treadmill.place(speed=600, incline=0)


async def test_a_machine_without_a_speed_in_use_is_unknown_and_nothing_is_done(tmp_path: Path, port: int) -> None:
    async with at_a_console(tmp_path, port, "matrix", "nudge") as living:
        assert living.house.runner.feed.latest.phase is Phase.IDLE
        walk(living)
        await living.pass_time(10_000)
        seen = living.house.runner.feed.latest
        assert (seen.link, seen.phase, seen.speed, seen.session) == (Link.UP, Phase.UNKNOWN, None, None)
        await living.pass_time(DUE_MS // 4)
        assert living.house.runner.state.prompt is None
        assert living.link.server.writes == []


async def test_a_machine_that_tells_all_is_nudged(tmp_path: Path, port: int) -> None:
    async with at_a_console(tmp_path, port, "permissive", "nudge") as living:
        walk(living)
        await living.until(lambda: (p := living.house.runner.state.prompt) is not None and p.kind is Kind.NUDGE, DUE_MS)
        assert living.house.runner.feed.latest.session is not None
        assert living.link.server.writes == []


@pytest.mark.parametrize("mode", ["assist", "enforce"])
async def test_nothing_rises_by_itself_on_a_machine_that_tells_no_training(
    tmp_path: Path, port: int, mode: str
) -> None:
    async with at_a_console(tmp_path, port, "permissive", mode, [Ability.RAISE_INCLINE]) as living:
        walk(living)
        await living.until(lambda: (p := living.house.runner.state.prompt) is not None and p.kind is Kind.NUDGE, DUE_MS)
        await living.pass_time(40_000)
        assert living.link.server.writes == []


async def test_a_raise_that_the_member_asks_for_goes_in_small_steps_and_is_seen_to_arrive(
    tmp_path: Path, port: int
) -> None:
    async with at_a_console(tmp_path, port, "permissive", "assist", [Ability.RAISE_INCLINE]) as living:
        walk(living)
        await living.until(lambda: (p := living.house.runner.state.prompt) is not None and p.can_raise, DUE_MS)
        prompt = living.house.runner.state.prompt
        assert prompt is not None
        living.house.runner.submit(Answered(living.clock.now(), prompt.id, Answer.RAISE))
        await living.until(lambda: living.results() != [], 90_000)
        assert living.results() == ["done"]
        assert living.writes == ["280305004c", "28030a004c"]
        assert living.link.server.treadmill.incline == 10


async def test_the_members_key_ends_a_raise_and_nothing_more_is_sent(tmp_path: Path, port: int) -> None:
    async with at_a_console(tmp_path, port, "permissive", "assist", [Ability.RAISE_INCLINE]) as living:
        walk(living)
        await living.until(lambda: (p := living.house.runner.state.prompt) is not None and p.can_raise, DUE_MS)
        prompt = living.house.runner.state.prompt
        assert prompt is not None
        living.house.runner.submit(Answered(living.clock.now(), prompt.id, Answer.RAISE))
        await living.until(lambda: living.writes != [], 30_000)
        await living.pass_time(1_000)  # CSAFE tells no key of the incline: it is seen by the deck that turns round
        living.link.server.press(Key.INCLINE_DOWN)
        await living.pass_time(60_000)
        assert living.results()[0] == "member"
        assert living.writes == ["280305004c"]


async def test_a_workout_time_is_set_once_on_an_idle_console_and_the_link_is_made_anew(
    tmp_path: Path, port: int
) -> None:
    armed = [Ability.WORKOUT_TIME]
    async with at_a_console(tmp_path, port, "permissive", "nudge", armed, limit_action="machine") as living:
        await living.until(lambda: living.writes != [], 120_000)
        await living.shown(lambda: living.results() != [])
        assert living.results() == ["done"]
        assert living.writes == ["2003002600"]  # 35 minutes, whose number sets calories, are sent as 38
        assert living.link.server.treadmill.workout_ms == 38 * 60_000
