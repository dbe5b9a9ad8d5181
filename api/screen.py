"""The member's screen: an app on a socket of its own, on loopback only. Nothing there changes a setting."""

from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from api import console, content
from api.armour import PAGES, Armour
from api.desk import Desk
from api.doors import Doors
from api.gate import Gate
from api.limits import BodyLimit
from api.problems import install
from api.roles import CONSOLE, Rows
from api.room import Room

HOST: Final = "127.0.0.1"
"""The only address of the screen: there is no setting for it."""
UNKNOWN = "The member's screen answers on its own computer only, by the name 127.0.0.1; [api] hosts are the API's."

root = APIRouter()


@root.get("/")
async def page() -> RedirectResponse:
    """Lead to the page."""
    return RedirectResponse("/console", 307)


def create_console(desk: Desk, *more: APIRouter, rows: Rows = CONSOLE, policy: str = PAGES) -> FastAPI:
    """Return the screen's app over desk; more, with its rows and policy, is the demo's."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    install(app)
    for router in (root, console.router, content.page, *more):
        app.include_router(router)
    app.state.room = Room(desk)
    app.mount("/static", StaticFiles(directory=desk.pages, check_dir=False))
    app.add_middleware(BodyLimit)  # the last one added is the outermost
    app.add_middleware(Gate, rows=rows, desk=desk)
    app.add_middleware(Doors, hosts=frozenset[str](), unknown=UNKNOWN)
    app.add_middleware(Armour, policy=policy)
    return app
