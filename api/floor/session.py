"""Who signed in to a page: a cookie that no script can read stands for their token, for as long as that counts.

What changes anything needs, besides the cookie, a word that only the page itself was told (OWASP's synchronizer token),
so that no other site can let a browser do it. Sessions are in memory only: a restart of the floor ends them.
"""

import secrets
from collections import OrderedDict
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import problem
from daemon.clock import Clock

COOKIE: Final = "inclined"
WORD: Final = "x-inclined-csrf"
LASTS_MS: Final = 12 * 3_600_000
"""A working day; then one signs in again."""
MOST: Final = 500
"""Sessions at once; the oldest go first."""
SIGN_IN: Final = "/api/v1/sign-in"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
NO_WORD: Final = f"This needs the header {WORD} with the word that the sign-in gave: sign in again."


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in: the token, the page's word, and when it ends (ms, monotonic)."""

    secret: str = field(repr=False)
    word: str = field(repr=False)
    until: int


@dataclass(slots=True)
class Sessions:
    """All sign-ins of this run."""

    _known: OrderedDict[str, Session] = field(default_factory=OrderedDict)

    def begin(self, secret: str, now: int) -> tuple[str, Session]:
        """Return a new session of a token, with the cookie's value."""
        cookie, session = secrets.token_urlsafe(32), Session(secret, secrets.token_urlsafe(32), now + LASTS_MS)
        self._known[cookie] = session
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return cookie, session

    def find(self, cookie: str, now: int) -> Session | None:
        """Return the session that a cookie stands for, unless it is over."""
        found = self._known.get(cookie)
        if found is not None and now >= found.until:
            del self._known[cookie]
            return None
        return found

    def end(self, cookie: str) -> None:
        """End a session."""
        self._known.pop(cookie, None)


def cookie_of(headers: Headers) -> str | None:
    """Return our cookie's value, if there is one."""
    try:
        found = SimpleCookie("; ".join(headers.getlist("cookie"))).get(COOKIE)
    except CookieError:
        return None
    return None if found is None else found.value


class SignedIn:
    """ASGI middleware: a request with a session's cookie goes on as if it had brought the session's token."""

    def __init__(self, app: ASGIApp, sessions: Sessions, clock: Clock) -> None:
        self._app = app
        self._sessions = sessions
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        cookie = None if "authorization" in headers else cookie_of(headers)
        session = None if cookie is None else self._sessions.find(cookie, self._clock.now())
        if session is None:
            await self._app(scope, receive, send)
        elif changes(scope) and not _said(headers, session):
            await problem(403, NO_WORD)(scope, receive, send)
        else:
            await self._app(_with_token(scope, session.secret), receive, send)


def changes(scope: Scope) -> bool:
    """Tell whether a request may change something; who signs in anew may have lost the word."""
    return scope.get("method", "GET") not in SAFE and scope["path"] != SIGN_IN


def _said(headers: Headers, session: Session) -> bool:
    given = headers.getlist(WORD)
    return len(given) == 1 and compare_digest(given[0].encode("latin-1"), session.word.encode())


def _with_token(scope: Scope, secret: str) -> MutableMapping[str, Any]:
    token = (b"authorization", b"Bearer " + secret.encode("latin-1"))
    return {**scope, "headers": [*scope["headers"], token]}
