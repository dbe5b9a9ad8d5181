"""The watchdog is fed only while the loop that matters goes on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from daemon import house
from daemon.house import House, build
from daemon.runner import SILENT_MS
from daemon.settings import parse
from drivers.contract import Driver, LinkLost, Machine, Reading, Sink, Unsupported
from tests.house.fixtures import HandClock, settled, table
from tests.service.ear import listening


class Scripted:
    """A driver that a test speaks for."""

    connect_limit = 5.0

    def __init__(self, ends: Exception | None = None) -> None:
        self.ends = ends
        self.sink: Sink | None = None

    async def run(self, sink: Sink, /) -> None:
        self.sink = sink
        if self.ends is not None:
            raise self.ends
        await asyncio.Event().wait()


@asynccontextmanager
async def running(folder: Path, clock: HandClock, driver: Driver) -> AsyncIterator[House]:
    """Yield a house whose runner runs and nothing else."""
    made = build(parse(table(folder), "test"), clock, driver)
    task = asyncio.create_task(made.runner.run())
    await settled()
    try:
        yield made
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        made.store.close()


async def test_a_connect_may_take_its_time_and_no_more(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock, Scripted()) as made:
        clock.at += 5_000 + SILENT_MS
        assert made.runner.alive()
        clock.at += 1
        assert not made.runner.alive()


async def test_each_reading_gives_time_and_silence_ends_it(tmp_path: Path) -> None:
    clock, driver = HandClock(), Scripted()
    async with running(tmp_path, clock, driver) as made:
        assert driver.sink is not None
        driver.sink(Machine(clock.at, "test"))
        for _ in range(10):
            clock.at += SILENT_MS
            assert made.runner.alive()
            driver.sink(Reading(clock.at, speed=0))
        clock.at += SILENT_MS + 1
        assert not made.runner.alive()


async def test_a_machine_that_cannot_be_driven_is_no_reason_to_start_again(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock, Scripted(Unsupported("No treadmill."))) as made:
        clock.at += 10 * SILENT_MS
        assert made.runner.alive()


async def test_a_machine_that_is_switched_off_is_waited_for(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock, Scripted(LinkLost("Gone."))) as made:
        clock.at += SILENT_MS
        assert made.runner.alive()


async def test_the_watchdog_is_fed_while_alive_and_not_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "WATCH_S", 0.0)
    clock = HandClock()
    with listening(str(tmp_path / "notify")) as ear:
        monkeypatch.setenv("NOTIFY_SOCKET", ear.address)
        async with running(tmp_path, clock, Scripted()) as made:
            watching = asyncio.create_task(house._watch(replace(made)))
            try:
                await ear.until("WATCHDOG=1")
                clock.at += 60_000
                while not ear.silent():
                    pass  # what was sent before
                await settled()
                assert ear.silent()
            finally:
                watching.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watching
