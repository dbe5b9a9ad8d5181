"""Settings: who may change them, and that nobody overwrites what they have not read."""

from typing import Any

import httpx
import pytest

from daemon.policy.events import RulesSet
from tests.api.world import TOKEN, World

STAFF = {"Authorization": f"Bearer {TOKEN}", "If-Match": '"1"'}
LOWER = {"values": {"min_incline": 5}}


async def change(client: httpx.AsyncClient, body: Any, headers: dict[str, str], verb: str = "PATCH") -> httpx.Response:
    return await client.request(verb, "/api/v1/settings", json=body, headers=headers)


async def test_settings_carry_their_revision(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/settings")
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"1"'
    assert (answer.json()["rev"], answer.json()["mode"], answer.json()["values"]["min_incline"]) == (1, "assist", 10)


@pytest.mark.parametrize("verb", ["PUT", "PATCH"])
async def test_a_token_and_the_revision_change_settings(client: httpx.AsyncClient, world: World, verb: str) -> None:
    answer = await change(client, {"mode": "nudge", **LOWER}, STAFF, verb)
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    assert (answer.json()["mode"], answer.json()["values"]["min_incline"], answer.json()["pending"]) == (
        "nudge",
        5,
        True,
    )
    assert (await client.get("/api/v1/settings")).headers["etag"] == '"2"'
    event = await world.next_event()
    assert isinstance(event, RulesSet)
    assert event.rules.min_incline == 5
    (audit,) = world.told
    assert dict(audit.data) == {
        "what": "settings",
        "rev": 2,
        "by": "alex",
        "role": "staff",
        "address": "127.0.0.1",
        "mode": "nudge",
        "mode_was": "assist",
        "min_incline": 5,
        "min_incline_was": 10,
    }


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": "Bearer " + "0" * 64},
        {"Authorization": b"Bearer \xff\xfe"},
        {"Cookie": f"token={TOKEN}"},
    ],
)
async def test_without_a_known_token_nothing_changes(
    client: httpx.AsyncClient, world: World, header: dict[str, Any]
) -> None:
    answer = await change(client, LOWER, {"If-Match": '"1"', **header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert world.events.empty()


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        (None, 428),
        ('"0"', 412),
        ('"2"', 412),
        ("1", 412),
        ('W/"1"', 412),
        ("", 412),
        ('"1', 412),
        ("garbage", 412),
        ('"7", "1"', 200),
        ("*", 200),
    ],
)
async def test_the_revision_is_compared(client: httpx.AsyncClient, if_match: str | None, status: int) -> None:
    headers = {"Authorization": STAFF["Authorization"]} | ({} if if_match is None else {"If-Match": if_match})
    answer = await change(client, LOWER, headers)
    assert answer.status_code == status
    assert (await client.get("/api/v1/settings")).json()["rev"] == (2 if status == 200 else 1)


async def test_the_second_of_two_writers_is_told(client: httpx.AsyncClient) -> None:
    assert (await change(client, LOWER, STAFF)).status_code == 200
    late = await change(client, {"values": {"min_incline": 7}}, STAFF)
    assert late.status_code == 412
    assert late.json()["detail"] == "the settings are at revision 2: read them again"


async def test_every_reason_is_told_and_nothing_changed(client: httpx.AsyncClient, world: World) -> None:
    wrong = {"mode": "enforce", "values": {"min_incline": 99, "countdown_ms": 20_000, "colour": 1, "warm_up_ms": 0}}
    answer = await change(client, wrong, STAFF)
    assert answer.status_code == 422
    assert [error.split(":")[0] for error in answer.json()["errors"]] == [
        "mode",
        "min_incline",
        "countdown_ms",
        "colour",
    ]
    assert (await client.get("/api/v1/settings")).json()["rev"] == 1
    assert world.events.empty()


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"{", "body"),
        (b"", "body"),
        (b"[]", "body"),
        (b"\xff\xfe", "body"),
        (b'{"mode": "race"}', "body.mode"),
        (b'{"values": {"min_incline": 1.5}}', "body.values.min_incline"),
        (b'{"values": {"min_incline": null}}', "body.values.min_incline"),
        (b'{"values": {"min_incline": true}}', "body.values.min_incline"),
        (b'{"incline": 50}', "body.incline"),
        (b"[" * 60_000, "body"),
    ],
)
async def test_a_body_that_makes_no_sense_is_told(client: httpx.AsyncClient, body: bytes, place: str) -> None:
    headers = {**STAFF, "Content-Type": "application/json"}
    answer = await client.patch("/api/v1/settings", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    if answer.status_code == 422:
        assert answer.json()["errors"][0].startswith(place)
    assert (await client.get("/api/v1/settings")).json()["rev"] == 1


async def test_what_is_not_on_the_disk_is_not_confirmed(client: httpx.AsyncClient, world: World) -> None:
    world.history.on_disk = False
    assert (await change(client, LOWER, STAFF)).status_code == 503


async def test_a_preview_changes_nothing(client: httpx.AsyncClient, world: World) -> None:
    answer = await client.post("/api/v1/settings/preview", json=LOWER)
    assert answer.json() == {
        "rev": 1,
        "refused": [],
        "changes": [{"name": "min_incline", "before": 10, "after": 5}],
    }
    refused = await client.post("/api/v1/settings/preview", json={"mode": "enforce", "values": {"min_incline": 99}})
    assert refused.status_code == 200
    assert [why.split(":")[0] for why in refused.json()["refused"]] == ["mode", "min_incline"]
    assert (await client.get("/api/v1/settings")).headers["etag"] == '"1"'
    assert world.events.empty()


async def test_the_reason_is_kept_with_the_change(client: httpx.AsyncClient, world: World) -> None:
    await change(client, {**LOWER, "reason": "two members asked for it"}, STAFF)
    (audit,) = world.told
    assert dict(audit.data)["why"] == "two members asked for it"


@pytest.mark.parametrize("reason", ["", "x" * 201, "two\nlines", 5])
async def test_a_reason_is_one_short_line(client: httpx.AsyncClient, world: World, reason: object) -> None:
    answer = await change(client, {**LOWER, "reason": reason}, STAFF)
    assert answer.status_code == 422
    assert world.events.empty()


async def test_the_history_is_asked_for_in_pages(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/settings/history", params={"limit": 2, "before": 9})
    assert (answer.status_code, answer.json()) == (200, [])
    for wrong in ({"limit": 0}, {"limit": 201}, {"before": 0}, {"before": "x"}):
        assert (await client.get("/api/v1/settings/history", params=wrong)).status_code == 422
