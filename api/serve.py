"""Serves an app from within the daemon's own event loop; signals stay the daemon's business."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import override

import uvicorn
from starlette.types import ASGIApp

LARGEST_FRAME = 4096
"""Bytes of a WebSocket message to us; the page's are under 100."""
FAREWELL_S = 2
"""How long open requests may take when the daemon ends."""


class CannotServe(Exception):
    """The address cannot be listened on: which, why, what to do."""


class Server(uvicorn.Server):
    """A server that takes no signals and says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


async def serve(app: ASGIApp, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve app at host and port (0: any) until cancelled; ready is told the port once it listens.

    CannotServe when the port is taken or the host is not this computer's; the caller says so and goes on.
    """
    listener = await _listener(host, port)
    bound: int = listener.getsockname()[1]
    server = Server(_config(app), lambda: ready(bound))
    serving = asyncio.ensure_future(server.serve([listener]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving
        for connection in tuple(server.server_state.connections):
            connection.transport.abort()  # a reader that takes nothing would keep its socket for ever
        listener.close()


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


async def _listener(host: str, port: int) -> socket.socket:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, _, _, _, address = found[0]
        return socket.create_server((address[0], address[1]), family=socket.AddressFamily(family))
    except OSError as error:
        why = error.strerror or error
        raise CannotServe(f"Cannot serve at {host}:{port}: {why}; choose another [api] host or port.") from error
