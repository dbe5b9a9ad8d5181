"""Who may go on: each request is held against its row of `api.roles`, before anything of it is read.

A wrong token is refused wherever one is asked for, also where none is needed: who sends one wants to know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from api.desk import Desk
from api.pace import caller
from api.problems import problem
from api.roles import ROLES, WEBSOCKET, Role, Row, Rows, methods
from daemon.author import Author
from daemon.tokens import Refused

BEARER: Final = "Bearer"
CHALLENGE: Final = {"WWW-Authenticate": BEARER}
BAD: Final = {"WWW-Authenticate": f'{BEARER} error="invalid_token"'}
TOO_LITTLE: Final = {"WWW-Authenticate": f'{BEARER} error="insufficient_scope"'}
MALFORMED = Refused("malformed", "This is no token: send one header, Authorization: Bearer TOKEN.")
KEY = "inclined.who"


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks: the name of their token (None: they sent none), what they may do, and from where."""

    name: str | None
    role: Role
    address: str

    @property
    def author(self) -> Author:
        """As the audit has them."""
        return Author(self.name or "nobody", self.role.name.lower(), self.address)


@dataclass(frozen=True, slots=True)
class No:
    """A refusal: its status, its words and its headers."""

    status: int
    words: str
    headers: Mapping[str, str]


class Gate:
    """ASGI middleware: 404 and 405 for what has no row, 401, 403 and 429 for who may not; HEAD goes on as GET."""

    def __init__(self, app: ASGIApp, rows: Rows, desk: Desk) -> None:
        self._app = app
        self._rows = rows
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = methods(self._rows, scope["path"])
        method = scope["method"] if scope["type"] == "http" else WEBSOCKET
        if method not in known:
            no = _nothing(method, known)
        else:
            answer = await self._judge(known[method], scope)
            if isinstance(answer, Who):
                here = {**scope, KEY: answer, **({"method": "GET"} if method == "HEAD" else {})}
                await self._app(here, receive, send)
                return
            no = answer
        await problem(no.status, no.words, headers=no.headers)(scope, receive, send)

    async def _judge(self, row: Row, scope: Scope) -> Who | No:
        """Return who asks, or why they may not."""
        address = caller((scope.get("client") or ("", 0))[0])
        if row.needs is Role.NOBODY:
            return Who(None, Role.NOBODY, address)
        given = Headers(scope=scope).getlist("authorization")
        if not given:
            return self._without_token(row, address)
        secret = bearer(given)
        found = MALFORMED if secret is None else await self._desk.tokens.find(secret)
        if isinstance(found, Refused):
            return self._wrong(found, address)
        role = ROLES.get(found.role, Role.NOBODY)  # one of a newer version may do nothing here
        if role < row.needs:
            words = f"This needs a token of the role {row.needs.name.lower()}; {found.name} is {found.role}."
            return No(403, words, TOO_LITTLE)
        return Who(found.name, role, address)

    def _without_token(self, row: Row, address: str) -> Who | No:
        if row.needs is Role.VIEWER and self._desk.reading_open:
            return Who(None, Role.VIEWER, address)
        words = f"A token of the role {row.needs.name.lower()} is needed: Authorization: Bearer TOKEN."
        return No(401, words, CHALLENGE)

    def _wrong(self, refused: Refused, address: str) -> No:
        """Refuse and count; a right token is never held up by the wrong ones of others at its address."""
        wait = self._desk.sign_ins.refused(address, refused.why, self._desk.clock.now())
        if wait:
            words = "Too many wrong tokens came from this address; the right one would be let in."
            return No(429, words, {"Retry-After": seconds(wait)})
        return No(401, refused.words, BAD)


def bearer(given: list[str]) -> str | None:
    """Return the token that the values of `Authorization` carry (RFC 6750 2.1), or None when it is not just one."""
    scheme, _, secret = given[0].partition(" ")
    secret = secret.strip()
    return secret if len(given) == 1 and scheme.lower() == BEARER.lower() and secret else None


def seconds(ms: int) -> str:
    """Return ms as Retry-After has it: whole seconds, not too few."""
    return str(-(-ms // 1000))


def _nothing(method: str, known: Mapping[str, Row]) -> No:
    allowed = ", ".join(one for one in known if one != WEBSOCKET)
    if method == WEBSOCKET or not allowed:
        return No(404, "There is nothing at this address.", {})
    return No(405, f"This address does not take {method}; it takes {allowed}.", {"Allow": allowed})


async def _who(connection: HTTPConnection) -> Who:
    who: Who = connection.scope[KEY]
    return who


TheCaller = Annotated[Who, Depends(_who)]
"""Who makes the request."""
