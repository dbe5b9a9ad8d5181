"""Machines as Home Assistant hears of them: over a real broker, at its birth too, and never anything to press."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from daemon.floor.announcing import Announcing
from daemon.floor.collector import Collector
from daemon.floor.homeassistant import document, topic
from daemon.floor.store import FloorStore
from daemon.messages import Counters, Info, State
from daemon.policy.state import Link
from daemon.snapshot import Phase
from daemon.wire import info_message, state_message
from tests.floor.gym import HURRY, living, until
from tests.floor.lives import ZONE
from tests.mqtt.mosquitto import Mosquitto, mosquitto
from tests.mqtt.world import FIRST, IDENTITY, Heard, StillClock, at, floor_at

PLACE = "homeassistant/device/inclined_gym_t07/config"
INFO = info_message(IDENTITY, FIRST)
WORDS = st.text(max_size=20)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as running:
        yield running


@pytest.fixture
def gym(tmp_path: Path) -> Iterator[FloorStore]:
    store = FloorStore.open(str(tmp_path / "floor.db"), "gym", ZONE)
    yield store
    store.close()


def keys(of: Any) -> Iterator[str]:
    """Yield every key in a document, however deep."""
    if isinstance(of, dict):
        for key, value in of.items():
            yield key
            yield from keys(value)
    elif isinstance(of, list):
        for value in of:
            yield from keys(value)


@given(st.builds(Info, site=st.just("gym"), machine=st.just("t07"), name=WORDS, zone=WORDS, driver=WORDS, maker=WORDS))
def test_nothing_can_be_pressed(info: Info) -> None:
    made = json.loads(json.dumps(document(info)))
    assert not [key for key in keys(made) if "command" in key or "press" in key or "payload_on" in key]
    assert {each["platform"] for each in made["components"].values()} == {"sensor", "binary_sensor"}
    assert made["availability_mode"] == "all"
    assert [one["topic"] for one in made["availability"]] == [
        f"inclined/v1/gym/t07/{word}" for word in ("status", "link")
    ]


def test_every_sensor_reads_a_field_that_there_is() -> None:
    forms = {"state": set(State.model_fields), "counters": set(Counters.model_fields)}
    for each in document(INFO)["components"].values():
        field = each["value_template"].split("value_json.")[1].split()[0]
        assert field in forms[each["state_topic"].rpartition("/")[2]], each


def test_names_are_unlike() -> None:
    told = [each["unique_id"] for each in document(INFO)["components"].values()]
    assert len(set(told)) == len(told)
    assert topic("homeassistant", "gym", "t07") == PLACE


@pytest.mark.parametrize(
    ("changes", "key", "shows"),
    [
        ({"incline": 15}, "incline", "1.5"), ({"incline": None}, "incline", "None"), ({"speed": 820}, "speed", "8.2"),
        ({"phase": Phase.RUNNING}, "phase", "running"), ({"phase": Phase.UNKNOWN}, "phase", "None"),
        ({"link": Link.LENT}, "treadmill", "lent"), ({"occupied": True}, "occupied", "ON"),
        ({"occupied": False}, "occupied", "OFF"), ({"occupied": None}, "occupied", "None"),
    ],
)  # fmt: skip
def test_templates_say_what_the_state_says(changes: dict[str, Any], key: str, shows: str) -> None:
    """Jinja itself, which Home Assistant's templates are; None is its word for unknown."""
    seen = replace(FIRST, **changes)
    state = json.loads(state_message(seen, StillClock()).model_dump_json())
    each = document(INFO)["components"][key]
    assert Environment(autoescape=False).from_string(each["value_template"]).render(value_json=state) == shows
    if "options" in each and shows != "None":
        assert shows in each["options"]


async def test_it_hears_of_each_machine_and_again_at_its_birth(broker: Mosquitto, gym: FloorStore) -> None:
    collector = Collector(at(broker.port), "gym", gym, StillClock(), pace=HURRY)
    collector.parts.append(Announcing(collector.inbox, "gym", "homeassistant", look_s=0.05).visit)
    async with floor_at(broker.port) as home, living(collector):
        heard = home.heard

        def of_us() -> list[Heard]:
            return [one for one in heard if one.topic == PLACE]

        await home.say("inclined/v1/gym/t07/info", INFO.model_dump_json(), retain=True)
        await until(of_us)
        assert json.loads(of_us()[0].payload)["device"]["name"] == "Treadmill 7"
        await home.say("homeassistant/status", "online")
        await until(lambda: len(of_us()) == 2)
        await home.say("homeassistant/status", "offline")
        moved = INFO.model_copy(update={"zone": "gallery"})
        await home.say("inclined/v1/gym/t07/info", moved.model_dump_json(), retain=True)
        await until(lambda: len(of_us()) == 3)
        assert json.loads(of_us()[2].payload)["device"]["suggested_area"] == "gallery"
        for nonsense in ("{}", moved.model_copy(update={"machine": "t08"}).model_dump_json()):
            await home.say("inclined/v1/gym/t07/info", nonsense, retain=True)
        await until(lambda: len(of_us()) == 4)
        assert of_us()[3].payload == b""  # it does not say any more who it is
    async with floor_at(broker.port) as late:
        await until(lambda: any(one.topic.endswith("/info") for one in late.heard))
        assert not [one for one in late.heard if one.topic == PLACE]


async def test_what_is_announced_is_kept_for_who_comes_later(broker: Mosquitto, gym: FloorStore) -> None:
    collector = Collector(at(broker.port), "gym", gym, StillClock(), pace=HURRY)
    collector.parts.append(Announcing(collector.inbox, "gym", "ha/eu", look_s=0.05).visit)
    async with floor_at(broker.port) as machine, living(collector):
        await machine.say("inclined/v1/gym/t07/info", INFO.model_dump_json(), retain=True)
        await until(lambda: any(one.topic.startswith("ha/eu/device/") for one in machine.heard))
    async with floor_at(broker.port) as late:
        await until(lambda: any(one.topic == "ha/eu/device/inclined_gym_t07/config" for one in late.heard))
