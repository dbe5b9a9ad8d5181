"""Serves an app inside the daemon's own loop; signals stay the daemon's business."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import override

import uvicorn
from starlette.types import ASGIApp


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
            f"The web server cannot listen on {host} port {port}: {why}. Choose another port in [api]."
        ) from error


async def serve(app: ASGIApp, sock: socket.socket) -> None:
    """Serve app on sock until cancelled."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=16 * 1024,
        timeout_graceful_shutdown=1,
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        raise
