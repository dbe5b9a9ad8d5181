"""Brokers that take an event and lose it: what the floor has not stored comes again, in order, and no event twice."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from daemon.mqtt import Publisher
from daemon.outbox import Outbox
from daemon.policy.events import Happened
from daemon.store import Store
from tests.mqtt.forgetful import Forgetful
from tests.mqtt.ledger import Ledger
from tests.mqtt.mosquitto import PLAIN, Mosquitto, mosquitto
from tests.mqtt.world import QUICK, STORED, Heard, StillClock, World, at, floor_at

ROOT = Path(__file__).parents[2]
PACE = replace(QUICK, repeat=0.2, repeat_most=0.4, answer=2.0)


@asynccontextmanager
async def machine(folder: Path, port: int) -> AsyncIterator[Outbox]:
    """Yield the outbox, on a real disk, of a machine that is at the broker."""
    clock = StillClock()
    store = Store.open(folder / "inclined.db", clock, "t07")
    outbox = Outbox(store, "t07", clock)
    world = World(at(port), PACE)
    world.publisher = Publisher(at(port), replace(world.ports, outbox=outbox), PACE)
    try:
        async with world.running():
            yield outbox
    finally:
        store.close()


@asynccontextmanager
async def floor(port: int) -> AsyncIterator[Ledger]:
    """Yield a floor that stores."""
    ledger = Ledger(port)
    task = asyncio.create_task(ledger.run())
    try:
        yield ledger
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def beyond(heard: list[Heard], wanted: list[str]) -> list[str]:
    """Return the ids of those wanted, as they came, once all have come."""
    found = [one.json["id"] for one in heard if "/event/" in one.topic and one.json["id"] in wanted]
    return found if set(found) == set(wanted) else []


def happen(outbox: Outbox, count: int) -> list[str]:
    """Let so much happen; return the ids."""
    return [outbox.append(Happened(1000, "audit", (("n", n),))).id for n in range(count)]


async def test_a_broker_that_says_yes_and_forgets_everything(tmp_path: Path) -> None:
    async with Forgetful() as broker, machine(tmp_path, broker.port) as outbox:
        ids = happen(outbox, 200)
        await broker.until(lambda: len([topic for topic, _ in broker.taken if topic.endswith("/event/audit")]) >= 200)
        assert len(outbox) == 200
        await broker.__aexit__(None, None, None)
        with mosquitto(tmp_path, PLAIN, broker.port):
            async with floor(broker.port) as ledger:
                await ledger.until(lambda: len(ledger.events) >= 200)
        assert [event["id"] for event in ledger.events] == ids
        assert ledger.strays == []


async def test_a_broker_that_loses_its_memory_before_the_floor_came(tmp_path: Path) -> None:
    """Mosquitto takes what nobody listens to, and is killed; the floor knows of 50."""
    broker = Mosquitto(tmp_path)
    broker.start()
    try:
        async with machine(tmp_path, broker.port) as outbox:
            async with floor_at(broker.port) as client:
                ids = happen(outbox, 200)
                await client.until(lambda heard: len([one for one in heard if "/event/" in one.topic]) >= 200)
            await broker.restart()
            async with floor_at(broker.port) as client:
                await client.say(STORED, "50", retain=True)
                again = await client.until(lambda heard: beyond(heard, ids[50:]))
        assert list(dict.fromkeys(again)) == ids[50:]
    finally:
        broker.kill()


async def test_a_slow_floor_gets_what_the_broker_dropped(tmp_path: Path) -> None:
    """A floor in a process that is held: the broker's queue for it runs over, and it finds all of it later."""
    lines = f"{PLAIN}max_queued_messages 20\nmax_inflight_messages 5\n"
    with mosquitto(tmp_path, lines) as broker:
        command = (sys.executable, "-m", "tests.mqtt.slow_floor", str(broker.port), "1000")
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        try:
            async with asyncio.timeout(60), machine(tmp_path, broker.port) as outbox:
                assert await process.stdout.readline() == b"listens\n"
                os.kill(process.pid, signal.SIGSTOP)
                ids = happen(outbox, 1000)
                async with floor_at(broker.port) as client:  # a quick one hears them all
                    await client.until(lambda heard: any('"seq":1000,' in str(one.payload) for one in heard))
                os.kill(process.pid, signal.SIGCONT)
                told = [line.decode().split() async for line in process.stdout]
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    assert told[:-1] == [["stored", id_] for id_ in ids]
    assert told[-1][0] == "twice"


@pytest.mark.parametrize("old", ["answers", "closes", "silent"])
async def test_a_broker_that_knows_no_mqtt_5_is_spoken_to_in_3_1_1(old: str) -> None:
    async with Forgetful(old=old) as broker:
        world = World(at(broker.port), replace(PACE, answer=0.5))
        world.outbox.append()
        async with world.running():
            await broker.until(lambda: [topic for topic, _ in broker.taken if topic.endswith("/event/nudge")])
        assert set(broker.versions) == {4}
