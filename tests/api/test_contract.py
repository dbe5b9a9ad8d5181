"""The API keeps to its own OpenAPI document, whatever is sent: schemathesis against the real server, seeded."""

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

from api.app import document, routed
from api.pace import Rate
from tests.api.world import LIMIT_S, TOKEN, World

UNBOUND = Rate(every=0, burst=1)
"""It asks more than twenty times a second."""
EXAMPLES = 40
"""For each operation, of what it takes and of what it does not."""
CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": ["2XX", 412, 422, 428]}}}
"""What a schema cannot say: a revision that is in force, a time after another, a mode that is no wider."""
STAFF = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    """The schema of a server that runs in a thread of its own."""
    world = World(pages=Path(tmp_path_factory.mktemp("pages")), rate=UNBOUND, sign_in_rate=UNBOUND, reading_open=False)
    up, over = threading.Event(), threading.Event()

    async def stay() -> None:
        async with world.served():
            up.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(stay()))
    thread.start()
    try:
        assert up.wait(LIMIT_S)
        address = f"http://127.0.0.1:{world.port}/openapi.json"
        yield schemathesis.openapi.from_url(address, headers=STAFF, config=schemathesis.Config.from_dict(CONFIG))
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
        case.call_and_validate(headers=STAFF)

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # where nothing can be sent, nothing wrong can be
