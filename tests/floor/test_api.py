"""The floor's API over real stores of both kinds: figures, days of 23 and 25 hours, pages, CSV, and what is refused."""

import asyncio
import csv
import io
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.floor.app import create_floor
from api.floor.desk import FloorDesk
from api.pace import Rate
from api.signins import SignIns
from daemon.floor.store import About, FloorStore
from daemon.messages import Health
from daemon.tokens import Refused, Token
from tests.floor.gym import furnished
from tests.floor.lives import HAPPENINGS, NOW, Life, emptied, figures, happen, hear, sheets
from tests.mqtt.world import StillClock

UNBOUND = Rate(every=0, burst=1)
SPAN = {"from": "2026-10-01", "to": "2026-11-01"}


class NoTokens:
    """Nobody has one."""

    async def find(self, secret: str) -> Token | Refused:
        return Refused("unknown", f"{len(secret)} letters that nobody knows.")


class Everybody:
    """Everyone's token is a manager's."""

    async def find(self, secret: str) -> Token | Refused:
        return Token(secret, "manager", "", NOW)


MANAGER = {"Authorization": "Bearer someone"}


def desk(store: FloorStore, *, reading_open: bool = True) -> FloorDesk:
    house = furnished(store)
    return FloorDesk(
        store=store, clock=StillClock(), site="north", health=lambda: Health(status="ok", checks={}),
        board=house.board, asking=house.asking, pushing=house.pushing, tokens=NoTokens(),
        sign_ins=SignIns(lambda _: None), reading_open=reading_open,
    )  # fmt: skip


@asynccontextmanager
async def asking(store: FloorStore, **how: bool) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_floor(desk(store, **how), UNBOUND))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def rows(store: FloorStore, path: str = "usage", **query: Any) -> list[dict[str, Any]]:
    """Return all rows of an answer, page by page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    async with asking(store) as client:
        while True:
            asked = SPAN | query | ({"cursor": cursor} if cursor else {})
            answer = await client.get(f"/api/v1/{path}", params=asked)
            assert answer.status_code == 200, answer.text
            found += answer.json()["rows"]
            if not (cursor := answer.json().get("next")):
                return found


def gym(store: FloorStore, machines: int = 3, sessions: int = 40) -> list[Life]:
    """Fill store with the weeks around the end of summer time."""
    lives = []
    for number in range(machines):
        life = Life(machine=f"t{number}", origin=f"a{number}", began=datetime(2026, 10, 12, 5, tzinfo=UTC))
        store.learn(life.machine, About(f"No {number}", ("window", "wall")[number % 2], "treadmill"))
        for turn in range(sessions):
            life.at += 7 * 3_600_000 + number * 60_000
            life.session(1000 + turn * 61, turn * 13, 30)
            life.tell("nudge", step="ended", outcome=("declined", "accepted_key", "expired")[turn % 3])
        hear(store, life, life.rows)
        lives.append(life)
    return lives


async def test_hours_days_weeks_and_the_heat_add_up_to_the_same(store: FloorStore) -> None:
    gym(store)
    whole = figures(store)
    for bucket in ("hour", "day", "week", "total"):
        for by in ("machine", "zone", "modality", "site"):
            found = await rows(store, bucket=bucket, by=by, limit=37)
            assert sum(row["sessions"] for row in found) == whole["sessions"] == 120
            assert abs(sum(row["belt_s"] for row in found) - whole["belt"] / 1000) <= len(found)
            places = [(row["start"], row["group"]) for row in found]
            assert len(set(places)) == len(places)
    for span in (SPAN, {"from": "2026-10-03", "to": "2026-11-01"}, {"from": "2026-10-12", "to": "2026-10-31"}):
        cells = await rows(store, "heat", by="zone", **span)
        assert sum(row["sessions"] for row in cells) == 120
        assert sum(row["nudges_declined"] for row in cells) == whole["nudges_declined"] == 42


async def test_only_what_is_asked_for(store: FloorStore) -> None:
    gym(store)
    assert {row["group"] for row in await rows(store, by="machine", zone=["window"])} == {"t0", "t2"}
    assert {row["group"] for row in await rows(store, by="zone", machine=["t1"])} == {"wall"}
    assert await rows(store, machine=["t9"]) == []
    assert await rows(store, bucket="hour", modality=["rower"]) == []


async def test_the_day_of_25_hours(store: FloorStore) -> None:
    life = Life(began=datetime(2026, 10, 24, 23, 30, tzinfo=UTC))  # 1:30 in Berlin
    life.session(4 * 3600)
    hear(store, life, life.rows)
    found = await rows(store, bucket="hour")
    assert [(row["start"][11:], row["belt_s"]) for row in found] == [
        ("01:00:00+02:00", 1800), ("02:00:00+02:00", 3600), ("02:00:00+01:00", 3600), ("03:00:00+01:00", 3600),
        ("04:00:00+01:00", 1800),
    ]  # fmt: skip
    assert [(row["start"][:10], row["hours"]) for row in await rows(store)] == [("2026-10-25", 25)]
    assert [row["hours"] for row in await rows(store, bucket="week")] == [7 * 24 + 1]
    assert {(row["weekday"], row["hour"]): row["belt_s"] for row in await rows(store, "heat")}[7, 2] == 7200


async def test_the_day_of_23_hours(store: FloorStore) -> None:
    life = Life(began=datetime(2026, 3, 29, 0, 30, tzinfo=UTC))  # 1:30; at 2:00 it is 3:00
    life.session(3600)
    hear(store, life, life.rows)
    spring = {"from": "2026-03-01", "to": "2026-04-01"}
    hours = [row["start"][11:] for row in await rows(store, bucket="hour", **spring)]
    assert hours == ["01:00:00+01:00", "03:00:00+02:00"]
    assert [row["hours"] for row in await rows(store, **spring)] == [23]


async def test_a_rate_of_few_sessions_is_not_told(store: FloorStore) -> None:
    life = Life()
    for number in range(1, 6):
        life.session(1000, 250)
        hear(store, life, life.rows)
        (row,) = await rows(store, bucket="week")
        assert (row["sessions"], row["flat_share"]) == (number, 0.5 if number == 5 else None)
        assert row["coverage"] == 1.0
        assert row["flat_s"] == 250 * number


async def test_csv_is_the_same_as_json(store: FloorStore) -> None:
    gym(store)
    store.learn("t0", About("No 0", "=cmd()", "treadmill"))
    told = await rows(store, bucket="day", by="zone")
    async with asking(store) as client:
        answer = await client.get("/api/v1/usage", params=SPAN | {"by": "zone", "format": "csv", "sep": "semicolon"})
    assert answer.headers["content-type"].startswith("text/csv")
    table = list(csv.DictReader(io.StringIO(answer.text), delimiter=";"))
    assert answer.text.startswith(
        "site;bucket;by;group;start;hours;belt_s;occupied_s;eligible_s;flat_s;unknown_s;gap_s;"
    )
    assert [row["belt_s"] for row in table] == [str(row["belt_s"]) for row in told]
    assert {row["group"] for row in table} == {"'=cmd()", "wall", "window"}
    assert {row["flat_share"] for row in table} == {""}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"from": "2026-11-01", "to": "2026-10-01"}, "is not after from"),
        ({"from": "0001-01-01"}, "lie between"),
        ({"to": "9999-12-31"}, "lie between"),
        ({"from": "2000-01-01", "to": "2100-01-01"}, "ask in parts"),
        ({"cursor": "nonsense"}, "begin again without one"),
        ({"cursor": "WzFlOTksIngiXQ=="}, "begin again without one"),
        ({"cursor": "é"}, "begin again without one"),
        ({"bucket": "minute"}, "hour"),
        ({"from": "yesterday"}, "date"),
        ({"limit": "0"}, "greater"),
    ],
)
async def test_what_makes_no_sense_is_told(store: FloorStore, query: dict[str, str], words: str) -> None:
    async with asking(store) as client:
        answer = await client.get("/api/v1/usage", params=SPAN | query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert words in " ".join(answer.json()["errors"])


async def test_machines_and_what_was_set_aside(store: FloorStore) -> None:
    life, liar = Life(), Life()
    life.tell("nudge", step="offered")
    liar.tell("nudge", step="ended", outcome="declined")
    hear(store, life, life.rows)
    hear(store, liar, liar.rows)
    office = desk(store)
    running = asyncio.create_task(office.board.run())
    await office.board.refresh()
    running.cancel()
    transport = httpx.ASGITransport(create_floor(replace(office, tokens=Everybody()), UNBOUND))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=MANAGER) as client:
        (row,) = (await client.get("/api/v1/machines")).json()["machines"]
        (aside,) = (await client.get("/api/v1/quarantine")).json()["events"]
        assert (await client.get("/healthz")).text == "ok"
    assert (row["machine"], row["standing"], row["stored"], row["unfit"]) == ("t07", "unknown", 1, 1)
    assert "another event with this id" in aside["reason"]


async def test_who_has_no_token_reads_nothing(store: FloorStore) -> None:
    async with asking(store, reading_open=False) as client:
        for path in ("usage", "heat", "machines", "quarantine", "health"):
            assert (await client.get(f"/api/v1/{path}", params=SPAN)).status_code == 401
        assert (await client.get("/healthz")).status_code == 200
    async with asking(store) as client:
        assert (await client.get("/api/v1/state")).status_code == 404
        assert (await client.post("/api/v1/usage")).status_code == 405
        assert (await client.get("/healthz", headers={"host": "evil.example"})).status_code == 421


async def test_hours_that_are_not_kept_are_told(store: FloorStore) -> None:
    gym(store)
    before = await rows(store)
    gone = store.let_go(NOW + timedelta(days=120), 62)
    assert gone > 0
    assert await rows(store) == before
    assert store.differences() == []
    async with asking(store) as client:
        for query in (SPAN | {"bucket": "hour"}, {"from": "2026-10-02", "to": "2026-10-20"}):
            answer = await client.get("/api/v1/heat" if "bucket" not in query else "/api/v1/usage", params=query)
            assert "are kept from 2026-1" in answer.json()["errors"][0]
    assert sum(row["sessions"] for row in await rows(store, "heat")) == 120


async def test_a_replay_of_what_is_not_kept_changes_nothing(store: FloorStore) -> None:
    (life, *_) = gym(store)
    store.let_go(NOW + timedelta(days=120), 62)
    before = sheets(store)
    hear(store, life, life.rows, NOW + timedelta(days=120))
    assert sheets(store) == before
    assert "not kept any more" in store.quarantined()[0]["reason"]


async def test_events_go_by_whole_months(store: FloorStore) -> None:
    gym(store)
    assert store.let_go(datetime(2026, 12, 20, tzinfo=UTC), 62) == 0  # 19 October is in a month that is kept
    assert store.differences() == []


async def test_a_call_for_help_is_forgotten_after_a_day(store: FloorStore) -> None:
    life = Life()
    life.tell("help")
    life.tell("trainer")
    hear(store, life, life.rows)
    assert store.let_go(life.began + timedelta(hours=23), 62) == 0
    assert store.let_go(life.began + timedelta(hours=25), 62) == 1


async def test_an_export_holds_up_no_one(store: FloorStore) -> None:
    """While a reader takes its time over a long answer, events are stored."""
    (life, *_) = gym(store)
    async with asking(store) as client:
        asked = SPAN | {"bucket": "hour", "by": "machine", "format": "csv"}
        async with client.stream("GET", "/api/v1/usage", params=asked) as answer:
            chunks = answer.aiter_bytes()
            await anext(chunks)
            life.session(100)
            await asyncio.to_thread(hear, store, life, life.rows[-2:])
            async for _ in chunks:
                pass


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(what=st.lists(HAPPENINGS, min_size=1, max_size=15), hour=st.integers(0, 24 * 14))
def test_every_way_to_ask_has_the_same_sums(store: FloorStore, what: list[Any], hour: int) -> None:
    from daemon.floor.usage import Question, heat, lines

    life = Life(began=datetime(2026, 10, 20, tzinfo=UTC) + timedelta(hours=hour))
    for one in what:
        happen(life, one)
    hear(emptied(store), life, life.rows, NOW + timedelta(days=30))
    whole = life.sums()
    for bucket in ("hour", "day", "week", "total"):
        asked = Question(date(2026, 10, 20), date(2026, 12, 20), bucket)
        assert added(line.sums for line in lines(store, asked)) == whole
    assert added(sums for *_, sums in heat(store, Question(date(2026, 10, 20), date(2026, 12, 20)))) == whole


def added(parts: Any) -> Counter[str]:
    from daemon.floor.columns import COLUMNS, total

    return Counter({name: n for name, n in zip(COLUMNS, total(parts), strict=True) if n})
