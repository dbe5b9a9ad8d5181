"""The floor's page, and the files that it is made of; what it shows, it asks the API for like everybody else."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

STATIC: Final = Path(__file__).parents[1] / "static"

router = APIRouter(include_in_schema=False)


@router.get("/")
async def page() -> FileResponse:
    """Give the page; who may see what is on it, the API decides."""
    return FileResponse(STATIC / "floor.html")


def files() -> StaticFiles:
    """Return what serves the page's files."""
    return StaticFiles(directory=STATIC, check_dir=False)
