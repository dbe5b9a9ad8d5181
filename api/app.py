"""Puts the API together from a desk; keeps nothing, decides nothing."""

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from api.console import console_routes
from api.desk import Desk
from api.gate import Gate
from api.live import live_routes
from api.machine import machine_routes
from api.problems import add_problems


def create_api(desk: Desk, *more: APIRouter) -> FastAPI:
    """Return the routes without the gate, for their OpenAPI document."""
    app = FastAPI(
        title="inclined",
        version="1",
        description="One treadmill: state, sessions, usage and settings. Nothing here begins motion.",
        docs_url=None,
        redoc_url=None,
    )
    add_problems(app)
    for router in (machine_routes(desk), live_routes(desk), *more, console_routes(desk)):
        app.include_router(router)
    return app


def create_app(desk: Desk, *more: APIRouter) -> ASGIApp:
    """Return the whole application; `more` are routes of the demo."""
    return Gate(create_api(desk, *more), desk.hosts)
