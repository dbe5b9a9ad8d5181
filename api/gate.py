"""What no request passes without: a name that is ours, an origin that is ours, a body that is small."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
BODY_LIMIT = 64 * 1024
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (
        b"content-security-policy",
        b"default-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; object-src 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


def name_of(host: str) -> str:
    """Return a Host header without its port."""
    return host.rsplit(":", 1)[0] if not host.endswith("]") and ":" in host else host


class Gate:
    """Wraps an app: foreign Host or Origin (DNS rebinding, other pages) and large bodies are refused."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self._app = app
        self._hosts = LOOPBACK | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        refused = self._refusal(headers)
        if refused and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403, "reason": refused})
        elif refused:
            await problem(421, refused)(scope, receive, send)
        elif scope["type"] == "http" and _too_large(headers):
            await problem(413, f"A body may have {BODY_LIMIT} bytes; send less.")(scope, receive, send)
        else:
            await self._app(scope, _bounded(receive), _guarded(send) if scope["type"] == "http" else send)

    def _refusal(self, headers: dict[bytes, str]) -> str | None:
        host = headers.get(b"host", "").lower()
        if name_of(host) not in self._hosts:
            return f"This server is not called {host or 'nothing'!r}; use its own name or 127.0.0.1."
        origin = headers.get(b"origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host:
            return "Pages of other sites may not ask this server."
        return None


def _too_large(headers: dict[bytes, str]) -> bool:
    length = headers.get(b"content-length", "0")
    return not length.isdigit() or int(length) > BODY_LIMIT


def _bounded(receive: Receive) -> Receive:
    """Cut off a body that is larger than it said, or that never said how large it is."""
    seen = 0

    async def read() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b"")) if message["type"] == "http.request" else 0
        return {"type": "http.disconnect"} if seen > BODY_LIMIT else message

    return read


def _guarded(send: Send) -> Send:
    async def write(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *HEADERS]
        await send(message)

    return write
