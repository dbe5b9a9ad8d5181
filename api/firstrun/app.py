"""The two apps of a computer that is not set up: at the screen's own socket, and, while the screen lets it, elsewhere.

Neither is part of the daemon's usual apps: once a configuration stands, no address of these is there any more.
"""

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from api import another
from api.armour import PAGES, Armour
from api.doors import Doors
from api.firstrun import door, form
from api.firstrun.desk import STATIC, SetUp
from api.limits import BodyLimit
from api.problems import install
from api.screen import UNKNOWN
from api.throttle import Throttle

ELSEWHERE = "This computer is not known by that name here. Use the address that stands on its screen."


def create_screen(set_up: SetUp) -> FastAPI:
    """Return the app of the screen's socket."""
    app = _app(set_up, door.screen, another.router, screen=True)
    app.add_middleware(Doors, hosts=frozenset[str](), unknown=UNKNOWN)
    app.add_middleware(Armour, policy=PAGES)
    return app


def create_elsewhere(set_up: SetUp) -> FastAPI:
    """Return the app for another device; it knows this computer by the names and addresses of now."""
    app = _app(set_up, door.elsewhere, screen=False)
    place = set_up.place()
    app.add_middleware(Doors, hosts=frozenset({*place.names, *place.addresses}), unknown=ELSEWHERE)
    app.add_middleware(Throttle, clock=set_up.clock)
    app.add_middleware(Armour, policy=PAGES)
    return app


def _app(set_up: SetUp, *routers: APIRouter, screen: bool) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    install(app)
    for router in (*routers, form.router):
        app.include_router(router)
    app.state.set_up = set_up
    app.state.screen = screen
    app.mount("/static", StaticFiles(directory=STATIC, check_dir=False))
    app.add_middleware(BodyLimit)
    return app
