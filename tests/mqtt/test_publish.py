"""What a machine tells, seen by another client of a real broker."""

import asyncio
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import jsonschema
import pytest

from daemon.mqtt.topics import PUBLISHED
from daemon.policy.state import Kind as PromptKind
from daemon.policy.state import Link, Prompt
from daemon.snapshot import Phase
from drivers.contract import InclineRange
from tests.mqtt.mosquitto import Mosquitto
from tests.mqtt.world import QUICK, Floor, Heard, World, at, floor_at, named

KEPT = {name for name, kind in PUBLISHED.items() if kind.retain and name != "alert"}


def test_the_table_is_what_integrators_were_promised() -> None:
    assert {name: (kind.qos, kind.retain) for name, kind in PUBLISHED.items()} == {
        "status": (1, True),
        "link": (1, True),
        "info": (1, True),
        "state": (0, True),
        "settings": (1, True),
        "counters": (1, True),
        "event": (1, False),
        "alert": (1, True),
        "nearby": (1, True),
        "ack": (1, False),
    }


async def test_a_late_listener_finds_the_whole_machine(broker: Mosquitto, floor: Floor, world: World) -> None:
    async with world.running():
        await floor.until(lambda heard: {one.name for one in heard} >= KEPT)
        async with floor_at(broker.port, clean_session=True) as late:
            await late.until(lambda heard: {one.name for one in heard if one.retained} == KEPT)
            words = {one.name: one.payload for one in late.heard}
    assert (words["status"], words["link"]) == (b"online", b"online")


async def test_what_is_published_is_of_its_schema(floor: Floor, world: World, checkout: Path) -> None:
    world.faults["store"] = "The disk is full."
    world.outbox.append("nudge", outcome="declined", n=1, yes=True, nothing=None)
    async with world.running():
        await floor.message("status")
        rising = Prompt(1, PromptKind.RAISING, 0, None, 10)
        world.tell(range=InclineRange(0, 150, 5), session="a-1", raising=True, prompt=rising)
        await floor.command("refresh")
        wanted = {name for name, kind in PUBLISHED.items() if kind.form is not None}
        await floor.until(lambda heard: {one.name.partition("/")[0] for one in heard} >= wanted)
        await floor.until(lambda heard: [one for one in named(heard, "state") if one.json["incline_target_pct"] == 1.0])
    for one in floor.heard:
        kind = PUBLISHED.get(one.name.partition("/")[0])
        if kind is not None and kind.form is not None:
            schema = json.loads((checkout / f"docs/schemas/{kind.form.__name__}.json").read_text(encoding="utf-8"))
            validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
            validator.validate(one.json)
            assert set(one.json) == set(schema["properties"]), one.topic


async def test_quality_of_service_is_that_of_the_table(floor: Floor, world: World) -> None:
    world.outbox.append()
    async with world.running():
        await floor.until(lambda heard: {one.name.partition("/")[0] for one in heard} >= {*KEPT, "event"})
    for one in floor.heard:
        assert one.qos == PUBLISHED[one.name.partition("/")[0]].qos, one.topic
        assert not one.retained


async def test_the_state_is_exact_and_unknown_is_null(floor: Floor, world: World) -> None:
    world.tell(speed=1234, incline=-15)
    async with world.running():
        first = (await floor.message("state")).json
        world.tell(speed=None, incline=None, phase=Phase.UNKNOWN)
        unknown = (await floor.until(lambda heard: [s.json for s in named(heard, "state") if s.json["seq"] == 2]))[0]
        await floor.until(lambda heard: [one for one in named(heard, "link") if one.payload == b"stale"])
    assert (first["speed_kmh"], first["incline_pct"], first["ts"]) == (12.34, -1.5, "2026-06-01T12:00:00Z")
    assert (unknown["speed_kmh"], unknown["incline_pct"]) == (None, None)


def numbered(seq: int, heard: list[Heard]) -> list[Heard]:
    """The states with this number."""
    return [state for state in named(heard, "state") if state.json["seq"] == seq]


async def test_only_what_changed_is_told_again(floor: Floor, world: World) -> None:
    async with world.running():
        for seq in range(1, 6):
            world.tell(speed=800 + seq)
            await floor.until(partial(numbered, seq))
        world.tell(link=Link.DOWN, phase=Phase.UNKNOWN, speed=None)
        await floor.message("link", 1)
    assert [one.payload for one in named(floor.heard, "link")] == [b"online", b"offline"]
    assert len(named(floor.heard, "info")) == len(named(floor.heard, "settings")) == 1


async def test_a_fast_machine_does_not_flood_and_the_last_word_counts(broker: Mosquitto, floor: Floor) -> None:
    world = World(at(broker.port), replace(QUICK, running=0.2))
    loop = asyncio.get_running_loop()
    async with world.running():
        await floor.message("state")
        began = loop.time()
        for n in range(500):
            world.tell(speed=n)
            await asyncio.sleep(0.001)  # a machine that speaks, not a wait
        await floor.until(lambda heard: [s for s in named(heard, "state") if s.json["speed_kmh"] == 4.99])
    assert len(named(floor.heard, "state")) <= 2 + (loop.time() - began) / 0.2


async def test_an_idle_machine_says_that_it_lives(broker: Mosquitto, floor: Floor) -> None:
    world = World(at(broker.port), replace(QUICK, idle=0.05))
    async with world.running():
        await floor.message("state")
        world.clock.at += 7_000
        later = await floor.until(lambda heard: [s.json for s in named(heard, "state") if s.json["uptime_ms"] == 8_000])
    assert later[0]["seq"] == 0


async def test_an_alert_comes_and_goes(broker: Mosquitto, floor: Floor, world: World) -> None:
    async with world.running():
        world.faults["store"] = "The disk is full."
        world.tell(speed=1)
        alert = await floor.message("alert/store")
        assert alert.json == {"code": "store", "text": "The disk is full.", "ts": "2026-06-01T12:00:00Z"}
        world.faults["store"] = None
        world.tell(speed=2)
        assert (await floor.message("alert/store", 1)).payload == b""
        async with floor_at(broker.port) as late:
            await late.until(lambda heard: {one.name for one in heard} >= KEPT)
            assert named(late.heard, "alert") == []


async def test_a_silent_treadmill_is_a_fault_in_the_state_and_no_alert(floor: Floor, world: World) -> None:
    world.faults["treadmill"] = "No answer."
    async with world.running():
        assert (await floor.message("state")).json["fault"] == "No answer."
    assert named(floor.heard, "alert") == []


async def test_a_clock_that_is_not_right_dates_nothing(floor: Floor, world: World) -> None:
    world.clock.right = None
    async with world.running():
        assert (await floor.message("state")).json["ts"] is None


async def test_stopping_says_offline(floor: Floor, world: World) -> None:
    async with world.running():
        await floor.message("status")
    assert (await floor.message("status", 1)).payload == b"offline"


@pytest.mark.parametrize("verb", ["refresh", "identify"])
async def test_an_accepted_command_tells_all_that_is_kept_again(floor: Floor, world: World, verb: str) -> None:
    async with world.running():
        await floor.until(lambda heard: {one.name for one in heard} >= KEPT)
        await floor.command(verb)
        for name in KEPT - {"status"}:
            await floor.message(name, 1)
