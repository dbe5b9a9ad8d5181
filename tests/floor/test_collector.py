"""The collector at a real broker, with real machines: nothing lost, nothing doubled, whatever is away."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.floor.collector import Collector
from daemon.floor.opening import writing
from daemon.floor.store import FloorStore
from daemon.mqtt.inbox import Inbox
from daemon.mqtt.topics import Tree
from daemon.policy.events import FloorTold
from daemon.store import StoreError
from tests.floor.gym import HURRY, collecting, happen, living, machine, until
from tests.floor.lives import ZONE, figures
from tests.floor.postgres import new_database, server
from tests.mqtt.mosquitto import Mosquitto, mosquitto
from tests.mqtt.world import Heard, StillClock, at, floor_at


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as running:
        yield running


@pytest.fixture
def gym(tmp_path: Path) -> Iterator[FloorStore]:
    """A store in a file."""
    store = FloorStore.open(str(tmp_path / "floor.db"), "gym", ZONE)
    yield store
    store.close()


EVENT = (
    b'{"id": "%s-a-1", "seq": 1, "kind": "%s", "ts": null, "boot": "b", "uptime_ms": 1, "session": null, "data": {}}'
)


def declined(store: FloorStore) -> int:
    return figures(store)["nudges_declined"]


async def test_all_is_stored_and_the_machine_forgets_it(broker: Mosquitto, gym: FloorStore, tmp_path: Path) -> None:
    async with machine(broker.port, tmp_path) as (_, outbox), collecting(broker.port, gym):
        happen(outbox, 300)
        await until(lambda: len(outbox) == 0)
    assert declined(gym) == 300
    assert gym.marks() == {"t07": 300}


async def test_a_floor_that_comes_late_asks_for_all(broker: Mosquitto, gym: FloorStore, tmp_path: Path) -> None:
    async with machine(broker.port, tmp_path) as (_, outbox):
        happen(outbox, 50)
        async with floor_at(broker.port) as other:  # the machine has sent: its info is there
            await other.message("info")
        async with collecting(broker.port, gym):
            await until(lambda: len(outbox) == 0)
    assert declined(gym) == 50


async def test_a_broker_that_is_killed_loses_nothing(broker: Mosquitto, gym: FloorStore, tmp_path: Path) -> None:
    async with machine(broker.port, tmp_path) as (_, outbox), collecting(broker.port, gym):
        for _ in range(3):
            happen(outbox, 100)
            await until(lambda: declined(gym) > 0)
            await broker.restart()
        await until(lambda: len(outbox) == 0)
    assert declined(gym) == 300


async def test_a_floor_that_is_killed_loses_nothing(broker: Mosquitto, gym: FloorStore, tmp_path: Path) -> None:
    async with machine(broker.port, tmp_path) as (_, outbox):
        for _ in range(3):
            happen(outbox, 100)
            async with collecting(broker.port, gym):
                before = declined(gym)
                await until(lambda before=before: declined(gym) > before)  # type: ignore[misc]  # a default of its own
        async with collecting(broker.port, gym):
            await until(lambda: len(outbox) == 0)
    assert declined(gym) == 300


async def test_two_floors_store_no_event_twice(broker: Mosquitto, gym: FloorStore, tmp_path: Path) -> None:
    async with (
        machine(broker.port, tmp_path) as (_, outbox),
        collecting(broker.port, gym, "1"),
        collecting(broker.port, gym, "2"),
    ):
        happen(outbox, 300)
        await until(lambda: len(outbox) == 0)
    assert declined(gym) == 300
    assert gym.differences() == []


async def test_two_floors_share_the_events_and_one_may_die(broker: Mosquitto, tmp_path: Path) -> None:
    """Each event goes to one of them; what the dead one had heard and not stored is sent again."""
    with server() as running:
        stores = [FloorStore.open(new_database(running.address, "shared"), "gym", ZONE)]
        stores.append(FloorStore.open(f"{running.address}/postgres?options=-csearch_path%3Dshared", "gym", ZONE))
        first, second = (
            Collector(at(broker.port), "gym", one, StillClock(), name=name, pace=HURRY, share=True)
            for name, one in zip("12", stores, strict=True)
        )
        async with machine(broker.port, tmp_path) as (_, outbox), living(second):
            async with living(first):
                await first.connected.wait()
                await second.connected.wait()
                happen(outbox, 200)
                await until(lambda: first.inbox.heard and second.inbox.heard)
                assert first.inbox.heard + second.inbox.heard <= 200 + len(outbox)
                happen(outbox, 100)
            await until(lambda: len(outbox) == 0)
        assert declined(stores[0]) == 300
        assert stores[0].differences() == []
        for one in stores:
            one.close()


async def test_a_database_that_is_locked_is_waited_for(broker: Mosquitto, tmp_path: Path) -> None:
    gym = FloorStore.open(str(tmp_path / "locked.db"), "gym", ZONE, busy_s=0.1)
    async with machine(broker.port, tmp_path) as (_, outbox):
        with writing(gym.engine):  # nobody else may write now
            async with collecting(broker.port, gym) as collector:
                happen(outbox, 20)
                await collector.connected.wait()
                await until(lambda: (collector.faults()["database"] or "").count("locked"))
                assert len(outbox) == 20
        async with collecting(broker.port, gym) as collector:
            await until(lambda: len(outbox) == 0)
            assert collector.faults()["database"] is None
    assert declined(gym) == 20
    gym.close()


async def test_nonsense_holds_up_nothing(broker: Mosquitto, gym: FloorStore, tmp_path: Path) -> None:
    bad = [
        b"", b"{", b"\xff\x00", b"[]", b'"x"', b"9" * 20_000, json.dumps({"seq": 1}).encode(),
        EVENT % (b"t08", b"nudge"), EVENT % (b"t09", b"audit"),
    ]  # fmt: skip
    async with collecting(broker.port, gym) as collector, floor_at(broker.port) as someone:
        await collector.connected.wait()
        for payload in bad:
            await someone.say("inclined/v1/gym/t09/event/nudge", payload)
        for topic in ("inclined/v1/gym/UPPER/event/nudge", "inclined/v1/gym/_floor/event/nudge"):
            await someone.say(topic, bad[-1])
        for name in ("info", "state", "status", "link"):
            for payload in bad[:6]:
                await someone.say(f"inclined/v1/gym/t09/{name}", payload)
        async with machine(broker.port, tmp_path) as (_, outbox):
            happen(outbox, 10)
            await until(lambda: len(outbox) == 0)
        await until(lambda: len(gym.quarantined()) == len(bad))
        assert set(gym.marks()) == {"t07", "t09"}
    reasons = {one["reason"] for one in gym.quarantined()}
    assert "the id 't08-a-1' is none of machine t09" in reasons
    assert "kind: audit on the topic of nudge" in reasons
    assert "20000 bytes; 16384 are the most" in reasons


async def test_the_floor_tells_the_machines(broker: Mosquitto, gym: FloorStore, tmp_path: Path) -> None:
    def counted(heard: list[Heard]) -> list[Heard]:
        words = [one for one in heard if one.topic.endswith("_floor/state")]
        return [one for one in words if one.json["busy"] == {"treadmill": 1}]

    async with (
        machine(broker.port, tmp_path) as (world, _),
        collecting(broker.port, gym),
        floor_at(broker.port) as ear,
    ):
        last = (await ear.until(counted))[-1]
    said = last.json
    assert (said["free"], said["waiting"]) == ({"treadmill": 0}, None)
    Inbox(Tree("gym", "t07"), world.ports).take("inclined/v1/gym/_floor/state", last.payload, retained=True)
    assert world.submitted[-1] == FloorTold(world.clock.now(), None, (("treadmill", 0),))


async def test_a_database_that_is_gone_is_told_in_one_line(tmp_path: Path) -> None:
    for place in (str(tmp_path), "postgresql://nobody@127.0.0.1:1/none", "postgresql://[", "mysql://x/y"):
        with pytest.raises(StoreError) as told:
            FloorStore.open(place, "gym", ZONE)
        assert "\n" not in str(told.value)


async def test_as_a_process_it_stops_when_told(broker: Mosquitto, tmp_path: Path) -> None:
    config = tmp_path / "floor.toml"
    config.write_text(
        f'[floor]\nsite = "gym"\ntime_zone = "UTC"\nclock = "trust"\n[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n'
        f'[store]\ndatabase = "{tmp_path}/floor.db"\n[api]\nport = 1\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "daemon", "floor", "--config", str(config)]
    process = await asyncio.create_subprocess_exec(*command)
    try:
        async with machine(broker.port, tmp_path) as (_, outbox):
            happen(outbox, 30)
            await until(lambda: len(outbox) == 0)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        if process.returncode is None:
            process.kill()
    verify = [*command[:4], "verify", "--config", str(config)]
    done = await asyncio.create_subprocess_exec(*verify, stdout=subprocess.PIPE)
    told, _ = await done.communicate()
    assert (done.returncode, told) == (0, b"every sum is that of its events\n")


async def test_a_database_that_goes_away_is_waited_for(broker: Mosquitto, tmp_path: Path) -> None:
    with server() as running:
        gym = FloorStore.open(new_database(running.address, "gone"), "gym", ZONE, busy_s=2)
        async with machine(broker.port, tmp_path) as (_, outbox), collecting(broker.port, gym) as collector:
            happen(outbox, 50)
            await until(lambda: len(outbox) == 0)
            await asyncio.to_thread(running.stop)
            happen(outbox, 50)
            await until(lambda: collector.faults()["database"])
            fault = collector.faults()["database"] or ""
            assert "Machines keep their events" in fault
            assert "\n" not in fault
            assert len(outbox) == 50
            await asyncio.to_thread(running.start)
            await until(lambda: len(outbox) == 0)
        assert declined(gym) == 100
        gym.close()
