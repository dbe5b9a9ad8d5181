"""One HTTP connection, bounded: uvicorn's own, with an end to what it would wait for without one.

uvicorn limits how long a connection may be silent after an answer. It waits for ever for a first request, for headers
that come byte by byte, and for a reader that takes nothing: a few such lines would be all that a small server has.
"""

import asyncio
from typing import override

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 10.0
"""How long a request's head may take to come whole, from the connection or the answer before it on."""
TAKE_S = 30.0
"""How long a reader may take nothing of an answer that waits for it."""


class Connection(H11Protocol):
    """An HTTP connection that ends when the other side is too slow."""

    _head: asyncio.TimerHandle | None = None
    _take: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._await_head()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        _end(self._head, self._take)
        super().connection_lost(exc)

    @override
    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await_head()

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        _end(self._take)
        self._take = self.loop.call_later(TAKE_S, self._cut)

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        _end(self._take)

    @override
    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand over to the WebSocket's protocol; what that cannot read as a handshake it would leave open for ever."""
        super().handle_websocket_upgrade(event)
        if not getattr(self.transport.get_protocol(), "handshake_initiated", True):
            self.send_400_response("Invalid WebSocket handshake received.")

    def _await_head(self) -> None:
        _end(self._head)
        self._head = self.loop.call_later(HEAD_S, self._hurry)

    def _hurry(self) -> None:
        """End the line if it still has no whole head; one that became a WebSocket is no longer ours."""
        if self.conn.their_state is h11.IDLE:
            self._cut()

    def _cut(self) -> None:
        if self.transport.get_protocol() is self:
            self.transport.abort()


def _end(*timers: asyncio.TimerHandle | None) -> None:
    for timer in timers:
        if timer is not None:
            timer.cancel()
