"""The web server's app: `/api/v1` for programs, `/console` for the member's screen. No route begins motion."""

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from api import console, health, live, machine, settings, staff, usage
from api.armour import Armour
from api.desk import Desk
from api.doors import Doors
from api.limits import BodyLimit
from api.problems import DOCUMENTED, install
from api.room import Room

VERSION = "1"
ABOUT = """\
One treadmill: its state, its usage, its settings. Nothing here moves a belt or a deck. Reading needs no token;
changing settings does. Errors are problem documents (RFC 9457). Units stand in the field names; null is unknown.

`/api/v1/live` is a WebSocket: it sends the state whole, at once and then at each change.
"""


def create_app(desk: Desk, *more: APIRouter) -> FastAPI:
    """Return the app that serves desk; `more` are routes of the demo."""
    app = routed()
    for router in more:
        app.include_router(router)
    app.state.room = Room(desk)
    app.mount("/static", StaticFiles(directory=desk.pages, check_dir=False))
    app.add_middleware(BodyLimit)  # the last one added is the outermost
    app.add_middleware(Doors, hosts=desk.hosts)
    app.add_middleware(Armour)
    return app


def routed() -> FastAPI:
    """Return the app with its routes and nothing behind them: enough for its OpenAPI document."""
    app = FastAPI(
        title="inclined",
        version=VERSION,
        description=ABOUT,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,  # its scripts come from another site
        redoc_url=None,
        redirect_slashes=False,
        responses=DOCUMENTED,
    )
    install(app)
    first = APIRouter(prefix="/api/v1")
    for part in (machine, live, usage, settings, staff, health):
        first.include_router(part.router)
    app.include_router(first)
    app.include_router(console.router)
    app.include_router(health.usual)
    return app
