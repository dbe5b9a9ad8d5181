"""What aiomqtt leaves undone is done: seen on a real broker, by what the event loop has to complain of."""

import asyncio
import gc
from typing import Any

import pytest

from daemon.mqtt.client import Client
from tests.mqtt.mosquitto import Mosquitto

type Complaints = list[dict[str, Any]]


@pytest.fixture
async def complaints() -> Complaints:
    """What the loop would write into the journal, with a traceback."""
    heard: Complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
    return heard


async def test_a_socket_that_closes_at_once_is_not_watched_any_more(broker: Mosquitto, complaints: Complaints) -> None:
    client = Client("127.0.0.1", broker.port)
    await client.__aenter__()
    client._client.publish("a", "b")
    client.drop()
    for _ in range(3):
        await asyncio.sleep(0)
    assert complaints == []


async def test_an_error_that_nobody_waited_for_is_heard(broker: Mosquitto, complaints: Complaints) -> None:
    client = Client("127.0.0.1", broker.port)
    await client.__aenter__()
    await asyncio.to_thread(broker.kill)
    await asyncio.wait([client._disconnected], timeout=20)
    assert client._disconnected.done()
    client.drop()
    del client
    gc.collect()
    await asyncio.sleep(0)
    assert complaints == []
