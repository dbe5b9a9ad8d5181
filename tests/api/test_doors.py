"""Who may come in: names, sites and request lines, as data, at both sockets."""

import asyncio

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.api.world import World

PATHS = ("/api/v1/state", "/openapi.json", "/nothing", "/", "/healthz", "/metrics")
PAGES = ("/console", "/static/console.js", "/nothing", "/")
SOCKETS = ("/api/v1/live", "/console/live")
pytestmark = pytest.mark.usefixtures("client")

LOOPBACK = ["localhost", "LOCALHOST:80", "127.0.0.1", "127.8.9.1:8080", "[::1]", "[::1]:8080"]


@pytest.mark.parametrize("host", [*LOOPBACK, "t07.gym.example:8080", "T07.Gym.Example"])
async def test_our_own_names_are_let_in(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/api/v1/state", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize("host", LOOPBACK)
async def test_the_screen_is_called_by_loopbacks_names(screen: httpx.AsyncClient, host: str) -> None:
    assert (await screen.get("/console", headers={"Host": host})).status_code == 200


FORGED: list[str | bytes] = [
    "evil.example",
    "evil.example:8080",
    "evil.example:8081",
    # a longer name that begins or ends with ours
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil-localhost",
    "xt07.gym.example",
    "t07.gym.example.evil.example",
    # trailing dots: the same name to a resolver, another one to a browser
    "localhost.",
    "127.0.0.1.",
    "evil.example.",
    "t07.gym.example.",
    # ports that are none
    "localhost:port",
    "localhost:",
    "localhost:123456",
    "localhost:80:80",
    "localhost: 80",
    # user information, paths, other parts of a URL
    "127.0.0.1@evil.example",
    "evil.example@127.0.0.1",
    "localhost/evil",
    "localhost#evil",
    "localhost?evil",
    "http://localhost",
    # addresses
    "192.0.2.7",
    "0.0.0.0",
    "[::]",
    "[2001:db8::7]",
    "[fe80::1%lo]",
    "[::1",
    "::1",
    "0[::1]",
    "[::1]evil",
    "[localhost]",
    # loopback as only old resolvers write it
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    # names in other scripts, as bytes and as punycode
    "localhos\u0442".encode(),
    "\uff4cocalhost".encode(),
    "127\u30020\u30020\u30021".encode(),
    "xn--ocalhost-0ue",
    "",
    "localhost, evil.example",
    "localhost evil.example",
]


@pytest.mark.parametrize("path", PATHS)
async def test_other_names_are_not_the_apis(client: httpx.AsyncClient, world: World, path: str) -> None:
    await refused(client, world, path)


@pytest.mark.parametrize("path", PAGES)
async def test_other_names_are_not_the_screens(screen: httpx.AsyncClient, world: World, path: str) -> None:
    await refused(screen, world, path)


async def refused(asked: httpx.AsyncClient, world: World, path: str) -> None:
    """Ask by every forged name, a quarter of a second after each other."""
    for host in FORGED:
        world.clock.at += 250
        answer = await asked.get(path, headers={b"Host": host if isinstance(host, bytes) else host.encode()})
        assert answer.headers["content-type"] == "application/problem+json"
        assert "[api] hosts" in answer.json()["detail"]


async def test_the_apis_further_names_are_not_the_screens(screen: httpx.AsyncClient) -> None:
    assert (await screen.get("/console", headers={"Host": "t07.gym.example"})).status_code == 421


HEADS = [
    "Host: localhost\r\nHost: evil.example\r\n",
    "Host: evil.example\r\nHost: localhost\r\n",
    "Host: localhost\r\nhost: localhost\r\n",
    "",
    "X-Forwarded-Host: localhost\r\nHost: evil.example\r\n",
    "Forwarded: host=localhost\r\nHost: evil.example\r\n",
]


@pytest.mark.parametrize("head", HEADS)
async def test_two_names_or_none_are_not(world: World, head: str) -> None:
    for port, path in ((world.port, "/api/v1/state"), (world.screen_port, "/console")):
        for version in ("1.0", "1.1"):
            answer = await raw(port, f"GET {path} HTTP/{version}\r\n{head}Connection: close\r\n\r\n")
            assert answer.split()[1] in {b"400", b"421"}, (head, version)


TARGETS = ["http://localhost{}", "http://evil.example{}", "evil.example:80", "*", "localhost{}"]


@pytest.mark.parametrize("target", TARGETS)
async def test_an_absolute_target_is_a_proxys(world: World, target: str) -> None:
    for port, path in ((world.port, "/api/v1/state"), (world.screen_port, "/console")):
        for upgrade in ("", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"):
            method = "OPTIONS" if target == "*" else "GET"
            head = f"{method} {target.format(path)} HTTP/1.1\r\nHost: localhost\r\n{upgrade}"
            end = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" if upgrade else "Connection: close\r\n"
            answer = await raw(port, head + end + "\r\n")
            assert answer.split()[1] == b"400", (target, upgrade)


async def raw(port: int, request: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


FOREIGN = [
    "http://evil.example",
    "null",
    "https://127.0.0.1.evil.example",
    "file://",
    "http://127.0.0.1:1",
    "http://127.0.0.1",
    "http://localhost",
    "http://evil@127.0.0.1",
    "chrome-extension://127.0.0.1",
    "",
]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_pages_of_other_sites_are_kept_out(client: httpx.AsyncClient, world: World, origin: str) -> None:
    for method, path in (("GET", "/api/v1/state"), ("PATCH", "/api/v1/settings"), ("OPTIONS", "/api/v1/settings")):
        answer = await client.request(method, path, headers={"Origin": origin})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
    for path, port in zip(SOCKETS, (world.port, world.screen_port), strict=True):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{port}{path}", additional_headers={"Origin": origin}, proxy=None)
        assert refused.value.response.status_code == 403
        assert refused.value.response.headers["content-type"] == "application/problem+json"


async def test_our_own_pages_are_let_in(client: httpx.AsyncClient, world: World) -> None:
    own = f"http://127.0.0.1:{world.port}"
    assert (await client.get("/api/v1/state", headers={"Origin": own})).status_code == 200
    for path, port in zip(SOCKETS, (world.port, world.screen_port), strict=True):
        async with world.socket(path, additional_headers={"Origin": f"http://127.0.0.1:{port}"}):
            pass


async def test_the_apis_pages_are_another_site_to_the_screen(screen: httpx.AsyncClient, world: World) -> None:
    beside = f"http://127.0.0.1:{world.port}"
    assert (await screen.get("/console", headers={"Origin": beside})).status_code == 403
    with pytest.raises(InvalidStatus) as refused:
        async with world.socket("/console/live", additional_headers={"Origin": beside}):
            pass
    assert refused.value.response.status_code == 403


NAMES = ["evil.example", "localhost.", "127.0.0.1.evil.example", "evil.example:8081"]


@pytest.mark.parametrize("name", NAMES)
async def test_a_socket_by_another_name_is_refused(world: World, name: str) -> None:
    for path, port in zip(SOCKETS, (world.port, world.screen_port), strict=True):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://{name}{path}", host="127.0.0.1", port=port, proxy=None)
        assert refused.value.response.status_code == 421
