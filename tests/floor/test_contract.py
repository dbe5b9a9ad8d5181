"""The floor keeps to its own OpenAPI document, whatever is sent: schemathesis against the real server, seeded."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from api.floor.app import document, routed
from daemon.floor.store import About, FloorStore
from tests.api.world import LIMIT_S
from tests.floor.lives import ZONE
from tests.floor.office import as_, office
from tests.mqtt.mosquitto import mosquitto

EXAMPLES = 12
"""For each operation, of what it takes and of what it does not."""
CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": ["2XX", 401, 404, 412, 422, 428, 503]}}}
"""What a schema cannot say: a revision that is in force, a day after another, a machine that is there and connected."""
MANAGER = as_("manager")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    """The schema of a floor that runs in a thread of its own; its one machine is away."""
    folder: Path = tmp_path_factory.mktemp("floor")
    up, over, ports = threading.Event(), threading.Event(), list[int]()

    async def stay(broker: int) -> None:
        store = FloorStore.open(str(folder / "floor.db"), "gym", ZONE)
        store.learn("t07", About("Treadmill 7", "hall", "treadmill"))
        async with office(store, broker) as place:
            await place.house.board.refresh()
            ports.append(place.port)
            up.set()
            await asyncio.to_thread(over.wait)
        store.close()

    with mosquitto(folder) as broker:
        thread = threading.Thread(target=lambda: asyncio.run(stay(broker.port)))
        thread.start()
        try:
            assert up.wait(LIMIT_S)
            address = f"http://127.0.0.1:{ports[0]}/openapi.json"
            yield schemathesis.openapi.from_url(address, headers=MANAGER, config=schemathesis.Config.from_dict(CONFIG))
        finally:
            over.set()
            thread.join(LIMIT_S)


OPERATIONS = [(method, path) for path, methods in document(routed())["paths"].items() for method in methods]


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=str)
def test_each_operation_keeps_its_word(
    api: schemathesis.BaseSchema, method: str, path: str, mode: GenerationMode
) -> None:
    operation = api[path][method]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(headers=MANAGER)

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # where nothing can be sent, nothing wrong can be
