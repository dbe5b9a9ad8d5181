"""Signing in to a page by a token, and out again."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.floor.desk import TheFloor
from api.floor.session import COOKIE, LASTS_MS, cookie_of
from api.gate import TheCaller, seconds
from api.pace import caller
from api.roles import ROLES
from daemon.messages import Message
from daemon.tokens import Refused

router = APIRouter(tags=["sign in"])


class SignIn(BaseModel):
    """A token, as `inclined token add` showed it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    token: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]


class SignedIn(Message):
    """Who signed in; csrf goes into the header X-Inclined-CSRF of every request that changes something."""

    name: str
    role: str
    csrf: str
    lasts_s: int


class Me(Message):
    """Who asks, as far as is known; csrf as in the sign-in, null for who came without a cookie."""

    name: str | None
    role: str
    csrf: str | None


@router.post("/sign-in")
async def sign_in(said: SignIn, desk: TheFloor, request: Request, response: Response) -> SignedIn:
    """Give a session for a token: a cookie that no script can read, and a word to say when changing things."""
    found = await desk.tokens.find(said.token)
    now = desk.clock.now()
    if isinstance(found, Refused):
        address = caller("" if request.client is None else request.client.host)
        if wait := desk.sign_ins.refused(address, found.why, now):
            raise HTTPException(429, "Too many wrong tokens came from this address.", {"Retry-After": seconds(wait)})
        raise HTTPException(401, found.words, {"WWW-Authenticate": "Bearer"})
    if found.role not in ROLES:
        raise HTTPException(403, f"The role {found.role} of {found.name} is not known here.")
    cookie, session = desk.sessions.begin(said.token, now)
    response.set_cookie(
        COOKIE, cookie, max_age=LASTS_MS // 1000, path="/", secure=request.url.scheme == "https", httponly=True,
        samesite="strict",
    )  # fmt: skip
    return SignedIn(name=found.name, role=found.role, csrf=session.word, lasts_s=LASTS_MS // 1000)


@router.post("/sign-out", status_code=204)
async def sign_out(desk: TheFloor, request: Request, response: Response) -> None:
    """End the session of the cookie, if there is one."""
    if (cookie := cookie_of(request.headers)) is not None:
        desk.sessions.end(cookie)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


@router.get("/me")
async def me(who: TheCaller, desk: TheFloor, request: Request) -> Me:
    """Tell who asks and what they may do."""
    cookie = cookie_of(request.headers)
    session = None if cookie is None else desk.sessions.find(cookie, desk.clock.now())
    return Me(name=who.name, role=who.role.name.lower(), csrf=None if session is None else session.word)
