"""Settings on their way: over a real broker to a machine with its real rulebook, at home, away and refusing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from daemon.author import Author
from daemon.floor.audit import Actor, entries
from daemon.floor.collector import Collector
from daemon.floor.foresight import Wish
from daemon.floor.layering import change, history, keep, read
from daemon.floor.layers import Document, Layer
from daemon.floor.pushing import Pushing
from daemon.floor.store import About, FloorStore
from daemon.mqtt import Publisher
from daemon.policy.rules import Mode, Rules
from daemon.refusal import Refusal, StaleRevision
from daemon.rulebook import Rulebook
from tests.floor.gym import HURRY, living, until
from tests.floor.lives import ZONE
from tests.mqtt.mosquitto import Mosquitto, mosquitto
from tests.mqtt.world import StillClock, World, at, floor_at

ALEX = Actor(Author("office", "manager", "10.0.0.9"), "Alex")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as running:
        yield running


@pytest.fixture
def gym(tmp_path: Path) -> Iterator[FloorStore]:
    store = FloorStore.open(str(tmp_path / "floor.db"), "gym", ZONE)
    yield store
    store.close()


def manned(port: int, mode: Mode = Mode.ASSIST) -> tuple[World, Rulebook]:
    """Return t07 with its own rulebook, whose file says mode."""
    world = World(at(port))
    book = Rulebook(
        Rules(mode=mode), None, world.submitted.append, lambda _: None, world.told.append, world.clock,
    )  # fmt: skip
    world.ports = replace(world.ports, rulebook=book)
    world.publisher = Publisher(at(port), world.ports, world.pace)
    return world, book


def pushing(port: int, store: FloorStore) -> tuple[Collector, Pushing]:
    collector = Collector(at(port), "gym", store, StillClock(), pace=HURRY)
    push = Pushing(store, collector.inbox, look_s=0.05)
    collector.parts.append(push.visit)
    return collector, push


def wish(store: FloorStore, scope: str = "site", name: str = "", mode: str | None = None, **values: int | None) -> int:
    wanted = Wish(scope, name, values, mode, turn_mode=mode is not None)  # type: ignore[arg-type]  # from a test's words
    return change(store, wanted, {}, 5, ALEX, "a trial", None)


async def test_a_machine_gets_its_settings_and_says_so(broker: Mosquitto, gym: FloorStore) -> None:
    world, book = manned(broker.port)
    collector, push = pushing(broker.port, gym)
    async with living(collector), world.running():
        await until(lambda: "t07" in gym.marks())
        wish(gym, min_incline=5)
        await until(lambda: push.standing("t07") != "none")
        await until(lambda: book.current().values["min_incline"] == 5)
        await until(lambda: push.standing("t07") == "pending")
        wish(gym, "zone", "hall", min_incline=7)
        await until(lambda: book.current().values["min_incline"] == 7)
        wish(gym, "zone", "hall", min_incline=None)
        await until(lambda: book.current().values["min_incline"] == 5)
        wish(gym, min_incline=None)
        await until(lambda: book.current().values["min_incline"] == 10)  # the default: nothing wants another


async def test_a_mode_is_narrowed_and_given_back(broker: Mosquitto, gym: FloorStore) -> None:
    world, book = manned(broker.port, Mode.NUDGE)
    collector, push = pushing(broker.port, gym)
    async with living(collector), world.running():
        await until(lambda: push.told().get("t07", (None,))[0])
        await until(lambda: gym.marks())
        wish(gym, mode="observe")
        await until(lambda: book.current().mode == "observe")
        wish(gym, mode="enforce")  # no further than its own file
        await until(lambda: book.current().mode == "nudge")
        await until(lambda: push.standing("t07") in {"pending", "in force"})


async def test_a_machine_that_was_away_gets_them_when_it_returns(broker: Mosquitto, gym: FloorStore) -> None:
    gym.learn("t07", About("Treadmill 7", "hall", "treadmill"))
    collector, push = pushing(broker.port, gym)
    async with living(collector), floor_at(broker.port) as ear:
        wish(gym, min_incline=5)
        said = await ear.message("settings/desired")
        assert said.json == {"values": {"min_incline": 5}}
        assert push.standing("t07") == "waiting"
    world, book = manned(broker.port)
    async with world.running():
        await until(lambda: book.current().values["min_incline"] == 5)


async def test_what_a_machine_refuses_is_shown(broker: Mosquitto, gym: FloorStore) -> None:
    """One that says nothing of its file is told a mode that its file does not allow."""
    gym.learn("t07", About("Treadmill 7", "hall", "treadmill"))
    world, book = manned(broker.port, Mode.OBSERVE)
    wish(gym, mode="assist", min_incline=5)
    collector, push = pushing(broker.port, gym)
    keep(gym, 1, {"t07": (Document("assist", {"min_incline": 5}), None)})
    push.told = dict  # type: ignore[method-assign]  # nothing was heard of it
    async with living(collector), world.running():
        await until(lambda: push.standing("t07") == "refused")
        assert "only the machine's own file can change" in (collector.inbox.seen["t07"].refusal or "")
    assert book.current().values["min_incline"] == 10


def test_layers_are_kept_with_who_when_and_why(store: FloorStore) -> None:
    store.learn("t07", About("T 7", "hall", "treadmill"))
    office = Actor(Author("office"))
    assert change(store, Wish("site", "", {"min_incline": 5}), {}, 7, ALEX, "a trial", 0) == 1
    assert change(store, Wish("site", "", {"min_incline": 5}), {}, 8, office, None, 1) == 1  # changes nothing
    assert change(store, Wish("zone", "hall", {"min_incline": 6}), {}, 9, office, None, 1) == 2
    with pytest.raises(StaleRevision):
        change(store, Wish("site", "", {"min_incline": 7}), {}, 9, office, None, 1)
    with pytest.raises(Refusal, match="is set at the machine only"):
        change(store, Wish("site", "", {"countdown_ms": 30_000}), {}, 9, office, None, 2)
    with pytest.raises(Refusal, match=r"t07: speed_most: is less than 1 km/h above"):
        change(store, Wish("site", "", {"speed_least": 600, "speed_most": 600}), {}, 9, office, None, 2)
    newest, first = history(store, 10)
    assert (newest["scope"], newest["name"], newest["was"], newest["author"]) == ("zone", "hall", Layer(), "office")
    assert (first["at"], first["why"], first["said"], first["role"]) == (7, "a trial", "Alex", "manager")
    assert [one["what"] for one in entries(store, 10)] == ["settings", "settings"]
    rev, layers, (known,) = read(store, {})
    assert (rev, known.before, layers["site", ""].values) == (2, Document(), {"min_incline": 5})
    keep(store, rev, {"t07": (Document(None, {"min_incline": 6}), "nudge"), "t99": (Document(), None)})
    keep(store, rev, {"t07": (Document(None, {"min_incline": 8}), "nudge")})
    _, _, (known,) = read(store, {})
    assert (known.before.values, known.widest) == ({"min_incline": 8}, "nudge")
