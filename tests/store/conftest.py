from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daemon.store import Store
from tests.store.world import HandClock

type Opened = Callable[..., Store]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "db" / "inclined.db"


@pytest.fixture
def opened(path: Path, clock: HandClock) -> Iterator[Opened]:
    """Open the store, as often as a test likes; each opening ends the one before."""
    stores: list[Store] = []

    def open_(at: HandClock = clock, machine: str = "t07") -> Store:
        while stores:
            stores.pop().close()
        stores.append(Store.open(path, at, machine))
        return stores[-1]

    yield open_
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Opened) -> Store:
    return opened()
