"""A computer that is not set up, and the browser of the other pages' tests."""

from pathlib import Path

import pytest

from tests.firstrun.world import World
from tests.pages.conftest import browser, chromium

__all__ = ["browser", "chromium"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "inclined.toml")
