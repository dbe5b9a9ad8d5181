"""Sessions page by page, usage by local hour."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from api.usage import COLUMNS, UsageTable
from tests.api.world import World, hour

BERLIN = ZoneInfo("Europe/Berlin")
DAY = {"from": "2026-10-25", "to": "2026-10-26"}


async def test_sessions_come_page_by_page(client: httpx.AsyncClient, world: World) -> None:
    found: list[str] = []
    pages = 0
    before: dict[str, str] = {}
    for _ in range(9):
        pages += 1
        page = (await client.get("/api/v1/sessions", params={"limit": 3, **before})).json()
        found += [row["id"] for row in page["sessions"]]
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    assert found == [row.id for row in world.history.rows]
    assert (len(found), pages) == (9, 3)


@pytest.mark.parametrize("limit", ["0", "501", "-1", "many", "1e3"])
async def test_a_page_has_bounds(client: httpx.AsyncClient, limit: str) -> None:
    answer = await client.get("/api/v1/sessions", params={"limit": limit})
    assert answer.status_code == 422
    assert answer.json()["errors"][0].startswith("query.limit: ")


async def test_usage_is_asked_in_the_wanted_zone(client: httpx.AsyncClient, world: World) -> None:
    world.history.hours = [hour(datetime(2026, 10, 25, 2, fold=fold, tzinfo=BERLIN)) for fold in (0, 1)]
    answer = await client.get("/api/v1/usage", params={**DAY, "tz": "Europe/Berlin"})
    table = UsageTable.model_validate_json(answer.content).model_dump(mode="json")
    assert table == answer.json()
    assert (table["site"], table["machine"], table["tz"]) == ("north", "t07", "Europe/Berlin")
    assert [row["start"] for row in table["rows"]] == ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]
    ((start, end, zone),) = world.history.asked
    assert (start, end, str(zone)) == (
        datetime(2026, 10, 25, tzinfo=BERLIN),
        datetime(2026, 10, 26, tzinfo=BERLIN),
        "Europe/Berlin",
    )


async def test_an_offset_that_is_given_counts(client: httpx.AsyncClient, world: World) -> None:
    await client.get("/api/v1/usage", params={"from": "2026-03-01T00:00:00+05:00", "to": "2026-03-02T00:00Z"})
    assert world.history.asked[0][0].utcoffset() == timedelta(hours=5)
    assert str(world.history.asked[0][2]) == "Europe/Berlin"


async def test_the_csv_has_the_same_rows(client: httpx.AsyncClient, world: World) -> None:
    world.history.hours = [hour(datetime(2026, 10, 25, n, tzinfo=BERLIN), belt_s=n) for n in range(5)]
    answer = await client.get("/api/v1/usage", params={**DAY, "format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="t07-2026-10-25-2026-10-26.csv"'
    header, *rows = csv.reader(io.StringIO(answer.text))
    assert tuple(header) == COLUMNS
    assert [dict(zip(header, row, strict=True))["belt_s"] for row in rows] == ["0", "1", "2", "3", "4"]
    first = dict(zip(header, rows[0], strict=True))
    assert first["start"] == "2026-10-25T00:00:00+02:00"
    assert (first["flat_share"], first["coverage"], first["machine"]) == ("", "1.0", "t07")


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({}, ["query.from", "query.to"]),
        ({"from": "yesterday", "to": "2026-01-01"}, ["query.from"]),
        ({"from": "2026-01-02", "to": "2026-01-01"}, ["query.to: is not after"]),
        ({"from": "2026-01-01", "to": "2026-01-01"}, ["query.to: is not after"]),
        ({"from": "2024-01-01", "to": "2026-01-01"}, ["query.to: is more than 400 days"]),
        ({"from": "0001-01-01", "to": "9999-12-31T23:59:59"}, ["query.to: is more than 400 days"]),
        (DAY | {"tz": "Europe/Atlantis"}, ["query.tz"]),
        (DAY | {"tz": "Europe"}, ["query.tz"]),
        (DAY | {"tz": "../../etc/passwd"}, ["query.tz"]),
        (DAY | {"tz": "/etc/passwd"}, ["query.tz"]),
        (DAY | {"tz": ""}, ["query.tz"]),
        (DAY | {"tz": "\x00"}, ["query.tz"]),
        (DAY | {"tz": "x" * 65}, ["query.tz"]),
        (DAY | {"format": "pdf"}, ["query.format"]),
    ],
)
async def test_what_makes_no_sense_is_told(
    client: httpx.AsyncClient, world: World, params: dict[str, Any], told: list[str]
) -> None:
    answer = await client.get("/api/v1/usage", params=params)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    errors = answer.json()["errors"]
    assert len(errors) == len(told)
    assert all(error.startswith(start) for error, start in zip(errors, told, strict=True))
    assert world.history.asked == []


@pytest.mark.parametrize("year", ["0001", "9999"])
@pytest.mark.parametrize("tz", ["Pacific/Kiritimati", "Pacific/Niue"])
async def test_the_ends_of_time_are_no_error(client: httpx.AsyncClient, year: str, tz: str) -> None:
    params = {"from": f"{year}-01-01", "to": f"{year}-12-31T23:59:59", "tz": tz}
    assert (await client.get("/api/v1/usage", params=params)).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/sessions", "/api/v1/usage?from=2026-01-01&to=2026-01-02"])
async def test_a_store_that_cannot_be_read_is_told(client: httpx.AsyncClient, world: World, path: str) -> None:
    world.history.broken = "the disk is gone"
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert answer.json()["detail"] == "The store cannot be read: the disk is gone"
