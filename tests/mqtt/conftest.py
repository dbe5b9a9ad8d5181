import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.mqtt.mosquitto import Mosquitto, mosquitto
from tests.mqtt.world import Ear, Floor, World, at, floor_at


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker of this test's own."""
    with mosquitto(tmp_path) as running:
        yield running


@pytest.fixture
async def floor(broker: Mosquitto) -> AsyncIterator[Floor]:
    """A floor at the broker."""
    async with floor_at(broker.port) as listening:
        yield listening


@pytest.fixture
async def world(broker: Mosquitto) -> World:
    """A machine whose publisher is not running yet."""
    return World(at(broker.port))


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    """What the publisher logs."""
    heard = Ear()
    log = logging.getLogger("daemon.mqtt")
    log.addHandler(heard)
    log.setLevel(logging.INFO)
    yield heard
    log.removeHandler(heard)
    log.setLevel(logging.NOTSET)
