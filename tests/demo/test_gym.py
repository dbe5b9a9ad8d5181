"""The small gym: its people, its weeks of history, and all of it running."""

import asyncio
import itertools
import os
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.floor.store import FloorStore
from daemon.gym.past import past
from daemon.gym.people import Person, person, says, visits
from daemon.gym.play import DUE, OUT, local_zone, names, remember
from daemon.main import main
from daemon.policy.events import Answer
from daemon.policy.state import Kind, Prompt
from tests.mqtt.mosquitto import free_port

NOW = datetime(2026, 11, 2, 17, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
LIMIT_S = 60.0


@given(st.integers())
def test_people_are_people(seed: int) -> None:
    chance = Random(seed)
    who = person(chance)
    assert 400 <= who.speed <= 1200
    assert who.incline in range(0, 50, 5)
    assert 420 <= who.stays <= 4200
    assert 0 < who.thinks < 30
    times = visits(chance, seed % 7, 1.0)
    assert all(0 <= each < 86_400 for each in times)


@given(
    st.sampled_from(("own", "raise", "decline", "ignore")), st.sampled_from(Kind), st.integers(0, 60_000), st.booleans()
)
def test_nobody_says_what_was_not_asked(habit: str, kind: Kind, shown_ms: int, can_raise: bool) -> None:
    who = Person(600, 0, 900, habit, 5, 0)
    said = says(who, Prompt(1, kind, 0, None, can_raise=can_raise), shown_ms)
    if shown_ms < 5000 or habit == "ignore":
        assert said is None
    if said is Answer.RAISE:
        assert (habit, kind, can_raise) == ("raise", Kind.NUDGE, True)
    if said is Answer.CANCEL:
        assert kind is Kind.COUNTDOWN
    if said in {Answer.TAKE, Answer.NOT_TODAY}:
        assert kind is Kind.SUGGESTION


def test_the_past_is_always_the_same_and_never_overlaps() -> None:
    one, again = (past(7, "t-001", 0, NOW, 4, BERLIN) for _ in range(2))
    assert one == again
    assert one != past(8, "t-001", 0, NOW, 4, BERLIN)
    assert [record.seq for record in one] == list(range(1, len(one) + 1))
    ends = [record for record in one if record.kind == "session" and record.data["step"] == "end"]
    assert len(ends) > 50
    for before, after in itertools.pairwise(ends):
        assert before.data["ended"] + 120_000 <= after.data["started"]
    assert all(record.data["flat"] <= record.data["eligible"] <= record.data["belt"] for record in ends)
    assert max(record.ts or 0 for record in one) <= NOW.timestamp() * 1000
    modes = [record.data["mode"] for record in ends if record.at < 13 * 86_400_000]
    assert set(modes) == {"observe"}
    tenth = past(7, "t-010", 9, NOW, 4, BERLIN)
    assert {record.data["mode"] for record in tenth if record.data.get("step") == "end" and "mode" in record.data} == {
        "observe"
    }


def test_its_sums_are_those_of_its_events(tmp_path: Path) -> None:
    store = FloorStore.open(str(tmp_path / "floor.db"), "demo", BERLIN)
    told = remember(store, 5, NOW)
    assert told > 5_000
    assert store.differences() == []
    assert store.quarantined() == []
    assert all(row["misdated"] == row["waiting"] == 0 for row in store.machines())
    assert store.broken() == {names(5)[OUT - 1]}
    assert DUE <= 5
    store.close()


@pytest.mark.parametrize("word", ["0", "1", "-3", "41", "9999999", "abc", "1e1", ""])
def test_a_number_that_is_none_is_refused_in_a_line(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--machines", word])
    assert ended.value.code == 2
    assert f"{word!r} is no number of machines from 2 to 40" in capsys.readouterr().err.splitlines()[-1]


def test_the_time_zone_is_one_that_there_is() -> None:
    assert ZoneInfo(local_zone()).key == local_zone()


async def test_a_gym_lives_and_closes(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "daemon", "demo", "--machines", "3", "--port", str(port)]
    gym = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert gym.stdout is not None
    try:
        async with asyncio.timeout(LIMIT_S):
            while b"Ctrl-C" not in (line := await gym.stdout.readline()):
                assert line, "it ended"
            seen: Counter[str] = Counter()
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                while not (seen["busy"] and seen["out"]):
                    await asyncio.sleep(0.2)
                    try:
                        rows = (await client.get("/api/v1/machines")).json()["machines"]
                    except httpx.TransportError:
                        continue
                    seen = Counter(row["standing"] for row in rows)
                span = {"from": f"{datetime.now(UTC) - timedelta(days=40):%Y-%m-%d}", "bucket": "total"}
                usage = await client.get("/api/v1/usage", params=span | {"to": f"{datetime.now(UTC):%Y-%m-%d}"})
                assert usage.json()["rows"][0]["sessions"] > 50
                assert "The floor" in (await client.get("/")).text
    finally:
        gym.send_signal(signal.SIGINT)
        out, err = await asyncio.wait_for(gym.communicate(), LIMIT_S)
    assert (gym.returncode, out.decode().splitlines()[-1], err.decode()) == (0, "The gym is closed.", "")
    assert os.listdir(tmp_path) == []  # noqa: PTH208, a list of names will do


async def test_a_port_that_is_taken_is_one_line() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    command = [sys.executable, "-m", "daemon", "demo", "--machines", "2", "--port", str(port)]
    gym = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, err = await asyncio.wait_for(gym.communicate(), LIMIT_S)
    server.close()
    assert gym.returncode == 1
    (line,) = err.decode().splitlines()
    assert "choose another with --port" in line
