"""What the floor may ask over a real broker, and what is refused: forged, old, kept, broken, too much."""

import json
from datetime import timedelta

import pytest

from daemon.mqtt.orders import LARGEST
from daemon.mqtt.verbs import VERBS
from tests.mqtt.mosquitto import Mosquitto
from tests.mqtt.world import NOON, STORED, TREE, Ear, Floor, World, floor_at, named, order

MOTION = ["incline", "start", "stop", "speed", "resume", "raise", "lower", "pause", "reset"]


async def test_a_message_of_staff_is_shown(floor: Floor, world: World) -> None:
    async with world.running():
        await floor.message("status")
        await floor.command("message", args={"text": "Closing in ten minutes."})
        assert await floor.ack("c-1") == {"id": "c-1", "verb": "message", "result": "accepted", "reason": None}
    assert world.shown == ["Closing in ten minutes."]


@pytest.mark.parametrize("args", [{}, {"text": ""}, {"text": "x" * 121}, {"text": 7}, {"text": "a\nb"}])
async def test_a_message_that_fits_no_screen_is_refused(floor: Floor, world: World, args: dict[str, object]) -> None:
    async with world.running():
        await floor.message("status")
        await floor.command("message", args=args)
        ack = await floor.ack("c-1")
    assert (ack["result"], ack["reason"]) == ("rejected", "args.text must have 1 to 120 printable characters")
    assert world.shown == []


@pytest.mark.parametrize("verb", ["message", "identify"])
async def test_nothing_covers_a_countdown(floor: Floor, world: World, verb: str) -> None:
    world.busy = True
    async with world.running():
        await floor.message("status")
        await floor.command(verb, args={"text": "Hello."})
        assert (await floor.ack("c-1"))["reason"] == "a countdown is on the screen"


async def test_settings_are_changed_and_told(floor: Floor, world: World) -> None:
    async with world.running():
        await floor.message("status")
        await floor.command("settings", args={"values": {"min_incline": 5}})
        assert (await floor.ack("c-1"))["result"] == "accepted"
        told = await floor.until(lambda heard: [s.json for s in named(heard, "settings") if s.json["rev"] == 2])
    assert told[0]["values"] == {"min_incline": 5}
    assert world.book.changes[0][1] == "alex"


async def test_settings_that_may_not_be_are_refused_with_the_reason(floor: Floor, world: World) -> None:
    async with world.running():
        await floor.message("status")
        await floor.command("settings", id="up", args={"mode": "enforce"})
        assert (await floor.ack("up"))["reason"] == "mode: enforce goes beyond nudge"
        await floor.command("settings", id="odd", args={"speed": 12})
        assert (await floor.ack("odd"))["reason"].startswith("args: speed:")
    assert world.book.changes == []


async def test_an_ack_says_when_the_disk_did_not_take_it(floor: Floor, world: World) -> None:
    world.keeps = False
    async with world.running():
        await floor.message("status")
        await floor.command("settings", args={"values": {"min_incline": 5}})
        assert "the disk did not take it" in (await floor.ack("c-1"))["reason"]


async def test_a_command_that_comes_again_gets_the_same_ack_and_does_nothing(floor: Floor, world: World) -> None:
    async with world.running():
        await floor.message("status")
        await floor.command("message", args={"text": "Once."})
        first = await floor.ack("c-1")
        await floor.command("message", args={"text": "Twice."})
        assert await floor.ack("c-1", 1) == first
    assert world.shown == ["Once."]


async def test_a_command_older_than_its_time_is_expired(floor: Floor, world: World) -> None:
    async with world.running():
        await floor.message("status")
        await floor.command("identify", ts=(NOON - timedelta(milliseconds=10_001)).isoformat())
        ack = await floor.ack("c-1")
        assert (ack["result"], ack["reason"]) == ("expired", "expired")
    assert world.shown == []


async def test_no_command_while_the_clock_is_not_right(floor: Floor, world: World) -> None:
    world.clock.right = None
    async with world.running():
        await floor.message("status")
        await floor.command("identify")
        assert (await floor.ack("c-1"))["reason"] == "clock"
    assert world.shown == []


async def test_a_kept_command_is_refused_at_each_connection(floor: Floor, world: World) -> None:
    await floor.command("identify", retain=True)
    async with world.running():
        assert (await floor.ack("c-1"))["reason"] == "retained"
    assert world.shown == []


@pytest.mark.parametrize("verb", MOTION)
async def test_no_verb_moves_anything(floor: Floor, world: World, verb: str) -> None:
    async with world.running():
        await floor.message("status")
        await floor.command(verb)
        assert (await floor.ack("c-1"))["reason"] == "unknown verb"
    assert (world.submitted, world.shown) == ([], [])


@pytest.mark.parametrize("verb", ["out_of_order"])
async def test_a_verb_of_later_says_so(floor: Floor, world: World, verb: str) -> None:
    async with world.running():
        await floor.message("status")
        await floor.command(verb)
        assert (await floor.ack("c-1"))["reason"] == "unsupported"


async def test_every_verb_answers(floor: Floor, world: World) -> None:
    async with world.running():
        await floor.message("status")
        for verb in VERBS:
            await floor.command(verb, id=verb, args={"text": "Hello."})
            assert (await floor.ack(verb))["verb"] == verb


BROKEN = {
    "too large, id first": json.dumps(order("c-1") | {"args": {"text": "x" * LARGEST}}).encode(),
    "no ttl": json.dumps({"id": "c-1", "by": "alex"}).encode(),
    "unknown field": json.dumps(order("c-1", speed=12)).encode(),
    "cut off": json.dumps(order("c-1")).encode()[:40],
    "ttl of a year": json.dumps(order("c-1", ttl_ms=31_536_000_000)).encode(),
    "no offset": json.dumps(order("c-1", ts="2026-06-01T12:00:00")).encode(),
    "from the future": json.dumps(order("c-1", ts="2036-06-01T12:00:00Z")).encode(),
}


@pytest.mark.parametrize("payload", BROKEN.values(), ids=BROKEN)
async def test_what_is_broken_is_answered_where_an_id_can_be_read(floor: Floor, world: World, payload: bytes) -> None:
    async with world.running():
        await floor.message("status")
        await floor.say(f"{TREE}/cmd/identify", payload)
        ack = await floor.ack("c-1")
    assert ack["result"] == "rejected"
    assert world.shown == []


async def test_garbage_is_counted_logged_once_and_dropped(floor: Floor, world: World, ear: Ear) -> None:
    garbage = [b"", b"\xff\x00", b"[" * LARGEST, b"{}", b'{"id": 7}', b"x" * (LARGEST + 1), b"null", b'{"id": ""}']
    async with world.running() as publisher:
        await floor.message("status")
        for payload in garbage:
            await floor.say(f"{TREE}/cmd/identify", payload)
        for payload in (b"-1", b"9" * 30, b"many", b"1.5"):
            await floor.say(STORED, payload)
        for payload in (b"{", b'{"mode": "turbo"}', b"x" * (LARGEST + 1)):
            await floor.say(f"{TREE}/settings/desired", payload)
        await floor.command("identify", id="after")  # the messages of one topic and sender keep their order
        await floor.ack("after")
        counted = publisher._inbox.garbage
    assert counted == {"command": len(garbage), STORED: 4, f"{TREE}/settings/desired": 3}
    assert len([line for line in ear.lines if "it is dropped" in line]) == 3
    assert len(named(floor.heard, "ack")) == 1


async def test_the_floors_settings_are_taken_up_when_they_are_kept(floor: Floor, world: World) -> None:
    await floor.say(f"{TREE}/settings/desired", '{"values": {"min_incline": 0}}', retain=True)
    async with world.running():
        assert (await floor.ack("settings/desired"))["result"] == "accepted"
        await floor.say(f"{TREE}/settings/desired", '{"mode": "enforce"}', retain=True)
        refused = await floor.ack("settings/desired", 1)
        await floor.say(f"{TREE}/settings/desired", b"", retain=True)  # cleared: no wish
        await floor.command("refresh", id="after")
        await floor.ack("after")
    assert (refused["result"], refused["reason"]) == ("rejected", "mode: enforce goes beyond nudge")
    assert [by for _, by in world.book.changes] == ["floor"]


async def test_other_machines_commands_are_not_heard(broker: Mosquitto, world: World) -> None:
    async with floor_at(broker.port) as floor, world.running():
        await floor.message("status")
        await floor.say("inclined/v1/gym/t08/cmd/identify", json.dumps(order("other")))
        await floor.say("inclined/v1/gym/t07/cmd/identify/deeper", json.dumps(order("deeper")))
        await floor.command("refresh", id="after")
        await floor.ack("after")
    assert world.shown == []
    assert len(named(floor.heard, "ack")) == 1
