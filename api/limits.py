"""How large a request's body may be, and how long it may take."""

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

MOST = 65_536
"""Bytes of a body."""
PATIENCE_S = 10.0
"""How long the whole of it may take to come."""
LINGER = 16 * MOST
"""What is read of a larger one: a client that is still sending when we close may never see the answer."""
CLOSE = {"Connection": "close"}
SLOW = "The body did not come in time."
DETAIL = f"The body is larger than {MOST // 1024} KiB."


class BodyLimit:
    """ASGI middleware: refuses a larger body (413), told beforehand or found while it comes, and a late one (408)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = Headers(scope=scope).get("content-length", "0")
        if told.isdecimal() and int(told) > MOST:
            await _discard(receive)
            await problem(413, DETAIL, headers=CLOSE)(scope, receive, send)
            return
        came, until = 0, asyncio.get_running_loop().time() + PATIENCE_S
        whole = False

        async def counted() -> Message:
            nonlocal came, whole
            if whole:
                return await receive()  # only the end of the line can come
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, SLOW, CLOSE) from None
            whole = not message.get("more_body")
            came += len(message.get("body", b""))
            if came > MOST:
                await _discard(receive)
                raise HTTPException(413, DETAIL, CLOSE)
            return message

        await self._app(scope, counted, send)


async def _discard(receive: Receive) -> None:
    came = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while came < LINGER:
                message = await receive()
                if not message.get("more_body"):
                    return
                came += len(message["body"])
