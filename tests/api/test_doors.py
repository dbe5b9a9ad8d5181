"""Who may come in."""

import asyncio

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.api.world import World

PATHS = ("/api/v1/state", "/console", "/static/console.js", "/openapi.json", "/nothing")
pytestmark = pytest.mark.usefixtures("client")
SOCKETS = ("/api/v1/live", "/console/live")


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:80", "127.0.0.1", "127.8.9.1:8080", "[::1]", "[::1]:8080", "t07.gym.example:8080"],
)
async def test_our_own_names_are_let_in(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/api/v1/state", headers={"Host": host})).status_code == 200


FORGED = [
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "localhost/evil",
    "localhost#evil",
    "localhost?evil",
    "192.0.2.7",
    "[2001:db8::7]",
    "[::1",
    "localhost:port",
    "2130706433",
    "",
    "0[::1]",
    "[::1]evil",
]


@pytest.mark.parametrize("host", FORGED)
async def test_other_names_are_not(client: httpx.AsyncClient, host: str) -> None:
    for path in PATHS:
        answer = await client.get(path, headers={"Host": host})
        assert answer.status_code == 421
        assert answer.headers["content-type"] == "application/problem+json"


async def test_two_names_or_none_are_not(world: World) -> None:
    for head in ("Host: localhost\r\nHost: evil.example\r\n", ""):
        for version in ("1.0", "1.1"):
            answer = await raw(world.port, f"GET /api/v1/state HTTP/{version}\r\n{head}Connection: close\r\n\r\n")
            assert answer.split()[1] in {b"400", b"421"}, (head, version)


async def raw(port: int, request: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


FOREIGN = ["http://evil.example", "null", "https://127.0.0.1.evil.example", "file://", "http://127.0.0.1:1", ""]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_pages_of_other_sites_are_kept_out(client: httpx.AsyncClient, world: World, origin: str) -> None:
    for method, path in (("GET", "/api/v1/state"), ("PATCH", "/api/v1/settings"), ("OPTIONS", "/api/v1/settings")):
        answer = await client.request(method, path, headers={"Origin": origin})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
    for path in SOCKETS:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{world.port}{path}", additional_headers={"Origin": origin}, proxy=None)
        assert refused.value.response.status_code == 403
        assert refused.value.response.headers["content-type"] == "application/problem+json"


async def test_our_own_pages_are_let_in(client: httpx.AsyncClient, world: World) -> None:
    own = f"http://127.0.0.1:{world.port}"
    assert (await client.get("/api/v1/state", headers={"Origin": own})).status_code == 200
    for path in SOCKETS:
        async with world.socket(path, additional_headers={"Origin": own}):
            pass


@pytest.mark.parametrize("path", SOCKETS)
async def test_a_socket_by_another_name_is_refused(world: World, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://evil.example{path}", host="127.0.0.1", port=world.port, proxy=None)
    assert refused.value.response.status_code == 421
