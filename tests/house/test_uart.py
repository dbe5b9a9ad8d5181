"""The whole daemon on a serial line, a real pty with the simulated treadmill at its end, in virtual time."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import override

import pytest

from daemon.house import build
from daemon.policy.events import Tick
from daemon.policy.state import Kind, Link
from daemon.settings import parse
from drivers.ftms.driver import ftms_driver
from drivers.ftms.gate import gate
from drivers.ftms.uart.link import UartLink
from drivers.simulated.build import Key
from drivers.simulated.ftms import FtmsServer
from drivers.simulated.uart import SerialTreadmill
from drivers.transports.serial import SerialPort
from tests.drivers.pty import until
from tests.house.fixtures import STEP_MS, HandClock, Living, alive, settled, table
from tests.house.test_house import DUE_MS, port

__all__ = ["port"]


@dataclass
class OnALine(Living[SerialTreadmill]):
    """A daemon whose treadmill is behind a pty; the time stands until all bytes on the line have been read."""

    passed: dict[str, int] = field(default_factory=lambda: {"<": 0, ">": 0})

    def tap(self, way: str, data: bytes) -> None:
        self.passed[way] += len(data)

    @override
    async def pass_time(self, ms: int) -> None:
        for _ in range(ms // STEP_MS):
            self.clock.at += STEP_MS
            self.link.catch_up()
            await self.quiet()
            if self.screen:
                self.confirm()
            self.house.runner.submit(Tick(self.clock.now()))
            await settled()
            await self.quiet()

    async def quiet(self) -> None:
        """Wait until nothing is on its way, in either direction."""
        line = self.link.line
        await until(lambda: line.port is None or (self.passed["<"], self.passed[">"]) == (line.sent, line.taken))
        await settled()

    async def unplug(self) -> None:
        await self.link.walk_away()
        await self.shown(lambda: self.house.runner.state.link is Link.DOWN)

    async def plug(self) -> None:
        self.passed.update({"<": 0, ">": 0})
        await self.link.power_on()
        await self.shown(lambda: self.house.runner.state.link is Link.UP)


@contextlib.asynccontextmanager
async def on_a_line(folder: Path, web: int, mode: str = "enforce") -> AsyncIterator[OnALine]:
    clock = HandClock()
    name = folder / "treadmill"
    machine = SerialTreadmill(FtmsServer(at=clock.now()), now=clock.now, link=name, by_hand=True)
    late: list[OnALine] = []
    serial = SerialPort(str(name), 115_200, tap=lambda way, data: late[0].tap(way, data))
    driver = ftms_driver(UartLink(serial, gate(), answer_s=2), now=clock.now)
    settings = parse(table(folder, web, mode=mode, driver=f"ftms-uart:{name}"), "test")
    living = OnALine(build(settings, clock, driver), clock, machine)
    late.append(living)
    await machine.power_on()
    try:
        async with alive(living):
            yield living
    finally:
        machine.line.unplug()


def shows(living: OnALine, kind: Kind) -> bool:
    prompt = living.house.runner.state.prompt
    return prompt is not None and prompt.kind is kind


async def test_a_flat_belt_is_raised_with_three_writes(tmp_path: Path, port: int) -> None:
    async with on_a_line(tmp_path, port) as living:
        living.walk()
        await living.until(lambda: shows(living, Kind.COUNTDOWN), DUE_MS)
        await living.until(lambda: living.results() == ["done"])
        assert living.writes == ["00", "030500", "030a00"]
        assert living.link.server.treadmill.incline == 10
        assert living.link.gateway.bad == 0


async def test_in_nudge_mode_it_asks_and_writes_nothing(tmp_path: Path, port: int) -> None:
    async with on_a_line(tmp_path, port, mode="nudge") as living:
        living.walk()
        await living.until(lambda: shows(living, Kind.NUDGE), DUE_MS)
        await living.pass_time(30_000)
        assert living.writes == []


@pytest.mark.parametrize("key", [Key.INCLINE_UP, Key.SPEED_UP, Key.STOP])
async def test_a_key_in_the_countdown_ends_it_before_anything_is_sent(tmp_path: Path, port: int, key: Key) -> None:
    async with on_a_line(tmp_path, port) as living:
        living.walk()
        await living.until(lambda: shows(living, Kind.COUNTDOWN), DUE_MS)
        living.link.server.press(key)
        await living.pass_time(30_000)
        assert living.writes == []
        assert living.results()[0] == "member"


async def test_the_member_lowers_after_a_raise_and_it_is_not_raised_again(tmp_path: Path, port: int) -> None:
    async with on_a_line(tmp_path, port) as living:
        living.walk()
        await living.until(lambda: living.results() == ["done"], DUE_MS + 60_000)
        sent = list(living.writes)
        living.link.server.press(Key.INCLINE_DOWN)
        living.link.server.press(Key.INCLINE_DOWN)
        await living.pass_time(600_000)
        assert living.link.server.treadmill.incline == 0
        assert living.writes == sent


async def test_unplugged_in_the_countdown_nothing_is_sent_and_the_session_goes_on(tmp_path: Path, port: int) -> None:
    async with on_a_line(tmp_path, port) as living:
        living.walk()
        await living.until(lambda: shows(living, Kind.COUNTDOWN), DUE_MS)
        session = living.house.runner.state.session
        assert session is not None
        await living.unplug()
        assert "unplugged" in str(living.house.faults()["treadmill"])
        await living.pass_time(5_000)
        assert living.writes == []
        assert living.house.runner.feed.latest.speed is None
        await living.plug()
        await living.pass_time(5_000)
        after = living.house.runner.state.session
        assert after is not None
        assert after.id == session.id
        assert living.house.runner.feed.latest.speed == 600
        assert living.house.faults()["treadmill"] is None
        assert living.writes == []


async def test_unplugged_as_a_step_is_sent_its_outcome_is_unknown_and_it_is_not_sent_again(
    tmp_path: Path, port: int
) -> None:
    async with on_a_line(tmp_path, port) as living:
        living.walk()

        def pull(data: bytes) -> None:
            if data[0] == 0x03:
                living.link.line.unplug()

        living.link.server.before_write = pull
        await living.until(lambda: living.link.line.port is None, DUE_MS + 60_000)
        await living.shown(lambda: living.house.runner.state.link is Link.DOWN)
        living.link.server.disconnect()
        await living.pass_time(1_000)
        assert living.results() == ["unknown"]
        await living.plug()
        await living.pass_time(600_000)
        assert living.writes == ["00", "030500"]
        assert living.results() == ["unknown"]
