"""Brokers that are missing, killed, held, or refuse us: nothing is lost, nothing waits, and one line says so."""

import asyncio
import gc
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from daemon.mqtt import Broker, Publisher
from daemon.mqtt.client import Client
from daemon.outbox import Outbox
from daemon.policy.events import Happened
from daemon.store import Store
from tests.mqtt.mosquitto import Mosquitto, free_port, mosquitto
from tests.mqtt.world import (
    QUICK,
    STORED,
    TREE,
    Ear,
    Floor,
    Heard,
    StillClock,
    World,
    at,
    floor_at,
    named,
)

AT_ONCE = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
HURRIED = replace(QUICK, answer=0.5)


def numbers(heard: list[Heard]) -> list[int]:
    """The numbers of the events, as they came."""
    return [one.json["seq"] for one in named(heard, "event")]


async def test_a_broker_that_comes_late_gets_all(tmp_path: Path, ear: Ear) -> None:
    broker = Mosquitto(tmp_path)
    world = World(at(broker.port))
    sent = [world.outbox.append(n=n) for n in range(100)]
    async with world.running() as publisher:
        await ear.until("nothing listens there")
        assert "nothing listens there; check [mqtt] host and port" in (publisher.fault or "")
        try:
            await asyncio.to_thread(broker.start)
            async with floor_at(broker.port) as floor:
                await floor.message("state")  # kept, or new
                world.outbox.append(n=100)
                await floor.until(lambda heard: 101 in numbers(heard))
            assert publisher.fault is None
        finally:
            broker.kill()
    assert world.outbox.sent == len(sent) + 1
    assert len([line for line in ear.lines if "nothing listens there" in line]) == 1


def online(count: int, heard: list[Heard]) -> bool:
    """Whether the machine came that many times."""
    return [one.payload for one in named(heard, "status")].count(b"online") >= count


async def kick(port: int) -> None:
    """Make the broker drop the machine: another client comes with its name."""
    with suppress(aiomqtt.MqttError):
        async with aiomqtt.Client("127.0.0.1", port, identifier="inclined-gym-t07"):
            pass


async def test_what_the_floor_did_not_store_comes_again_after_a_reconnect(
    broker: Mosquitto, floor: Floor, world: World
) -> None:
    async with world.running():
        await floor.message("status")
        for _ in range(30):
            world.outbox.append()
        await floor.until(lambda heard: len(numbers(heard)) == 30)
        await floor.say(STORED, "12")
        await floor.command("refresh")
        await floor.ack("c-1")
        await kick(broker.port)
        await floor.until(lambda heard: len(numbers(heard)) == 48)
    assert numbers(floor.heard) == [*range(1, 31), *range(13, 31)]
    assert len({one.json["id"] for one in named(floor.heard, "event")}) == 30
    assert [one.payload for one in named(floor.heard, "status")][:3] == [b"online", b"offline", b"online"]


async def test_what_a_floor_leaves_unstored_comes_again_without_a_reconnect(broker: Mosquitto, floor: Floor) -> None:
    world = World(at(broker.port), replace(QUICK, repeat=0.05))
    async with world.running():
        await floor.message("status")
        for _ in range(5):
            world.outbox.append()
        await floor.until(lambda heard: len(numbers(heard)) == 5)
        await floor.say(STORED, "3")
        await floor.until(lambda heard: numbers(heard)[5:7] == [4, 5])
        await floor.say(STORED, "5")


class Ledger:
    """A floor as it should be: stores events in their order, tells how far, comes back after each outage."""

    def __init__(self, port: int) -> None:
        self.ids: list[str] = []
        self.twice = 0
        self._port = port
        self._more = asyncio.Condition()

    async def run(self) -> None:
        while True:
            client = Client("127.0.0.1", self._port, identifier="ledger", timeout=1.0, socket_options=AT_ONCE)
            try:
                await self._listen(client)
            except aiomqtt.MqttError:
                await asyncio.sleep(0)
            finally:
                client.drop()

    async def _listen(self, client: Client) -> None:
        async with client:
            await client.subscribe(f"{TREE}/event/+", qos=1)
            await self._tell(client)
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                await self._take(json.loads(message.payload))
                if not len(client.messages):
                    await self._tell(client)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(60), self._more:
            await self._more.wait_for(lambda: len(self.ids) >= count)

    async def _tell(self, client: aiomqtt.Client) -> None:
        await client.publish(STORED, str(len(self.ids)), retain=True)

    async def _take(self, event: dict[str, Any]) -> None:
        seq, id_ = event["seq"], event["id"]
        if seq <= len(self.ids):
            assert self.ids[seq - 1] == id_, "one number, two events"
            self.twice += 1
        elif seq == len(self.ids) + 1:
            async with self._more:
                self.ids.append(id_)
                self._more.notify_all()


async def test_killed_brokers_lose_no_event_and_keep_the_order(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With the real outbox on a real disk: events before, while and after the broker is away, three times."""
    world = World(at(broker.port), replace(QUICK, repeat=0.3, answer=2.0))
    store = Store.open(tmp_path / "inclined.db", StillClock(), "t07")
    outbox = Outbox(store, "t07", StillClock())
    world.publisher = Publisher(at(broker.port), replace(world.ports, outbox=outbox), world.pace)
    ledger = Ledger(broker.port)
    floor = asyncio.create_task(ledger.run())
    sent: list[str] = []

    def happen(count: int) -> None:
        sent.extend(outbox.append(Happened(1000, "nudge", (("n", n),))).id for n in range(count))

    try:
        async with world.running():
            for _ in range(3):
                happen(50)
                await ledger.until(len(sent) - 25)
                happen(50)
                await asyncio.to_thread(broker.kill)
                happen(50)
                await asyncio.to_thread(broker.start)
            await ledger.until(len(sent))
    finally:
        floor.cancel()
        with suppress(asyncio.CancelledError):
            await floor
        store.close()
    assert ledger.ids == sent
    gc.collect()
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


async def test_the_will_speaks_for_a_killed_process(broker: Mosquitto, floor: Floor, checkout: Path) -> None:
    command = [sys.executable, "-m", "tests.mqtt.victim", str(broker.port)]
    victim = await asyncio.create_subprocess_exec(*command, cwd=checkout)
    try:
        assert (await floor.message("status")).payload == b"online"
    finally:
        victim.kill()
        await victim.wait()
    assert (await floor.message("status", 1)).payload == b"offline"


async def test_a_broker_that_hangs_holds_up_nothing(broker: Mosquitto, floor: Floor, ear: Ear) -> None:
    world = World(at(broker.port), HURRIED)
    async with world.running() as publisher:
        await floor.message("state")
        broker.signal(signal.SIGSTOP)
        try:
            events = [world.outbox.append() for _ in range(50)]
            slowest = 0.0
            while publisher.fault is None:
                world.tell(speed=world.feed.latest.seq % 1000)
                before = time.perf_counter()
                await asyncio.sleep(0.001)
                slowest = max(slowest, time.perf_counter() - before)
            await ear.until("there was no answer in time")
        finally:
            broker.signal(signal.SIGCONT)
        world.tell(speed=777)
        await floor.until(lambda heard: [s for s in named(heard, "state") if s.json["speed_kmh"] == 7.77])
        await floor.until(lambda heard: {event.seq for event in events} <= set(numbers(heard)))
    assert slowest < 0.25  # half of what the publisher waited for the broker
    assert world.feed.latest.seq > 50


async def test_stopping_does_not_wait_for_a_broker_that_hangs(broker: Mosquitto, floor: Floor) -> None:
    world = World(at(broker.port))
    loop = asyncio.get_running_loop()
    try:
        async with world.running():
            await floor.message("state")
            broker.signal(signal.SIGSTOP)
            began = loop.time()
        assert loop.time() - began < 8  # of the 15 s that systemd gives us
    finally:
        broker.signal(signal.SIGCONT)


def open_files() -> int:
    """How many files and sockets this process has."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def test_giving_up_a_connect_leaves_no_socket_behind(ear: Ear) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes connections, says nothing
        world = World(at(mute.getsockname()[1]), replace(QUICK, answer=0.05))
        before = open_files()
        async with world.running():
            await ear.until("there was no answer in time")
        assert open_files() <= before


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that knows one machine by name, password and access list."""
    passwords, access = tmp_path / "passwords", tmp_path / "access"
    subprocess.run(["/usr/bin/mosquitto_passwd", "-b", "-c", passwords, "t07", "right"], check=True)
    subprocess.run(["/usr/bin/mosquitto_passwd", "-b", passwords, "floor", "right"], check=True)
    access.write_text(
        "user floor\ntopic readwrite #\n"
        "pattern write inclined/v1/+/%u/#\npattern read inclined/v1/+/%u/cmd/#\n"
        "pattern read inclined/v1/+/%u/settings/desired\npattern read inclined/v1/+/_floor/stored/%u\n",
        encoding="utf-8",
    )
    with mosquitto(tmp_path, f"allow_anonymous false\npassword_file {passwords}\nacl_file {access}\n") as running:
        yield running


class Attempts:
    """Stands for the backoff: notes the attempt and lets it go on at once."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._more = asyncio.Event()

    def delay(self, attempt: int, chance: float) -> float:
        assert 0 <= chance <= 1
        self.numbers.append(attempt)
        self._more.set()
        return 0.0

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.numbers) < count:
                self._more.clear()
                await self._more.wait()


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> Attempts:
    """Every attempt that was waited for, without the waiting."""
    seen = Attempts()
    monkeypatch.setattr("daemon.mqtt.publisher.delay", seen.delay)
    return seen


async def test_a_wrong_password_is_told_once_and_tried_again(guarded: Mosquitto, ear: Ear, attempts: Attempts) -> None:
    world = World(at(guarded.port, username="t07", password="wrong"))
    async with world.running() as publisher:
        await attempts.until(5)
        assert "out of reach" in (publisher.fault or "")
    refusal = "it refuses our name or password; check [mqtt] username and password_file"
    assert len(ear.lines) == 1
    assert refusal in ear.lines[0]
    assert "wrong" not in ear.lines[0]
    assert attempts.numbers[:5] == [0, 1, 2, 3, 4]


async def test_only_a_connection_that_lasted_begins_the_waits_anew(
    broker: Mosquitto, floor: Floor, world: World, attempts: Attempts
) -> None:
    """Two machines with one name throw each other out: that must not go on at full speed."""
    async with world.running():
        for count in range(1, 4):
            await floor.until(partial(online, count))
            await kick(broker.port)
            await attempts.until(count)
        await floor.until(partial(online, 4))
        world.clock.at += 31_000
        await kick(broker.port)
        await attempts.until(4)
    assert attempts.numbers == [0, 1, 2, 0]


async def test_with_the_right_password_all_is_well_behind_an_access_list(guarded: Mosquitto) -> None:
    world = World(at(guarded.port, username="t07", password="right"))
    async with floor_at(guarded.port, username="floor", password="right") as floor, world.running():
        await floor.message("state")
        await floor.command("identify")
        assert (await floor.ack("c-1"))["result"] == "accepted"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 80])
async def test_a_host_that_is_none_is_told(host: str, ear: Ear) -> None:
    world = World(Broker(host, free_port()))
    async with world.running() as publisher:
        await ear.until("out of reach")
        assert host in (publisher.fault or "")


async def test_a_certificate_that_is_missing_is_told(ear: Ear, tmp_path: Path) -> None:
    world = World(Broker("127.0.0.1", free_port(), ca=tmp_path / "none.pem"))
    async with world.running():
        await ear.until(f"the file of [mqtt] tls ca, {tmp_path}/none.pem, is missing")


async def test_our_first_words_are_read_by_a_machine_that_starts_later(broker: Mosquitto, floor: Floor) -> None:
    """A restarted daemon sends what the one before it left."""
    first = World(at(broker.port))
    async with first.running():
        await floor.message("status")
    first.outbox.append()
    second = World(at(broker.port))
    second.outbox.events = first.outbox.events
    async with second.running():
        await floor.until(lambda heard: numbers(heard) == [1])
