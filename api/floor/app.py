"""The floor's app: usage of the whole gym, for programs and for Excel. Nothing here changes anything."""

from typing import Any, Final

from fastapi import APIRouter, FastAPI
from starlette.responses import JSONResponse

from api.app import BEARER, SECURITY, VERSION
from api.armour import Armour
from api.doors import Doors
from api.floor import machines, usage
from api.floor.desk import FloorDesk
from api.gate import Gate
from api.limits import BodyLimit
from api.pace import CALLS, Rate
from api.problems import DOCUMENTED, install
from api.roles import Role, Row, Rows
from api.throttle import Throttle

ABOUT: Final = """\
Usage of a whole gym, as its floor has stored it. Reading needs a token of the role viewer, except on the floor's own
computer while the API is open there only. Errors are problem documents (RFC 9457). Units stand in the field names; null
is unknown. What each number means: docs/definitions.md.
"""
UNKNOWN: Final = "This server is not known by that name. If it should be, add the name to [api] hosts in floor.toml."
ROWS: Final[Rows] = (
    Row("GET", "/healthz"),
    Row("GET", "/openapi.json", Role.VIEWER),
    Row("GET", "/api/v1/usage", Role.VIEWER),
    Row("GET", "/api/v1/heat", Role.VIEWER),
    Row("GET", "/api/v1/machines", Role.VIEWER),
    Row("GET", "/api/v1/quarantine", Role.VIEWER),
    Row("GET", "/api/v1/health", Role.VIEWER),
)
"""Who may do what: see api.roles."""


def create_floor(desk: FloorDesk, rate: Rate = CALLS) -> FastAPI:
    """Return the floor's app over desk; rate is what one address may ask."""
    app = routed()
    app.state.desk = desk
    app.add_middleware(BodyLimit)  # the last one added is the outermost
    app.add_middleware(Gate, rows=ROWS, desk=desk)
    app.add_middleware(Doors, hosts=desk.hosts, unknown=UNKNOWN)
    app.add_middleware(Throttle, clock=desk.clock, rate=rate)
    app.add_middleware(Armour)
    return app


def routed() -> FastAPI:
    """Return the app with its routes and nothing behind them: enough for its OpenAPI document."""
    app = FastAPI(
        title="inclined floor",
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
    for part in (usage, machines):
        first.include_router(part.router)
    app.include_router(first)
    app.include_router(machines.usual)

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> JSONResponse:
        return JSONResponse(document(app))

    return app


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of app."""
    told = app.openapi()
    told["components"]["securitySchemes"] = {BEARER: SECURITY}
    for operations in told["paths"].values():
        for operation in operations.values():
            operation["security"] = [{}, {BEARER: []}]
    return told
