"""What the floor says of the gym: believed while it is young and makes sense, else nothing happens."""

import json
from datetime import timedelta
from typing import Any

import pytest

from daemon.mqtt.inbox import Inbox
from daemon.mqtt.topics import Tree
from daemon.policy.events import Extended, FloorTold, WaitingTold
from tests.mqtt.world import World, at, order

TOPIC = "inclined/v1/gym/_floor/state"


def said(world: World, age_s: float = 0, **more: Any) -> bytes:
    wall = world.clock.wall()
    assert wall is not None
    body = {"ts": (wall - timedelta(seconds=age_s)).isoformat(), "waiting": 2, "free": {"rower": 1, "treadmill": 0}}
    return json.dumps(body | more).encode()


@pytest.fixture
def world() -> World:
    return World(at(1))


def take(world: World, payload: bytes, topic: str = TOPIC) -> Any:
    return Inbox(Tree("gym", "t07"), world.ports).take(topic, payload, retained=topic == TOPIC)


def test_a_young_word_is_believed(world: World) -> None:
    take(world, said(world, 5))
    assert world.submitted == [FloorTold(world.clock.now() - 5_000, 2, (("rower", 1), ("treadmill", 0)))]


def test_nobody_may_know_who_waits(world: World) -> None:
    take(world, said(world, waiting=None))
    assert isinstance(told := world.submitted[0], FloorTold)
    assert told.waiting is None


@pytest.mark.parametrize(
    "more",
    [
        {"waiting": -1}, {"waiting": 10**9}, {"free": {"rower": -2}}, {"free": {"rower": "many"}},
        {"ts": "2020-01-01T00:00:00Z"},
        {"ts": "2020-01-01T00:00:00"}, {"ts": None}, {"ts": "2999-01-01T00:00:00Z"}, {"free": [1]},
        {"free": {"Ro wer": 1}},
    ],
)  # fmt: skip
def test_a_word_that_lies_or_is_old_does_nothing(world: World, more: dict[str, Any]) -> None:
    take(world, said(world, **more))
    assert world.submitted == []


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"\xff", b"9" * 9_000])
def test_garbage_does_nothing(world: World, payload: bytes) -> None:
    assert take(world, payload) is None
    assert world.submitted == []


def test_staff_on_the_floor(world: World) -> None:
    verb = "inclined/v1/gym/t07/cmd/"
    ack = take(world, json.dumps(order("c-1", args={"minutes": 5, "reason": "rehab"})).encode(), verb + "extend")
    session = world.feed.latest.session
    assert (ack.result, world.submitted) == (
        ("accepted", [Extended(world.clock.now(), str(session), 300_000)]) if session else ("rejected", [])
    )
    assert take(world, json.dumps(order("c-2", args={})).encode(), verb + "waiting").result == "accepted"
    assert isinstance(world.submitted[-1], WaitingTold)
    for number, args in enumerate(({"minutes": 5}, {"minutes": "x", "reason": "r"}, {"minutes": True, "reason": "r"})):
        refused = take(world, json.dumps(order(f"d-{number}", args=args)).encode(), verb + "extend")
        assert refused.result == "rejected"
    assert take(world, json.dumps(order("e-1", args={"on": 3})).encode(), verb + "waiting").result == "rejected"
