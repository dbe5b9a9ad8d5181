"""Around the API: so many requests a second from one address, the rest is told when to come again."""

from starlette.types import ASGIApp, Receive, Scope, Send

from api.gate import seconds
from api.pace import CALLS, Pace, Rate, caller
from api.problems import problem
from daemon.clock import Clock


class Throttle:
    """ASGI middleware: 429 with Retry-After. The screen's own socket has none: no Cancel may be lost in it."""

    def __init__(self, app: ASGIApp, clock: Clock, rate: Rate = CALLS) -> None:
        self._app = app
        self._clock = clock
        self._pace = Pace(rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = caller((scope.get("client") or ("", 0))[0])
        wait = self._pace.wait(address, self._clock.now())
        if wait:
            refusal = problem(429, "Too many requests from this address.", headers={"Retry-After": seconds(wait)})
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)
