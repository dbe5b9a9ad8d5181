"""Serves an app inside the daemon's own loop; signals stay the daemon's business."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import override

import uvicorn
from starlette.types import ASGIApp

from api.connection import Connection

LARGEST_FRAME = 4096
"""Bytes of a WebSocket message to us; the page's are under 100."""
LARGEST_HEAD = 16_384
"""Bytes of a request's first line and headers."""
MOST_LINES = 96
"""Connections and requests at once; what comes beyond is answered 503."""
KEPT_S = 5
"""How long a connection may be silent between requests."""
FAREWELL_S = 1
"""How long open requests may take when the daemon ends."""


class CannotListen(Exception):
    """The address is taken or not ours; the message says what to do."""


class FirstOfEach(logging.Filter):
    """Lets each sentence through once: uvicorn says some of them for every request that a stranger makes."""

    def __init__(self) -> None:
        super().__init__()
        self._said: set[str] = set()

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        new = record.exc_info is not None or record.msg not in self._said
        self._said.add(str(record.msg))
        return new


QUIET = FirstOfEach()


class Server(uvicorn.Server):
    """A server that leaves the signals to who runs the loop."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int, section: str = "api") -> socket.socket:
    """Return a listening socket; CannotListen when the address is taken or not ours."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.create_server((host, port), family=family, backlog=64)
    except OSError as error:
        why = error.strerror or error
        what = "host or port" if section == "api" else "port"
        raise CannotListen(
            f"The web server cannot listen on {host} port {port}: {why}. Choose another {what} in [{section}]."
        ) from error
    # Lines inherit it. asyncio would set it on sockets of its own making only; without it an answer in two pieces waits
    # for the other side's acknowledgement, 40 ms on Linux.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


@dataclass(frozen=True, slots=True)
class Outside:
    """What stands between this server and the network: TLS by files (cert, key), and proxies whose word counts."""

    tls: tuple[Path, Path] | None = None
    proxies: frozenset[str] = frozenset()


PLAIN = Outside()


async def serve(app: ASGIApp, sock: socket.socket, outside: Outside = PLAIN) -> None:
    """Serve app on sock until cancelled; the socket and all lines are closed then.

    CannotListen when the files of TLS cannot be used.
    """
    try:
        server = Server(_config(app, outside))
        server.config.load()
    except (OSError, ValueError) as error:
        sock.close()
        raise CannotListen(
            f"The files that [api] cert and key name cannot be used: {error}. See docs/floor.md."
        ) from error
    logging.getLogger("uvicorn.error").addFilter(QUIET)
    serving = asyncio.ensure_future(server.serve([sock]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving
        for connection in tuple(server.server_state.connections):
            connection.transport.abort()  # a reader that takes nothing would keep its line for ever
        sock.close()


def _config(app: ASGIApp, outside: Outside) -> uvicorn.Config:
    cert, key = outside.tls or (None, None)
    return uvicorn.Config(
        app,
        ssl_certfile=cert,
        ssl_keyfile=key,
        http=Connection,
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,
        lifespan="off",
        limit_concurrency=MOST_LINES,
        timeout_keep_alive=KEPT_S,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(outside.proxies),
        forwarded_allow_ips=sorted(outside.proxies),
        timeout_graceful_shutdown=FAREWELL_S,
    )
