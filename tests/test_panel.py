"""What the daemon says to the screen's session, in real files."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from daemon.display.wishes import STALE, Wishes, read_panel, read_wishes
from daemon.heartbeat import AGAIN_MS, FIRST_MS
from daemon.night import LIT_MS
from daemon.panel import Panel
from daemon.policy.events import Confirmed, HelpAsked
from daemon.policy.rules import Mode
from daemon.policy.session import Totals
from daemon.policy.state import Link
from daemon.settings import parse
from daemon.snapshot import Phase, Snapshot

MIDNIGHT = datetime(2026, 1, 10, 23, 30, tzinfo=UTC)
IDLE = Snapshot(at=0, seq=1, link=Link.UP, phase=Phase.IDLE, mode=Mode.NUDGE, speed=0, incline=0, totals=Totals())
MACHINE = {
    "site": "north", "machine": "t07", "name": "T", "zone": "Z",
    "driver": "simulated:", "mode": "nudge", "units": "km/h", "time_zone": "Europe/Berlin",
}  # fmt: skip


@dataclass
class Hands:
    """A clock that a test sets."""

    boot: str = "b"
    at: int = 0
    here: datetime | None = MIDNIGHT

    def now(self) -> int:
        return self.at

    def wall(self) -> datetime | None:
        return self.here


@dataclass
class Room:
    """A panel, its clock and what the machine does."""

    clock: Hands
    seen: Snapshot
    panel: Panel


@pytest.fixture
def room(tmp_path: Path) -> Callable[..., Room]:
    def make(**screen: object) -> Room:
        table = {"machine": MACHINE, "screen": screen, "console": {"key_file": str(tmp_path / "console.key")}}
        made = Room.__new__(Room)
        made.clock, made.seen = Hands(), IDLE
        made.panel = Panel(parse(table, "x"), made.clock, lambda: made.seen)
        return made

    return make


def test_night_is_the_gyms_own(room: Callable[..., Room]) -> None:
    here = room(night="00:00-05:00")  # in Berlin it is half past midnight
    assert here.panel.asleep()
    here.clock.here = None
    assert not here.panel.asleep()
    here.clock.here = MIDNIGHT.replace(hour=12)
    assert not here.panel.asleep()


def test_a_moving_belt_wakes_it_and_it_stays_lit_for_a_while(room: Callable[..., Room]) -> None:
    here = room(night="22:00-05:00", dark="panel")
    assert here.panel.look() == (False, False)
    here.seen = replace(IDLE, speed=300, phase=Phase.RUNNING)
    assert here.panel.look() == (True, False)
    here.seen = replace(IDLE, link=Link.DOWN, speed=None, phase=Phase.UNKNOWN)
    here.clock.at += LIT_MS - 1
    assert here.panel.look()[0]
    here.clock.at += 1
    assert not here.panel.look()[0]


def test_a_page_that_is_black_needs_no_panel_that_is_off(room: Callable[..., Room]) -> None:
    here = room(night="22:00-05:00")
    assert here.panel.asleep()
    assert here.panel.look()[0]


def test_a_panel_that_is_off_is_not_started_anew(room: Callable[..., Room]) -> None:
    here = room(night="22:00-05:00", dark="panel")
    for _ in range(20):
        here.clock.at += AGAIN_MS
        assert here.panel.look() == (False, False)
    here.seen = replace(IDLE, speed=300)
    assert here.panel.look() == (True, False)


def test_only_a_page_that_draws_is_alive(room: Callable[..., Room], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    here = room()
    here.clock.at = FIRST_MS
    here.panel.hear(HelpAsked(FIRST_MS))
    assert here.panel.look() == (True, True)
    here.clock.at += AGAIN_MS
    here.panel.hear(Confirmed(here.clock.at, "s", 0, 0))
    assert here.panel.look() == (True, False)
    assert [record.message.split(".")[0] for record in caplog.records] == [
        "The screen has shown nothing for a while",
        "The screen shows the page again",
    ]


async def until(wanted: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not wanted():  # noqa: ASYNC110, a file tells nobody that it changed
            await asyncio.sleep(0.01)


async def test_it_writes_what_the_session_and_systemd_read(
    room: Callable[..., Room], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.panel.LOOK_S", 0.01)
    here = room(rotate=90, px_per_mm=5, night="22:00-05:00", dark="panel")
    watching = asyncio.ensure_future(here.panel.watch())
    await until((tmp_path / "panel").exists)
    assert read_wishes(tmp_path) == Wishes(90, 5.0)
    assert not read_panel(tmp_path)
    assert not (tmp_path / STALE).exists()
    here.clock.here = None
    await until(lambda: read_panel(tmp_path))
    here.clock.at = FIRST_MS + AGAIN_MS
    await until((tmp_path / STALE).exists)
    watching.cancel()
    assert json.loads((tmp_path / STALE).read_text(encoding="ascii")) == here.clock.at
    assert "key" not in (tmp_path / "screen").read_text(encoding="utf-8")


async def test_a_folder_that_cannot_be_written_ends_nothing(
    room: Callable[..., Room], tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.panel.LOOK_S", 0.01)
    here = room()
    here.panel.folder = tmp_path / "none"
    here.clock.at = FIRST_MS
    watching = asyncio.ensure_future(here.panel.watch())
    await until(lambda: here.panel.fault)
    assert not watching.done()
    watching.cancel()
    assert len([record for record in caplog.records if "hears nothing" in record.message]) == 1
