"""Every address, asked by everyone: the table of `api.roles` against the routes that there are and what they answer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import Mount
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from api.app import create_app
from api.demo import demo_routes
from api.roles import API, CONSOLE, DEMO, ROLES, WEBSOCKET, Role, Row, methods
from api.screen import create_console
from docs.roles import page
from tests.api.world import EXPIRED, KEY, REVOKED, TOKEN, VIEWER, World, closing, said, say, seen

CALLERS: dict[str, dict[str, str]] = {
    "none": {},
    "console key": {"Authorization": f"Bearer {KEY}"},
    "expired": {"Authorization": f"Bearer {EXPIRED}"},
    "revoked": {"Authorization": f"Bearer {REVOKED}"},
    "of a newer role": {"Authorization": "Bearer of-a-newer-version"},
    "viewer": {"Authorization": f"Bearer {VIEWER}"},
    "staff": {"Authorization": f"Bearer {TOKEN}"},
}
OPEN = dict.fromkeys(CALLERS, 200)
WRONG = {"none": 401, "console key": 401, "expired": 401, "revoked": 401, "of a newer role": 403}
READ = {**WRONG, "viewer": 200, "staff": 200}
CHANGE = {**WRONG, "viewer": 403, "staff": 200}
HERE = {**READ, "none": 200}
"""Reading while the API listens on this computer only."""

EXPECTED: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "/"): OPEN,
    ("GET", "/about"): OPEN,
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/openapi.json"): READ,
    ("GET", "/metrics"): READ,
    ("GET", "/api/v1/state"): READ,
    ("GET", "/api/v1/info"): READ,
    (WEBSOCKET, "/api/v1/live"): READ,
    ("GET", "/api/v1/sessions"): READ,
    ("GET", "/api/v1/usage"): READ,
    ("GET", "/api/v1/settings"): READ,
    ("PATCH", "/api/v1/settings"): CHANGE,
    ("PUT", "/api/v1/settings"): CHANGE,
    ("POST", "/api/v1/settings/preview"): READ,
    ("GET", "/api/v1/settings/history"): READ,
    ("POST", "/api/v1/session/extend"): CHANGE,
    ("POST", "/api/v1/session/lift"): CHANGE,
    ("POST", "/api/v1/waiting"): CHANGE,
    ("GET", "/api/v1/content"): READ,
    ("GET", "/api/v1/health"): READ,
    ("GET", "/api/v1/ready"): READ,
    ("GET", "/api/v1/metrics"): READ,
}
"""What each caller is answered on a network; written by hand, so that a slip in the code's table is seen."""
BODY: dict[str, dict[str, Any]] = {
    "/api/v1/settings/preview": {},
    "/api/v1/session/extend": {"minutes": 5, "reason": "test"},
    "/api/v1/session/lift": {"reason": "test"},
    "/api/v1/waiting": {"waiting": True},
}
DONE = BODY.keys() - {"/api/v1/settings/preview"}
"""What has nothing to answer."""
QUERY = {"/api/v1/usage": "?from=2026-01-01&to=2026-01-02"}


def found(routes: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route, those of included routers too."""
    for route in routes:
        if hasattr(route, "effective_candidates"):
            yield from found(route.effective_candidates())
        elif isinstance(route, Mount):
            yield "GET", f"{route.path}/*"
        else:
            for method in getattr(route, "methods", None) or {WEBSOCKET}:
                yield method, route.path or route.starlette_route.path


def rows(table: tuple[Row, ...]) -> set[tuple[str, str]]:
    return {(row.method, row.path) for row in table}


def test_every_route_has_its_row_and_every_row_its_route(world: World) -> None:
    desk = world.desk()
    assert set(found(create_app(desk).routes)) == rows(API)
    assert set(found(create_console(desk).routes)) == rows(CONSOLE)
    panel = demo_routes(world.feed, lambda name: None, lambda: None)  # type: ignore[arg-type, return-value]  # not asked
    assert set(found(panel.routes)) == rows(DEMO)


def test_every_row_of_the_api_is_expected_here() -> None:
    assert EXPECTED.keys() == rows(API)


def test_the_page_of_the_api_is_what_the_code_says(checkout: Path) -> None:
    text = (checkout / "docs/api.md").read_text(encoding="utf-8")
    assert page(text) == text
    assert page(text.replace("| viewer or more |", "| everyone |")) == text


def test_nothing_is_on_both_sockets_but_the_door_mat() -> None:
    assert {path for _, path in rows(API)} & {path for _, path in rows(CONSOLE)} == {"/"}


def test_only_staff_change_anything_and_only_the_api_is_changed() -> None:
    changing = [
        row for row in (*API, *CONSOLE) if row.method not in {"GET", WEBSOCKET} and not row.path.endswith("/preview")
    ]
    assert {row.path for row in changing} == {"/api/v1/settings", *DONE}
    assert all(row.needs is Role.STAFF for row in changing)


async def answered(client: httpx.AsyncClient, world: World, row: Row, headers: dict[str, str]) -> int:
    """Ask for a row and return the status of the answer; 200 for a WebSocket that opens."""
    if row.method == WEBSOCKET:
        try:
            async with connect(
                f"ws://127.0.0.1:{world.port}{row.path}", additional_headers=headers, proxy=None
            ) as socket:
                return 200 if (await said(socket))["seq"] else 0
        except InvalidStatus as refused:
            return refused.response.status_code
    body = BODY.get(row.path, {}) if row.method not in {"GET", "HEAD"} else None
    address = row.path + QUERY.get(row.path, "")
    answer = await client.request(row.method, address, json=body, headers={"If-Match": "*", **headers})
    if answer.status_code == 204:
        return 200
    assert answer.status_code == 200 or answer.headers["content-type"] == "application/problem+json"
    return answer.status_code


@pytest.mark.parametrize("row", API, ids=lambda row: f"{row.method} {row.path}")
async def test_each_caller_gets_what_the_role_allows(client: httpx.AsyncClient, world: World, row: Row) -> None:
    expected = EXPECTED[row.method, row.path]
    world.feed.publish(seen(2, session="run-1"))
    assert {who: await answered(client, world, row, head) for who, head in CALLERS.items()} == (
        HERE if expected is READ else expected
    )


@pytest.fixture
def far(world: World) -> World:
    """A world whose API is open to the network."""
    world.reading_open = False
    return world


@pytest.mark.parametrize("row", API, ids=lambda row: f"{row.method} {row.path}")
async def test_on_a_network_reading_needs_a_token(far: World, row: Row) -> None:
    far.feed.publish(seen(2, session="run-1"))
    async with far.served() as client:
        got = {who: await answered(client, far, row, head) for who, head in CALLERS.items()}
    assert got == EXPECTED[row.method, row.path]


async def test_strangers_hear_no_more_than_ok(far: World) -> None:
    async with far.served() as client:
        assert (await client.get("/healthz")).text == "ok"
        assert (await client.get("/readyz")).text == "ok"
        assert "t07" not in (await client.get("/")).text


@pytest.mark.parametrize("caller", CALLERS)
async def test_the_screens_line_is_opened_by_the_kiosks_key_and_by_no_token(world: World, caller: str) -> None:
    async with world.served():
        for key, code in ((KEY, None), (TOKEN, 4401), (VIEWER, 4401), ("", 4401)):
            async with world.socket("/console/live", additional_headers=CALLERS[caller]) as page:
                await say(page, type="hello", key=key)
                if code is None:
                    assert (await said(page))["seq"] == 1
                else:
                    assert await closing(page) == code


@pytest.mark.parametrize("place", ["?key={}", "?token={}", "?access_token={}"])
async def test_nothing_is_opened_by_a_query(far: World, place: str) -> None:
    async with far.served() as client:
        assert (await client.get("/api/v1/state" + place.format(TOKEN))).status_code == 401
        async with far.socket("/console/live" + place.format(KEY)) as page:
            await say(page, type="hello", key="")
            assert await closing(page) == 4401


async def test_a_token_that_ends_needs_a_clock(far: World) -> None:
    far.tokens.now = None
    async with far.served() as client:
        answer = await client.get("/api/v1/state", headers=CALLERS["viewer"])
        assert (answer.status_code, "clock" in answer.json()["detail"]) == (401, True)
        assert (await client.get("/api/v1/state", headers=CALLERS["staff"])).status_code == 200


async def test_a_revoked_token_ends_at_once(far: World) -> None:
    async with far.served() as client:
        assert (await client.get("/api/v1/state", headers=CALLERS["viewer"])).status_code == 200
        del far.tokens.kept["grafana"]
        assert (await client.get("/api/v1/state", headers=CALLERS["viewer"])).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        [("Authorization", f"Bearer {TOKEN}"), ("Authorization", f"Bearer {TOKEN}")],
        [("Authorization", f"Basic {TOKEN}")],
        [("Authorization", "Bearer")],
        [("Authorization", TOKEN)],
        [("Authorization", "")],
        [("Proxy-Authorization", f"Bearer {TOKEN}")],
        [("X-Api-Key", TOKEN)],
        [("Cookie", f"token={TOKEN}")],
    ],
)
async def test_a_token_comes_in_one_header_only(far: World, headers: list[tuple[str, str]]) -> None:
    async with far.served() as client:
        answer = await client.get("/api/v1/state", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/state", "/openapi.json", "/metrics", "/api/v1/settings"])
async def test_head_is_get_without_a_body(client: httpx.AsyncClient, path: str) -> None:
    whole, head = await client.get(path), await client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    same = ("content-type", "content-length", "etag")
    assert [head.headers.get(name) for name in same] == [whole.headers.get(name) for name in same]
    expected = EXPECTED["GET", path]["revoked"]
    assert (await client.head(path, headers=CALLERS["revoked"])).status_code == expected


async def test_the_front_doors_lead_on(client: httpx.AsyncClient, screen: httpx.AsyncClient) -> None:
    assert "/openapi.json" in (await client.get("/")).text
    for method in ("GET", "HEAD"):
        answer = await screen.request(method, "/")
        assert (answer.status_code, answer.headers["location"]) == (307, "/console")
        assert (await screen.request(method, "/console")).status_code == 200


def test_head_goes_where_get_does() -> None:
    for row in (*API, *CONSOLE):
        assert ("HEAD" in methods((row,), row.path)) == (row.method == "GET")


def test_every_role_but_nobody_can_be_given() -> None:
    assert sorted(ROLES) == ["integrator", "manager", "staff", "viewer"]
