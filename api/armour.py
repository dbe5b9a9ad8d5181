"""Around a whole app: security headers on every answer, and nothing of an unforeseen error gets out."""

import logging
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from api.problems import problem

log = logging.getLogger(__name__)

type Headers = tuple[tuple[bytes, bytes], ...]

NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Content-Security-Policy of an app without pages."""
PAGES: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Of the member's screen: what its page uses, and no text that becomes markup."""
FRAMED: Final = PAGES.replace("frame-ancestors 'none'", "frame-ancestors 'self'; frame-src 'self'")
"""Of the demo, which shows the screen beside its panel."""
UNUSED: Final = (
    "accelerometer", "autoplay", "camera", "clipboard-read", "clipboard-write", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "publickey-credentials-get", "screen-wake-lock", "serial", "storage-access", "usb", "window-management",
    "xr-spatial-tracking",
)  # fmt: skip
"""What a browser may offer and no page of ours takes."""
STARTS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})
INTERNAL_ERROR = 1011
"""WebSocket close code, RFC 6455 7.4.1."""


def headers(policy: str = NOTHING) -> Headers:
    """Return the headers of every answer of an app with this Content-Security-Policy."""
    return (
        (b"content-security-policy", policy.encode()),
        (b"permissions-policy", ", ".join(f"{name}=()" for name in UNUSED).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"SAMEORIGIN" if policy == FRAMED else b"DENY"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"cache-control", b"no-cache"),  # kept copies are asked for again: after an update the page must be new
    )


class Armour:
    """ASGI middleware, the outermost."""

    def __init__(self, app: ASGIApp, policy: str = NOTHING) -> None:
        self._app = app
        self._headers = headers(policy)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def armoured(message: Message) -> None:
            nonlocal started
            if message["type"] in STARTS:
                started = True
                message = {**message, "headers": [*message.get("headers", ()), *self._headers]}
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
