"""The clock steps by years, both ways, while the daemon runs: what is measured and what is safe stays as it is."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from daemon.policy.events import Happened
from daemon.policy.rules import Mode
from daemon.policy.state import Kind
from tests.house.fixtures import HandClock, Lived, free_port, lived

DUE_MS = 320_000
YEAR_S = 365 * 86_400
STEPS = {"to 2056": 30 * YEAR_S, "to 1970": -56 * YEAR_S, "to 1901": -124 * YEAR_S}


@pytest.mark.parametrize("step", STEPS)
async def test_a_raise_is_done_all_through_steps_of_years(tmp_path: Path, step: str) -> None:
    """Before the countdown, in it, and between the steps of the deck."""
    clock, seconds, port = HandClock(), STEPS[step], free_port()
    async with lived(tmp_path, clock, port=port) as living:
        living.walk()
        await living.pass_time(60_000)
        clock.wall_offset += seconds
        await living.until(lambda: counting(living), DUE_MS)
        await living.pass_time(5_000)
        clock.wall_offset -= seconds
        await living.until(lambda: len(living.writes) > 1)
        clock.wall_offset += seconds
        await living.until(lambda: living.results() == ["done"])
        assert living.writes == ["00", "030500", "030a00"]
        session = living.house.runner.state.session
        assert session is not None
        assert session.totals.gap == session.totals.unknown == 0
        assert await living.house.store.committed()
        told = await asked(port)
        assert told["health"].json()["status"] == "ok"
        assert all(answer.status_code == 200 for answer in told.values()), told
        rows = await living.house.store.usage(
            datetime(1890, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC), ZoneInfo("Europe/Berlin")
        )
        assert sum(row.belt_s for row in rows) == pytest.approx(session.totals.belt / 1000, abs=2)


def counting(living: Lived) -> bool:
    prompt = living.house.runner.state.prompt
    return prompt is not None and prompt.kind is Kind.COUNTDOWN


async def asked(port: int) -> dict[str, httpx.Response]:
    """Return what the API answers about all that has a date."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        paths = ("health", "state", "sessions", "settings", "info")
        return {path: await client.get(f"/api/v1/{path}") for path in paths}


@pytest.mark.parametrize("step", STEPS)
async def test_a_demotion_is_not_forgotten_because_of_the_clock(tmp_path: Path, step: str) -> None:
    """Two lowers within a week send the machine back, whatever the clock did between them."""
    clock = HandClock()
    async with lived(tmp_path, clock) as living:
        lowered = (("what", "raise"), ("result", "lowered_after"), ("soon", True))
        living.house.record(Happened(clock.now(), "command", lowered, "s-1"))
        assert living.house.rulebook.rules.mode is Mode.ENFORCE
        clock.at += 3_600_000
        clock.wall_offset += STEPS[step]
        living.house.record(Happened(clock.now(), "command", lowered, "s-2"))
        assert "demoted" in {name for name, said in living.house.health().checks.items() if said != "ok"}
