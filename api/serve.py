"""Serves an app inside the daemon's own loop; signals stay the daemon's business."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import override

import uvicorn
from starlette.types import ASGIApp

LARGEST_FRAME = 4096
"""Bytes of a WebSocket message to us; the page's are under 100."""
FAREWELL_S = 1
"""How long open requests may take when the daemon ends."""


class CannotListen(Exception):
    """The address is taken or not ours; the message says what to do."""


class Server(uvicorn.Server):
    """A server that leaves the signals to who runs the loop."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; CannotListen when the address is taken or not ours."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=64)
    except OSError as error:
        why = error.strerror or error
        raise CannotListen(
            f"The web server cannot listen on {host} port {port}: {why}. Choose another host or port in [api]."
        ) from error


async def serve(app: ASGIApp, sock: socket.socket) -> None:
    """Serve app on sock until cancelled; the socket and all lines are closed then."""
    server = Server(_config(app))
    serving = asyncio.ensure_future(server.serve([sock]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving
        for connection in tuple(server.server_state.connections):
            connection.transport.abort()  # a reader that takes nothing would keep its line for ever
        sock.close()


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=FAREWELL_S,
    )
