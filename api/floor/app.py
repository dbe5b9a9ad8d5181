"""The floor's app: usage of the whole gym, its machines now, its settings. No route begins motion."""

from typing import Any, Final

from fastapi import APIRouter, FastAPI
from starlette.responses import JSONResponse

from api.app import BEARER, SECURITY, VERSION
from api.armour import PAGES, Armour
from api.doors import Doors
from api.floor import live, log, machines, observe, page, settings, signin, staff, usage
from api.floor.desk import FloorDesk
from api.floor.session import SignedIn
from api.gate import Gate
from api.limits import BodyLimit
from api.pace import CALLS, Rate
from api.problems import DOCUMENTED, install
from api.roles import WEBSOCKET, Role, Row, Rows, methods
from api.throttle import Throttle

ABOUT: Final = """\
A whole gym: usage as its floor has stored it, its machines now, its settings. Nothing here moves a belt or a deck.
Reading needs a token of the role viewer, except on the floor's own computer while the API is open there only; seeing to
machines needs staff, changing settings a manager. A page signs in with a token and gets a cookie; it then says the word
that it was given in X-Inclined-CSRF. `/api/v1/live` is a WebSocket: all machines, then each that changes. Errors are
problem documents (RFC 9457). Units stand in the field names; null is unknown. Each number: docs/definitions.md.
"""
UNKNOWN: Final = "This server is not known by that name. If it should be, add the name to [api] hosts in floor.toml."
ROWS: Final[Rows] = (
    Row("GET", "/"),
    Row("GET", "/static/*"),
    Row("GET", "/healthz"),
    Row("GET", "/openapi.json", Role.VIEWER),
    Row("GET", "/metrics", Role.VIEWER),
    Row("GET", "/api/v1/usage", Role.VIEWER),
    Row("GET", "/api/v1/heat", Role.VIEWER),
    Row("GET", "/api/v1/machines", Role.VIEWER),
    Row("GET", "/api/v1/faults", Role.VIEWER),
    Row("GET", "/api/v1/settings", Role.VIEWER),
    Row("GET", "/api/v1/health", Role.VIEWER),
    Row("GET", "/api/v1/me", Role.VIEWER),
    Row(WEBSOCKET, "/api/v1/live", Role.VIEWER),
    Row("POST", "/api/v1/sign-in"),
    Row("POST", "/api/v1/sign-out"),
    Row("GET", "/api/v1/quarantine", Role.INTEGRATOR),
    Row("POST", "/api/v1/machines/{machine}/identify", Role.STAFF),
    Row("POST", "/api/v1/machines/{machine}/message", Role.STAFF),
    Row("POST", "/api/v1/machines/{machine}/extend", Role.STAFF),
    Row("POST", "/api/v1/machines/{machine}/lift", Role.STAFF),
    Row("POST", "/api/v1/machines/{machine}/out-of-order", Role.STAFF),
    Row("POST", "/api/v1/machines/{machine}/serviced", Role.STAFF),
    Row("POST", "/api/v1/waiting", Role.STAFF),
    Row("POST", "/api/v1/settings/preview", Role.STAFF),
    Row("PATCH", "/api/v1/settings", Role.MANAGER),
    Row("GET", "/api/v1/settings/history", Role.MANAGER),
    Row("GET", "/api/v1/audit", Role.MANAGER),
)
"""Who may do what: see api.roles."""


def create_floor(desk: FloorDesk, rate: Rate = CALLS) -> FastAPI:
    """Return the floor's app over desk; rate is what one address may ask."""
    app = routed()
    app.state.desk = desk
    app.add_middleware(BodyLimit)  # the last one added is the outermost
    app.add_middleware(Gate, rows=ROWS, desk=desk)
    app.add_middleware(SignedIn, sessions=desk.sessions, clock=desk.clock)
    app.add_middleware(Doors, hosts=desk.hosts, unknown=UNKNOWN)
    app.add_middleware(Throttle, clock=desk.clock, rate=rate)
    app.add_middleware(Armour, policy=PAGES)
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
    for part in (usage, machines, live, log, settings, staff, signin):
        first.include_router(part.router)
    app.include_router(first)
    app.include_router(machines.usual)
    app.include_router(observe.router)
    app.include_router(page.router)
    app.mount("/static", page.files())

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> JSONResponse:
        return JSONResponse(document(app))

    return app


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of app."""
    told = app.openapi()
    told["components"]["securitySchemes"] = {BEARER: SECURITY}
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            needs = methods(ROWS, path)[method.upper()].needs
            operation["security"] = [{BEARER: []}] if needs > Role.VIEWER else [{}, {BEARER: []}]
    return told
