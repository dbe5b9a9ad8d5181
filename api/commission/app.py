"""The app of the screen while a treadmill is commissioned: one page, what stands on it, and where a touch goes.

It is at the screen's own socket and wants the kiosk's key: nobody elsewhere can try a raise.
"""

from hmac import compare_digest
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api import another
from api.armour import PAGES, Armour
from api.doors import Doors
from api.gate import bearer
from api.limits import BodyLimit
from api.problems import install
from api.screen import UNKNOWN
from daemon.commissioning.label import Label
from daemon.commissioning.line import END
from daemon.commissioning.onscreen import OnScreen

STATIC = Path(__file__).parents[1] / "static"
CHALLENGE = {"WWW-Authenticate": "Bearer"}
AT_SCREEN = (
    "Only the screen beside the treadmill may do this: its page has a key. At a terminal: sudo inclined commission"
)
GONE = "That is not asked any more; look at the screen."


class Touched(BaseModel):
    """What was touched or typed, and to which question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=0, le=1_000_000, strict=True)
    text: str = Field(max_length=64)


class ChoiceShown(BaseModel):
    """One key to touch."""

    value: str
    about: str


class Now(BaseModel):
    """What the machine tells, in km/h and %; nothing where it does not say."""

    speed: float | None
    incline: float | None


class LabelShown(BaseModel):
    """The treadmill's label: its name, what its code says, and the code in rows of 1 (dark) and 0."""

    name: str
    text: str
    rows: list[str]


class Shown(BaseModel):
    """What stands on the screen."""

    number: int
    title: str
    place: str
    said: list[str]
    now: Now | None
    """What the machine tells; none before it has told anything."""
    hint: str
    changes: list[str]
    label: LabelShown | None
    prompt: str
    choices: list[ChoiceShown]
    default: str
    words: str
    """Words to confirm with one key; empty where none are asked for."""
    unit: str
    """Of the number to type; empty where none is asked for."""
    ends: str
    """What ends the step in hand; empty where there is none."""
    over: str


router = APIRouter()


async def _screen(connection: HTTPConnection) -> OnScreen:
    key: str = connection.app.state.key
    secret = bearer(connection.headers.getlist("authorization") or [""])
    if secret is None or not secret.isascii() or not compare_digest(secret.encode(), key.encode()):
        raise HTTPException(401, AT_SCREEN, CHALLENGE)
    found: OnScreen = connection.app.state.screen
    return found


TheScreen = Annotated[OnScreen, Depends(_screen)]


@router.get("/")
async def to_page() -> RedirectResponse:
    """Lead to the page."""
    return RedirectResponse("/console", 307)


@router.get("/console")
async def page() -> FileResponse:
    """Send the page, at the address of the member's screen: whatever opens that shows this."""
    return FileResponse(STATIC / "commission.html")


@router.get("/commission/state")
async def state(screen: TheScreen) -> Shown:
    """Tell what stands on the screen now."""
    step = screen.line.step if screen.line is not None else None
    step = step or screen.step
    asked, asks = screen.asked, step.asks if step is not None else None
    return Shown(
        number=screen.number,
        title=screen.title,
        place=screen.place,
        said=[*screen.said, *([step.says] if step is not None else [])],
        now=_now(screen),
        hint=step.hint if step is not None else "",
        changes=screen.changed,
        label=_label(screen.shown_label),
        prompt=asked.prompt if asked else "",
        choices=[ChoiceShown(value=value, about=about) for value, about in asked.choices.items()] if asked else [],
        default=asked.default if asked else "",
        words=asks.words if asks else "",
        unit=asks.unit if asks else "",
        ends=END if step is not None else "",
        over=screen.over,
    )


def _label(label: Label | None) -> LabelShown | None:
    return None if label is None else LabelShown(name=label.name, text=label.text, rows=label.rows())


def _now(screen: OnScreen) -> Now | None:
    last = screen.line.last if screen.line is not None else None
    if last is None:
        return None
    speed, incline = (
        (None if last.speed is None else last.speed / 100),
        (None if last.incline is None else last.incline / 10),
    )
    return Now(speed=speed, incline=incline)


@router.post("/commission/answer", status_code=204, response_class=Response)
async def answer(screen: TheScreen, touched: Touched) -> None:
    """Take a touch; 409 where it comes too late or may not be that."""
    if not screen.take(touched.number, touched.text):
        raise HTTPException(409, GONE)


def create(screen: OnScreen, key: str) -> FastAPI:
    """Return the app; key is the kiosk's credential of this boot."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    install(app)
    for each in (router, another.router):
        app.include_router(each)
    app.state.screen, app.state.key = screen, key
    app.mount("/static", StaticFiles(directory=STATIC, check_dir=False))
    app.add_middleware(BodyLimit)
    app.add_middleware(Doors, hosts=frozenset[str](), unknown=UNKNOWN)
    app.add_middleware(Armour, policy=PAGES)
    return app
