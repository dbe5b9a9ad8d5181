"""Around the whole app: security headers on every answer, and nothing of an unforeseen error gets out."""

import logging
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from api.problems import problem

log = logging.getLogger(__name__)

POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),  # the demo shows the console page in a frame
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),  # kept copies are asked for again: after an update the page must be new
)
STARTS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})
INTERNAL_ERROR = 1011
"""WebSocket close code, RFC 6455 7.4.1."""


class Armour:
    """ASGI middleware, the outermost."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def armoured(message: Message) -> None:
            nonlocal started
            if message["type"] in STARTS:
                started = True
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        try:
            await self._app(scope, receive, armoured)
        except WebSocketDisconnect:
            log.debug("A WebSocket was left in the middle: %s", scope.get("path"))
        except Exception:  # nothing else stands between a mistake of ours and the outside
            log.exception("The API failed on %s %s; the daemon goes on.", scope["type"], scope.get("path"))
            if not started:
                await _apology(scope, receive, armoured)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": INTERNAL_ERROR})
            else:
                raise  # half an answer is out: only the server can cut the line


async def _apology(scope: Scope, receive: Receive, send: Send) -> None:
    answer = problem(500, "The daemon failed on this request; its journal says why.")
    await answer(scope, receive, send)
