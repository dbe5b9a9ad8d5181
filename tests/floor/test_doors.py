"""Who may do what at the floor: each role on each route, sign-in by cookie, TLS, the live stream."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.floor.app import ROWS, routed
from api.pace import Rate
from api.roles import WEBSOCKET, Row
from api.serve import CannotListen, Outside, listen, serve
from daemon.floor.board import DEPTH
from daemon.floor.store import FloorStore
from tests.api.test_roles import found
from tests.floor.gym import until
from tests.floor.lives import ZONE
from tests.floor.office import Office, as_, manned, office
from tests.mqtt.certificates import Authority
from tests.mqtt.mosquitto import Mosquitto, free_port, mosquitto

ROLES = ("", "unknown", "newer", "viewer", "integrator", "staff", "manager")
LEAST: dict[tuple[str, str], str] = {
    ("GET", "/"): "",
    ("GET", "/static/*"): "",
    ("GET", "/healthz"): "",
    ("POST", "/api/v1/sign-in"): "",
    ("POST", "/api/v1/sign-out"): "",
    ("GET", "/openapi.json"): "viewer",
    ("GET", "/metrics"): "viewer",
    ("GET", "/api/v1/usage"): "viewer",
    ("GET", "/api/v1/heat"): "viewer",
    ("GET", "/api/v1/machines"): "viewer",
    ("GET", "/api/v1/faults"): "viewer",
    ("GET", "/api/v1/settings"): "viewer",
    ("GET", "/api/v1/health"): "viewer",
    ("GET", "/api/v1/me"): "viewer",
    (WEBSOCKET, "/api/v1/live"): "viewer",
    ("GET", "/api/v1/quarantine"): "integrator",
    ("POST", "/api/v1/machines/{machine}/identify"): "staff",
    ("POST", "/api/v1/machines/{machine}/message"): "staff",
    ("POST", "/api/v1/machines/{machine}/extend"): "staff",
    ("POST", "/api/v1/machines/{machine}/lift"): "staff",
    ("POST", "/api/v1/machines/{machine}/out-of-order"): "staff",
    ("POST", "/api/v1/machines/{machine}/serviced"): "staff",
    ("POST", "/api/v1/waiting"): "staff",
    ("POST", "/api/v1/settings/preview"): "staff",
    ("PATCH", "/api/v1/settings"): "manager",
    ("GET", "/api/v1/settings/history"): "manager",
    ("GET", "/api/v1/audit"): "manager",
}
"""The least role for each route; written by hand, so that a slip in the code's table is seen."""
BODY: dict[str, dict[str, Any]] = {
    "/api/v1/sign-in": {"token": "viewer"},
    "/api/v1/machines/t07/message": {"text": "Hello"},
    "/api/v1/machines/t07/extend": {"minutes": 5, "reason": "x"},
    "/api/v1/machines/t07/lift": {"reason": "x"},
    "/api/v1/machines/t07/out-of-order": {"out": False, "reason": "x"},
    "/api/v1/machines/t07/serviced": {"note": "x"},
    "/api/v1/waiting": {"waiting": True},
    "/api/v1/settings": {"scope": "site", "values": {"min_incline": 5}},
    "/api/v1/settings/preview": {"scope": "site", "values": {"min_incline": 5}},
}
QUERY = {"/api/v1/usage": "?from=2026-01-01&to=2026-01-02", "/api/v1/heat": "?from=2026-01-01&to=2026-01-02"}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as running:
        yield running


@pytest.fixture
def gym(tmp_path: Path) -> Iterator[FloorStore]:
    store = FloorStore.open(str(tmp_path / "floor.db"), "gym", ZONE)
    yield store
    store.close()


@pytest.fixture
async def place(broker: Mosquitto, gym: FloorStore) -> AsyncIterator[Office]:
    async with office(gym, broker.port) as one, manned(one, broker.port) as world:
        world.tell(session="s-1")
        yield one


async def answered(place: Office, row: Row, role: str) -> int:
    """Ask for a row and return the answer's status; 200 for all that was done, and for a WebSocket that opens."""
    path = row.path.replace("{machine}", "t07").replace("*", "icon.svg")
    place.client.cookies.clear()
    if row.method == WEBSOCKET:
        try:
            async with connect(
                f"ws://127.0.0.1:{place.port}{path}", additional_headers=as_(role), proxy=None
            ) as socket:
                return 200 if json.loads(await socket.recv())["type"] == "all" else 0
        except InvalidStatus as refused:
            return refused.response.status_code
    body = BODY.get(path, {}) if row.method != "GET" else None
    answer = await place.client.request(
        row.method, path + QUERY.get(path, ""), json=body, headers={"If-Match": "*", **as_(role)}
    )
    return 200 if answer.status_code == 204 else answer.status_code


def expected(least: str, role: str) -> int:
    if least == "":
        return 200
    if role in {"", "unknown"}:
        return 401
    return 200 if role in ROLES[3:] and ROLES.index(role) >= ROLES.index(least) else 403


async def test_every_role_on_every_route(place: Office) -> None:
    for row in ROWS:
        least = LEAST[row.method, row.path]
        got = {role: await answered(place, row, role) for role in ROLES}
        assert got == {role: expected(least, role) for role in ROLES}, row


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    app = routed()
    table = {(row.method, row.path) for row in ROWS}
    assert set(found(list(app.routes))) == table == LEAST.keys()


async def test_no_route_has_a_verb_of_motion() -> None:
    words = {"start", "resume", "speed", "stop", "incline", "raise", "lower", "pause"}
    assert not {part for row in ROWS for part in row.path.replace("-", "/").split("/")} & words


async def sign_in(place: Office, token: str = "staff") -> tuple[str, str]:
    """Sign in; return the cookie and the page's word."""
    answer = await place.client.post("/api/v1/sign-in", json={"token": token})
    assert answer.status_code == 200
    place.client.cookies.clear()
    flags = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(flags.split("; "))
    assert "Secure" not in flags  # this server speaks no TLS
    assert token not in flags
    return flags.partition(";")[0], answer.json()["csrf"]


async def test_a_page_signs_in_and_says_its_word(place: Office) -> None:
    cookie, word = await sign_in(place)
    call = "/api/v1/waiting"
    body = {"waiting": True}
    page = {"Cookie": cookie}
    told = (await place.client.get("/api/v1/me", headers=page)).json()
    assert told == {"name": "staff-1", "role": "staff", "csrf": word}  # a page that is loaded anew has its word
    assert (await place.client.get("/api/v1/me", headers=as_("staff"))).json()["csrf"] is None
    assert (await place.client.post(call, json=body, headers=page)).status_code == 403
    assert (await place.client.post(call, json=body, headers=page | {"X-Inclined-CSRF": "x"})).status_code == 403
    said = page | {"X-Inclined-CSRF": word}
    assert (await place.client.post(call, json=body, headers=said)).status_code == 204
    other = said | {"Origin": "https://evil.example"}
    assert (await place.client.post(call, json=body, headers=other)).status_code == 403
    _, another = await sign_in(place)
    assert (await place.client.post(call, json=body, headers=page | {"X-Inclined-CSRF": another})).status_code == 403
    url = f"ws://127.0.0.1:{place.port}/api/v1/live"
    async with connect(url, additional_headers=page, proxy=None) as socket:
        assert json.loads(await socket.recv())["machines"][0]["machine"] == "t07"
    with pytest.raises(InvalidStatus):
        await connect(url, additional_headers=page | {"Origin": "https://evil.example"}, proxy=None)
    assert (await place.client.post("/api/v1/sign-out", headers=said)).status_code == 204
    assert (await place.client.get("/api/v1/me", headers=page)).status_code == 401


async def test_a_session_ends_with_its_token_and_with_the_day(place: Office) -> None:
    cookie, _ = await sign_in(place)
    place.tokens.revoked.add("staff")
    assert (await place.client.get("/api/v1/me", headers={"Cookie": cookie})).status_code == 401
    place.tokens.revoked.clear()
    assert (await place.client.get("/api/v1/me", headers={"Cookie": cookie})).status_code == 200
    place.pass_time(12 * 3600)
    assert (await place.client.get("/api/v1/me", headers={"Cookie": cookie})).status_code == 401
    for nonsense in ("inclined=x", "inclined=", "inclined", "=;;=\xe9", "a" * 9000):
        answer = await place.client.get("/api/v1/me", headers={b"Cookie": nonsense.encode("latin-1")})
        assert answer.status_code == 401


async def test_wrong_tokens_are_slowed_down(broker: Mosquitto, gym: FloorStore) -> None:
    async with office(gym, broker.port, sign_ins=Rate(every=6_000, burst=3)) as place:
        told = [(await place.client.post("/api/v1/sign-in", json={"token": "guess"})) for _ in range(4)]
        assert [one.status_code for one in told] == [401, 401, 401, 429]
        assert told[-1].headers["retry-after"] == "6"
        assert (await place.client.post("/api/v1/sign-in", json={"token": "staff"})).status_code == 200
        assert (await place.client.post("/api/v1/sign-in", json={"token": "newer"})).status_code == 403


HOSTILE = [
    b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"text": "\\ud800"}', b'{"text": "a\\u0000b"}', b'{"text": ""}',
    b'{"text": "x", "verb": "start"}', b'{"text": 5}', b'{"text": "' + b"x" * 121 + b'"}', b'{"text": "\\u202e"}',
    b"[" * 10_000, b'{"text": "x", "said_by": "a\\nb"}', b'{"a": ' * 5_000, b'{"text":"x","text":["x"]}',
]  # fmt: skip


async def test_hostile_bodies_change_nothing(place: Office) -> None:
    kind = {"Content-Type": "application/json", **as_("manager")}
    for body in HOSTILE:
        for path in ("machines/t07/message", "settings/preview", "sign-in", "machines/t07/extend", "waiting"):
            answer = await place.client.post(f"/api/v1/{path}", content=body, headers=kind)
            assert answer.status_code in {400, 409, 422}, (path, body[:40])
            assert answer.headers["content-type"] == "application/problem+json"
    large = await place.client.post("/api/v1/waiting", content=b" " * 70_000, headers=kind)
    assert large.status_code == 413


async def test_settings_through_the_api(place: Office) -> None:
    boss = as_("manager")
    wanted = {"scope": "zone", "name": "hall", "values": {"min_incline": 5}, "reason": "quiet", "said_by": "Sam"}
    told = await place.client.get("/api/v1/settings", headers=boss)
    assert (told.headers["etag"], told.json()["layers"]) == ('"0"', [])
    seen = (await place.client.post("/api/v1/settings/preview", json=wanted, headers=boss)).json()
    assert [(m["machine"], m["changes"][0]["after"]) for m in seen["machines"]] == [("t07", 5)]
    assert (await place.client.patch("/api/v1/settings", json=wanted, headers=boss)).status_code == 428
    done = await place.client.patch("/api/v1/settings", json=wanted, headers={**boss, "If-Match": '"0"'})
    assert (done.status_code, done.headers["etag"]) == (200, '"1"')
    stale = await place.client.patch("/api/v1/settings", json=wanted, headers={**boss, "If-Match": '"0"'})
    assert stale.status_code == 412
    local = wanted | {"values": {"countdown_ms": 30_000, "limit_action": "stop"}}
    no = await place.client.patch("/api/v1/settings", json=local, headers={**boss, "If-Match": "*"})
    assert no.status_code == 422
    assert all("is set at the machine only" in why for why in no.json()["errors"])
    assert len(no.json()["errors"]) == 2
    seen = (await place.client.post("/api/v1/settings/preview", json=local, headers=boss)).json()
    assert (seen["refused"], seen["machines"]) == (no.json()["errors"], [])
    both = wanted | {"values": {"speed_least": 600, "speed_most": 600}}
    seen = (await place.client.post("/api/v1/settings/preview", json=both, headers=boss)).json()
    assert seen["refused"] == ["t07: speed_most: is less than 1 km/h above speed_least: no deck would ever be moved"]
    named = {change["name"] for change in seen["machines"][0]["changes"]}  # before it has told that it took the first
    assert named - {"min_incline"} == {"speed_least", "speed_most"}
    (entry,) = (await place.client.get("/api/v1/settings/history", headers=boss)).json()
    assert (entry["by"], entry["said_by"], entry["why"], entry["after"]["values"]) == (
        "manager-1", "Sam", "quiet", {"min_incline": 5},
    )  # fmt: skip
    await until(lambda: place.house.pushing.standing("t07") == "in force")
    (machine,) = (await place.client.get("/api/v1/settings", headers=boss)).json()["machines"]
    assert (machine["standing"], machine["sources"]) == ("in force", {"min_incline": "zone"})
    assert (await place.client.get("/api/v1/audit", headers=boss)).json()[0]["what"] == "settings"


async def test_a_reader_hears_each_change_and_a_slow_one_is_cut_off(place: Office) -> None:
    url = f"ws://127.0.0.1:{place.port}/api/v1/live"
    board = place.house.board
    async with (
        connect(url, additional_headers=as_("viewer"), proxy=None) as good,
        connect(url, additional_headers=as_("viewer"), proxy=None) as slow,
    ):
        assert json.loads(await good.recv())["type"] == "all"
        await slow.recv()
        await until(lambda: len(board._readers) == 2)
        row = board.rows()[0].model_copy(update={"name": "x" * 64})
        for reader in list(board._readers)[:1]:
            for _ in range(DEPTH + 1):
                reader.tell(row)
        await until(lambda: len(board._readers) == 1)
        cut, other = await asyncio.gather(_end(good), _end(slow))
        assert {cut, other} == {None, (1013, "too slow: connect again")}


async def _end(socket: Any) -> tuple[int, str] | None:
    """Read for a second; return how the line was closed, None when it was not."""
    try:
        async with asyncio.timeout(1.0):
            while True:
                await socket.recv()
    except TimeoutError:
        return None
    except ConnectionClosed as closed:
        return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else None


async def test_tls_by_certificate(broker: Mosquitto, gym: FloorStore, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    cert, key = authority.issue("floor", "127.0.0.1")
    async with office(gym, broker.port, outside=Outside((cert, key)), verify=authority.file) as place:
        answer = await place.client.post("/api/v1/sign-in", json={"token": "viewer"})
        assert "Secure" in answer.headers["set-cookie"]
        assert (await place.client.get("/api/v1/me")).json()["name"] == "viewer-1"
        async with httpx.AsyncClient(trust_env=False) as stranger:
            with pytest.raises(httpx.ConnectError):
                await stranger.get(f"https://127.0.0.1:{place.port}/healthz")


async def test_tls_files_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    for content in (None, "no certificate"):
        file = tmp_path / "floor.pem"
        if content:
            file.write_text(content, encoding="utf-8")
        with pytest.raises(CannotListen, match="cert and key"):
            await serve(routed(), listen("127.0.0.1", free_port()), Outside((file, file)))


async def test_behind_a_proxy(broker: Mosquitto, gym: FloorStore) -> None:
    """Only a proxy that the file names is believed."""
    forwarded = {"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "https", **as_("manager")}
    for proxies, secure in ((frozenset({"127.0.0.1"}), True), (frozenset[str](), False)):
        async with office(gym, broker.port, outside=Outside(None, proxies)) as place:
            answer = await place.client.post("/api/v1/sign-in", json={"token": "viewer"}, headers=forwarded)
            assert ("Secure" in answer.headers["set-cookie"]) is secure
            await place.client.post("/api/v1/waiting", json={"waiting": True}, headers=forwarded)
            told = (await place.client.get("/api/v1/audit", headers=as_("manager"))).json()[0]
            assert told["address"] == ("10.9.8.7" if secure else "127.0.0.1")
