"""The API's app, for programs: `/api/v1`, health, metrics. No route begins motion, and none of the screen's is here."""

from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import JSONResponse, PlainTextResponse

from api import content, health, live, machine, settings, staff, usage
from api.armour import Armour
from api.desk import Desk
from api.doors import Doors
from api.gate import Gate
from api.limits import BodyLimit
from api.pace import CALLS, Rate
from api.problems import DOCUMENTED, install
from api.roles import API, Role, methods
from api.room import Room
from api.throttle import Throttle

VERSION = "1"
ABOUT = """\
One treadmill: its state, its usage, its settings. Nothing here moves a belt or a deck. Reading needs a token of the
role viewer, except on the treadmill's own computer while the API is open there only; changing settings needs staff.
Errors are problem documents (RFC 9457). Units stand in the field names; null is unknown.

`/api/v1/live` is a WebSocket: it sends the state whole, at once and then at each change.
"""
WHERE = """\
inclined: the API of one treadmill. /openapi.json lists its addresses, /healthz tells whether all is well.
The member's screen is not here: it has a port of its own, open to this computer only.
"""
BEARER = "token"
SECURITY = {"type": "http", "scheme": "bearer", "description": "Made by `inclined token add`."}

root = APIRouter(include_in_schema=False)


@root.get("/")
async def where() -> PlainTextResponse:
    """Tell who came here by chance where to look."""
    return PlainTextResponse(WHERE)


def create_app(desk: Desk, rate: Rate = CALLS) -> FastAPI:
    """Return the API's app over desk; rate is what one address may ask."""
    app = routed()
    app.state.room = Room(desk)
    app.add_middleware(BodyLimit)  # the last one added is the outermost
    app.add_middleware(Gate, rows=API, desk=desk)
    app.add_middleware(Doors, hosts=desk.hosts)
    app.add_middleware(Throttle, clock=desk.clock, rate=rate)
    app.add_middleware(Armour)
    return app


def routed() -> FastAPI:
    """Return the app with its routes and nothing behind them: enough for its OpenAPI document."""
    app = FastAPI(
        title="inclined",
        version=VERSION,
        description=ABOUT,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url=None,  # our own says who may do what
        docs_url=None,  # its scripts come from another site
        redoc_url=None,
        redirect_slashes=False,
        responses=DOCUMENTED,
    )
    install(app)
    first = APIRouter(prefix="/api/v1")
    for part in (machine, live, usage, settings, staff, content, health):
        first.include_router(part.router)
    app.include_router(first)
    app.include_router(health.usual)
    app.include_router(content.usual)
    app.include_router(root)

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> JSONResponse:
        return JSONResponse(document(app))  # made when it is asked for: it costs a start too much

    return app


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of app; who may call what is that of `api.roles`."""
    told = app.openapi()
    told["components"]["securitySchemes"] = {BEARER: SECURITY}
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            needs = methods(API, path)[method.upper()].needs
            operation["security"] = [{BEARER: []}] if needs > Role.VIEWER else [{}, {BEARER: []}]
    return told
