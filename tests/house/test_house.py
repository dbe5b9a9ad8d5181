"""The daemon's parts together, in virtual time: what happens end to end, and what happens when a part fails."""

import asyncio
import socket
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from daemon.claim import Claimed, claim
from daemon.policy.events import Answer, Answered, LendAsked, ReturnAsked
from daemon.policy.state import Kind, Link
from drivers.simulated.build import Key
from drivers.simulated.profile import PROFILES
from tests.house.fixtures import HandClock, Lived, free_port, lived, settled

DUE_MS = 320_000


@pytest.fixture
def port() -> int:
    return free_port()


async def raised(living: Lived) -> None:
    living.walk()
    await living.until(lambda: shows(living, Kind.COUNTDOWN), DUE_MS)
    await living.until(lambda: living.results() == ["done"])


def shows(living: Lived, kind: Kind) -> bool:
    prompt = living.house.runner.state.prompt
    return prompt is not None and prompt.kind is kind


async def test_a_flat_belt_is_raised_with_three_writes(tmp_path: Path, port: int) -> None:
    async with lived(tmp_path, port=port) as living:
        await raised(living)
        assert living.writes == ["00", "030500", "030a00"]
        assert living.link.server.treadmill.incline == 10


async def test_connecting_and_running_in_nudge_mode_writes_nothing(tmp_path: Path, port: int) -> None:
    async with lived(tmp_path, port=port, mode="nudge") as living:
        living.walk()
        await living.until(lambda: shows(living, Kind.NUDGE), DUE_MS)
        prompt = living.house.runner.state.prompt
        assert prompt is not None
        living.house.runner.submit(Answered(living.clock.now(), prompt.id, Answer.RAISE))
        await living.pass_time(60_000)
        assert living.writes == []


@pytest.mark.parametrize("key", [Key.INCLINE_UP, Key.SPEED_UP, Key.STOP, Key.PAUSE, Key.SAFETY_OUT])
async def test_a_key_in_the_countdown_ends_it_before_anything_is_sent(tmp_path: Path, port: int, key: Key) -> None:
    async with lived(tmp_path, port=port) as living:
        living.walk()
        await living.until(lambda: shows(living, Kind.COUNTDOWN), DUE_MS)
        await living.pass_time(5_000)
        living.link.press(key)
        await living.pass_time(60_000)
        assert living.writes == []
        assert living.results()[0] == "member"


async def test_the_race_of_a_key_inside_one_notification_period_costs_one_step_at_most(
    tmp_path: Path, port: int
) -> None:
    async with lived(tmp_path, port=port) as living:
        living.walk()
        await living.until(lambda: shows(living, Kind.COUNTDOWN), DUE_MS)
        pressed: list[bool] = []

        def race(data: bytes) -> None:
            if data[0] == 0x03 and not pressed:
                pressed.append(living.link.server.press(Key.SPEED_UP))

        living.link.server.before_write = race
        await living.pass_time(120_000)
        assert living.writes == ["00", "030500"]
        assert living.results()[0] == "member"


@pytest.mark.parametrize(
    ("profile", "result"),
    [("control-refused", "refused"), ("stuck-lift", "not_reached")],
)
async def test_a_machine_that_does_not_obey_is_left_alone(tmp_path: Path, port: int, profile: str, result: str) -> None:
    async with lived(tmp_path, port=port, profile=PROFILES[profile]) as living:
        living.walk()
        await living.until(lambda: bool(living.results()), DUE_MS + 60_000)
        sent = list(living.writes)
        await living.pass_time(600_000)
        assert living.results() == [result]
        assert living.writes == sent


async def test_a_lost_link_comes_back_and_the_session_goes_on(tmp_path: Path, port: int) -> None:
    async with lived(tmp_path, port=port) as living:
        living.walk()
        await living.pass_time(60_000)
        session = living.house.runner.state.session
        assert session is not None
        living.link.drop()
        await living.shown(lambda: living.house.runner.state.link is Link.UP)
        await living.pass_time(60_000)
        after = living.house.runner.state.session
        assert after is not None
        assert after.id == session.id


async def test_numbers_that_are_too_old_are_not_shown(tmp_path: Path, port: int) -> None:
    async with lived(tmp_path, port=port) as living:
        living.walk()
        await living.pass_time(20_000)
        assert living.house.runner.feed.latest.speed == 600
        living.link.server.profile = PROFILES["silent"]
        await living.pass_time(4_500)
        assert living.house.runner.feed.latest.speed == 600
        await living.pass_time(1_000)
        assert living.house.runner.feed.latest.speed is None


async def test_a_link_that_is_given_back_at_once_comes_back(tmp_path: Path, port: int) -> None:
    async with lived(tmp_path, port=port) as living:
        now = living.clock.now()
        living.house.runner.submit(LendAsked(now))
        living.house.runner.submit(ReturnAsked(now))
        await living.shown(lambda: living.house.runner.state.link is Link.UP)


async def test_own_app_takes_the_link_and_gives_it_back(tmp_path: Path, port: int) -> None:
    async with lived(tmp_path, port=port) as living:
        living.walk()
        await living.pass_time(30_000)
        living.house.runner.submit(LendAsked(living.clock.now()))
        await living.shown(lambda: living.house.runner.state.link is Link.LENT)
        await settled()
        assert not living.link.server.connected
        assert living.house.runner.feed.latest.speed is None
        living.house.runner.submit(ReturnAsked(living.clock.now()))
        await living.shown(lambda: living.house.runner.state.link is Link.UP)


async def test_a_restart_continues_the_session(tmp_path: Path, port: int) -> None:
    clock = HandClock()
    async with lived(tmp_path, clock, port=port) as living:
        living.walk()
        await living.pass_time(90_000)
        server, before = living.link.server, living.house.runner.state.session
    assert before is not None
    clock.at += 20_000
    async with lived(tmp_path, clock, port=port, server=server) as living:
        await living.pass_time(30_000)
        after = living.house.runner.state.session
        assert after is not None
        assert after.id == before.id
        assert after.started == before.started
        assert after.totals.gap >= 15_000
        assert after.totals.belt > before.totals.belt


async def test_a_reboot_continues_the_session_only_by_the_consoles_clock(tmp_path: Path, port: int) -> None:
    clock = HandClock()
    async with lived(tmp_path, clock, port=port) as living:
        living.walk()
        await living.pass_time(90_000)
        server, before = living.link.server, living.house.runner.state.session
    assert before is not None
    server.advance(30_000)
    other = HandClock(boot="boot-b", at=40_000)
    server.at = other.at
    async with lived(tmp_path, other, port=port, server=server) as living:
        await living.pass_time(10_000)
        after = living.house.runner.state.session
        assert after is not None
        assert after.id == before.id


async def test_a_jump_of_the_wall_clock_changes_nothing_that_is_measured(tmp_path: Path, port: int) -> None:
    clock = HandClock()
    async with lived(tmp_path, clock, port=port) as living:
        living.walk()
        await living.pass_time(60_000)
        clock.wall_offset += 400 * 86_400
        await living.pass_time(60_000)
        session = living.house.runner.state.session
        assert session is not None
        assert session.totals.belt == pytest.approx(120_000, abs=1_000)
        assert await living.house.store.committed()
        now = clock.wall()
        assert now is not None
        counters = await living.house.store.counters()
        assert counters.belt_s == pytest.approx(120, abs=2)
        rows = await living.house.store.usage(now.replace(year=2020), now.replace(year=2030), ZoneInfo("UTC"))
        assert sum(row.belt_s for row in rows) == pytest.approx(120, abs=2)


async def test_a_taken_port_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with lived(tmp_path, port=taken.getsockname()[1]) as living:
            checks = living.house.health().checks
            assert "cannot listen" in checks["web"]
            assert checks["console"] == "ok"
            await raised(living)


async def test_a_taken_port_of_the_screen_is_told_and_the_api_goes_on(tmp_path: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with lived(tmp_path, port=port, screen=taken.getsockname()[1]) as living:
            checks = living.house.health().checks
            assert "Choose another port in [console]" in checks["console"]
            assert checks["web"] == "ok"
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()


async def test_a_store_that_cannot_be_opened_is_told_and_the_rest_goes_on(tmp_path: Path, port: int) -> None:
    (tmp_path / "inclined.db").mkdir()
    async with lived(tmp_path, port=port, run=tmp_path / "run") as living:
        check = living.house.health().checks["store"]
        assert str(tmp_path / "inclined.db") in check
        assert "lost at the next boot" in check
        await raised(living)


def test_a_second_daemon_for_the_same_machine_is_refused() -> None:
    held = claim("ftms:00:11:22:33:44:55")
    try:
        with pytest.raises(Claimed, match="Stop it first"):
            claim("FTMS:00:11:22:33:44:55")
    finally:
        held.release()
    claim("ftms:00:11:22:33:44:55").release()
