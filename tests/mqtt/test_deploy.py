"""deploy/mosquitto as it is shipped, in a real Mosquitto: who may write what, who may hear what, who may come in."""

import asyncio
import gc
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
import pytest
from aiomqtt.exceptions import MqttConnectError

from daemon.mqtt.client import Client
from daemon.mqtt.topics import HEARD, PUBLISHED
from tests.mqtt.certificates import Authority
from tests.mqtt.mosquitto import Mosquitto, free_port
from tests.mqtt.world import TREE, Floor, World, at, named

KEPT = {name for name, kind in PUBLISHED.items() if kind.retain and name != "alert"}
USERS = ("t07", "t08", "floor", "viewer", "+")
"""The last one is who made a mistake, or means mischief: as a pattern it would be everybody."""
THERE = "/etc/mosquitto/inclined"
OTHERS = "inclined/v1/gym/t08"
FLOOR = "inclined/v1/gym/_floor"


@dataclass(frozen=True)
class Gym:
    """The shipped broker, listening where no other test does."""

    port: int
    plain_port: int
    ca: Path

    def client(self, user: str | None, password: str | None = "right", name: str = "") -> Client:
        tls = aiomqtt.TLSParameters(str(self.ca))
        five = aiomqtt.ProtocolVersion.V5
        return Client(
            "127.0.0.1", self.port, username=user, password=password, tls_params=tls, protocol=five, identifier=name
        )


def shipped(checkout: Path, folder: Path) -> str:
    """Return the shipped configuration, with the places of this test."""
    text = (checkout / "deploy/mosquitto/mosquitto.conf").read_text(encoding="utf-8")
    assert text.count(THERE) >= 5
    return text.replace(THERE, str(folder))


def furnish(checkout: Path, folder: Path) -> Authority:
    """Put into folder what the README says belongs there."""
    authority = Authority(folder)
    for file, made in zip(("broker.pem", "broker.key"), authority.issue("made", "127.0.0.1"), strict=True):
        made.rename(folder / file)
    for number, user in enumerate(USERS):
        new = ("-c",) if not number else ()
        subprocess.run(("/usr/bin/mosquitto_passwd", "-b", *new, folder / "passwords", user, "right"), check=True)
    (folder / "acl").write_bytes((checkout / "deploy/mosquitto/acl").read_bytes())
    return authority


@pytest.fixture(scope="module")
def gym(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Iterator[Gym]:
    folder = tmp_path_factory.mktemp("mosquitto")
    authority = furnish(checkout, folder)
    port, plain = free_port(), free_port()
    text = shipped(checkout, folder).replace("listener 8883", f"listener {port} 127.0.0.1")
    text = text.replace("listener 1883 127.0.0.1", f"listener {plain} 127.0.0.1")
    broker = Mosquitto(folder, text, whole=True)
    broker.start()
    yield Gym(port, plain, authority.file)
    broker.kill()


OWN = sorted(set(PUBLISHED) - {"event", "alert"} | {"event/nudge", "event/audit", "alert/store"})
CASES: list[tuple[str, str, bool]] = [
    *(("t07", f"{TREE}/{name}", True) for name in OWN),
    *(("t07", f"{OTHERS}/{name}", False) for name in OWN),
    *(("floor", f"{TREE}/{name}", False) for name in OWN),
    *(("viewer", f"{TREE}/{name}", False) for name in OWN),
    ("t07", f"{TREE}/cmd/identify", False),
    ("t07", f"{TREE}/settings/desired", False),
    ("t07", f"{TREE}/anything", False),
    ("t07", f"{OTHERS}/cmd/identify", False),
    ("t07", f"{FLOOR}/stored/t07", False),
    ("t07", f"{FLOOR}/state", False),
    ("t07", "homeassistant/device/x/config", False),
    ("floor", f"{TREE}/cmd/identify", True),
    ("floor", f"{TREE}/settings/desired", True),
    ("floor", f"{FLOOR}/stored/t07", True),
    ("floor", f"{FLOOR}/state", True),
    ("viewer", f"{TREE}/cmd/identify", False),
    ("viewer", f"{TREE}/settings/desired", False),
    ("viewer", f"{FLOOR}/stored/t07", False),
    *(("+", f"{TREE}/{name}", False) for name in OWN),
    ("+", f"{TREE}/cmd/identify", False),
]


async def test_who_may_write_what(gym: Gym) -> None:
    found = []
    for user in USERS:
        async with gym.client(user) as client:
            for _, topic, _ in (case for case in CASES if case[0] == user):
                client.denied = False
                await client.publish(topic, "x", qos=1)
                found.append((user, topic, not client.denied))
    assert sorted(found) == sorted(CASES)


async def heard(client: aiomqtt.Client, last: str) -> list[tuple[str, bytes]]:
    """Return what comes up to a message on the topic last."""
    found: list[tuple[str, bytes]] = []
    async with asyncio.timeout(20):
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            found.append((str(message.topic), message.payload))
            if str(message.topic) == last:
                return found
    raise AssertionError("the broker went away")


async def test_what_is_denied_reaches_nobody(gym: Gym) -> None:
    async with gym.client("viewer") as viewer, gym.client("t07") as machine:
        await viewer.subscribe("inclined/v1/#", qos=1)
        await machine.publish(f"{OTHERS}/event/help", "forged", qos=1)
        await machine.publish(f"{TREE}/event/help", "true", qos=1)
        told = await heard(viewer, f"{TREE}/event/help")
    assert b"forged" not in [payload for _, payload in told]


async def test_a_machine_hears_only_what_is_meant_for_it(gym: Gym) -> None:
    meant = [f"{FLOOR}/state", f"{FLOOR}/stored/t07", f"{TREE}/settings/desired", f"{TREE}/cmd/identify"]
    others = [f"{OTHERS}/settings/desired", f"{OTHERS}/cmd/identify", f"{FLOOR}/stored/t08"]
    async with gym.client("t07") as machine, gym.client("floor") as floor, gym.client("t08") as other:
        await machine.subscribe("#", qos=1)
        await other.publish(f"{OTHERS}/state", "x", qos=1)
        for topic in [*others, *meant]:
            await floor.publish(topic, "x", qos=1)
        told = [topic for topic, _ in await heard(machine, meant[-1])]
    assert told == meant


async def test_the_daemon_lives_behind_the_list_and_its_will_speaks(gym: Gym) -> None:
    """All that it listens to and tells is let through; a socket that dies says offline under the right topic."""
    world = World(at(gym.port, ca=gym.ca, username="t07", password="right"))
    async with gym.client("floor", name="watch") as client:
        await client.subscribe("inclined/v1/#", qos=1)
        floor = Floor(client)
        listening = asyncio.create_task(floor.listen())
        async with world.running() as publisher:
            world.outbox.append()
            await floor.until(lambda told: {one.name.partition("/")[0] for one in told} >= {*KEPT, "event"})
            await floor.command("refresh")
            await floor.ack("c-1")
            assert publisher.fault is None
            assert publisher.twin is None
            assert publisher._mqtt is not None
            sock = publisher._mqtt._client.socket()
            assert isinstance(sock, socket.socket)
            sock.shutdown(socket.SHUT_RDWR)
            await floor.until(lambda told: [one for one in named(told, "status") if one.payload == b"offline"])
        listening.cancel()


async def test_a_machine_with_another_s_name_is_told_of_the_list(gym: Gym) -> None:
    world = World(at(gym.port, ca=gym.ca, username="t08", password="right"))
    async with world.running() as publisher:
        async with asyncio.timeout(20):
            while publisher.fault is None or "access list" not in publisher.fault:  # noqa: ASYNC110, it tells nobody
                await asyncio.sleep(0.01)
        assert "does not let t08 write all topics" in publisher.fault


@pytest.mark.parametrize(("user", "password"), [(None, None), ("t07", "wrong"), ("nobody", "right"), ("#", "right")])
async def test_who_is_not_let_in(gym: Gym, user: str | None, password: str | None) -> None:
    with pytest.raises(MqttConnectError):
        await gym.client(user, password).__aenter__()


async def test_nobody_is_let_in_without_a_password_on_the_same_computer_either(gym: Gym) -> None:
    with pytest.raises(MqttConnectError):
        await Client("127.0.0.1", gym.plain_port).__aenter__()


@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
async def test_the_network_s_port_speaks_tls_only(gym: Gym) -> None:
    with pytest.raises(aiomqtt.MqttError):
        await Client("127.0.0.1", gym.port, username="t07", password="right", timeout=5).__aenter__()


def known(port: int, authority: Authority, cert: Path, key: Path) -> Client:
    """Return a client that shows its certificate."""
    tls = aiomqtt.TLSParameters(str(authority.file), str(cert), str(key))
    return Client("127.0.0.1", port, tls_params=tls, protocol=aiomqtt.ProtocolVersion.V5)


async def test_a_name_that_would_match_all_is_refused_also_in_a_certificate(checkout: Path, tmp_path: Path) -> None:
    """With the three lines for certificates put in force, as the README says."""
    authority = furnish(checkout, tmp_path)
    authority.revoke(77)
    port = free_port()
    text = shipped(checkout, tmp_path).replace("listener 8883", f"listener {port} 127.0.0.1")
    text = text.replace("listener 1883 127.0.0.1", f"listener {free_port()} 127.0.0.1")
    for line in ("require_certificate", "use_identity_as_username", "crlfile"):
        assert text.count(f"#{line}") == 1
        text = text.replace(f"#{line}", line)
    broker = Mosquitto(tmp_path, text, whole=True)
    broker.start()
    try:
        for name, denied in (("t07", False), ("+", True)):
            async with known(port, authority, *authority.issue(name)) as client:
                await client.publish(f"{TREE}/state", "x", qos=1)
                assert client.denied == denied, name
        with pytest.raises(aiomqtt.MqttError):
            await known(port, authority, *authority.issue("t09", serial=77)).__aenter__()
    finally:
        broker.kill()
        gc.collect()


def test_the_list_knows_every_topic_of_the_code(checkout: Path) -> None:
    """A topic that is added to the tree is added to the list."""
    lines = (checkout / "deploy/mosquitto/acl").read_text(encoding="utf-8").splitlines()
    words: dict[str, list[str]] = {"read": [], "write": []}
    for line in (line for line in lines if line.startswith("pattern")):
        words[line.split()[1]].append(line.split()[2].removeprefix("inclined/v1/+/%u/").removesuffix("/+"))
    assert sorted(words["write"]) == sorted(PUBLISHED)
    heard_ = [name.removeprefix("../").replace("cmd/{verb}", "cmd").replace("{machine}", "%u") for name in HEARD]
    assert sorted(word.removeprefix("inclined/v1/+/") for word in words["read"]) == sorted(heard_)
