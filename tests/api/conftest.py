"""A server on a free port, with a page of the tests' own."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.api.world import LIMIT_S, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "console.html").write_text("<!doctype html><title>console</title>", encoding="utf-8")
    (tmp_path / "console.js").write_text("export {};", encoding="utf-8")
    return World(pages=tmp_path)


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.served() as client:
        yield client


@pytest.fixture
async def screen(client: httpx.AsyncClient, world: World) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ARG001, it serves
    """A client of the screen's own socket."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{world.screen_port}", timeout=LIMIT_S) as client_:
        yield client_
