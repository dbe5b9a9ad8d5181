from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from daemon.floor.store import FloorStore
from tests.floor.lives import ZONE
from tests.floor.postgres import new_database
from tests.floor.postgres import server as running

NUMBERS = count()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server."""
    with running() as found:
        yield found.address


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Returns the address of a new, empty database at each call, in each kind of database."""
    if request.param == "sqlite":
        return lambda: str(tmp_path / f"floor-{next(NUMBERS)}.db")
    server: str = request.getfixturevalue("server")
    return lambda: new_database(server, f"floor{next(NUMBERS)}")


@pytest.fixture
def stores(address: Callable[[], str]) -> Iterator[Callable[..., FloorStore]]:
    """Opens stores, of a new database unless an address is given, and closes them at the end."""
    opened: list[FloorStore] = []

    def store(at: str | None = None, zone: ZoneInfo = ZONE) -> FloorStore:
        opened.append(FloorStore.open(at or address(), "north", zone))
        return opened[-1]

    yield store
    for one in opened:
        one.close()


@pytest.fixture
def store(stores: Callable[..., FloorStore]) -> FloorStore:
    """An empty store."""
    return stores()
