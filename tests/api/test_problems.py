"""Errors are problem documents, every answer is armoured, and no traceback gets out."""

import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from api.armour import FRAMED, NOTHING, PAGES, headers
from api.limits import MOST
from daemon.messages import Health, Problem
from tests.api.test_settings import STAFF
from tests.api.world import KEY, TOKEN, World


def check(answer: httpx.Response, status: int, policy: str = NOTHING) -> Problem:
    """Check that an answer is the problem document of its status, and armoured."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    document = Problem.model_validate_json(answer.content)
    assert document.status == status
    assert document.detail.endswith(".")
    for name, value in headers(policy):
        assert answer.headers[name.decode()] == value.decode()
    return document


@pytest.mark.parametrize(
    "path",
    ["/api/v1", "/api/v1/nothing", "/api/v1/state/", "/api/v1/live", "/docs", "/api", "/console", "/static/console.js"],
)
async def test_what_is_not_there(client: httpx.AsyncClient, path: str) -> None:
    check(await client.get(path), 404)


@pytest.mark.parametrize("path", ["/api/v1/state", "/metrics", "/static/nothing.js", "/static/", "/demo", "/console/"])
async def test_what_is_not_at_the_screen(screen: httpx.AsyncClient, path: str) -> None:
    check(await screen.get(path), 404, PAGES)


@pytest.mark.parametrize("path", ["/static/../desk.py", "/static/%2e%2e/desk.py", "/static/..%2f..%2fetc%2fpasswd"])
async def test_nothing_beside_the_pages_is_served(screen: httpx.AsyncClient, path: str) -> None:
    check(await screen.get(httpx.URL(str(screen.base_url)).copy_with(raw_path=path.encode())), 404, PAGES)


async def test_a_method_that_is_not_taken(client: httpx.AsyncClient, screen: httpx.AsyncClient) -> None:
    told = check(await client.delete("/api/v1/settings"), 405)
    assert "DELETE" in told.detail
    answer = await client.post("/api/v1/state")
    check(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD"
    check(await screen.post("/static/console.js"), 405, PAGES)
    check(await client.request("TRACE", "/api/v1/state"), 405)
    check(await client.options("/api/v1/state"), 405)


async def test_nothing_that_moves_can_be_asked(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/openapi.json")).json()["paths"]
    assert {path: set(methods) - {"get"} for path, methods in listed.items() if set(methods) != {"get"}} == {
        "/api/v1/settings": {"put", "patch"},
        "/api/v1/settings/preview": {"post"},
        "/api/v1/session/extend": {"post"},
        "/api/v1/session/lift": {"post"},
        "/api/v1/waiting": {"post"},
    }


async def parts(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1024):
        yield b" " * 1024


async def test_a_body_that_is_too_large(client: httpx.AsyncClient) -> None:
    check(await client.patch("/api/v1/settings", content=b" " * (MOST + 1), headers=STAFF), 413)
    check(await client.patch("/api/v1/settings", content=parts(MOST + 1024), headers=STAFF), 413)
    check(await client.post("/nothing", content=b" " * (MOST + 1)), 404)
    check(await client.patch("/api/v1/settings", content=b" " * MOST, headers=STAFF), 422)


async def test_a_mistake_of_ours_stays_inside(
    client: httpx.AsyncClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> Health:
        raise RuntimeError("a secret of the inside")

    world.health = fail
    with caplog.at_level(logging.INFO):
        told = check(await client.get("/api/v1/health"), 500)
    assert "secret" not in told.model_dump_json()
    assert [record.name for record in caplog.records if record.exc_info] == ["api.armour"]
    check(await client.get("/nothing"), 404)


async def test_every_answer_is_armoured_and_sets_no_cookie(
    client: httpx.AsyncClient, screen: httpx.AsyncClient
) -> None:
    programs = [(client, path, NOTHING) for path in ("/", "/healthz", "/api/v1/state", "/metrics", "/openapi.json")]
    pages = [(screen, path, PAGES) for path in ("/console", "/static/console.js")]
    for asked, path, policy in programs + pages:
        answer = await asked.get(path)
        assert answer.status_code == 200
        for name, value in headers(policy):
            assert answer.headers.get_list(name.decode()) == [value.decode()]
        assert not {"set-cookie", "server"} & set(answer.headers)
        assert not any(secret in answer.text for secret in (KEY, TOKEN))


def test_a_page_may_load_only_what_is_ours() -> None:
    for policy in (NOTHING, PAGES, FRAMED):
        assert policy.startswith("default-src 'none'")
        assert not any(word in policy for word in ("unsafe", "*", "http", "data:"))
    assert all("frame-ancestors 'none'" in policy for policy in (NOTHING, PAGES))


async def test_the_page_is_asked_for_again(screen: httpx.AsyncClient) -> None:
    first = await screen.get("/static/console.js")
    assert first.headers["cache-control"] == "no-cache"
    again = await screen.get("/static/console.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
