"""What the floor may ask over a real broker, and what is refused: forged, old, kept, broken, too much."""

import json
from pathlib import Path

import pytest

from daemon.mqtt.orders import LARGEST
from daemon.mqtt.verbs import VERBS
from daemon.outbox import Answers
from daemon.store import Store
from tests.mqtt.bad_commands import BAD
from tests.mqtt.mosquitto import Mosquitto
from tests.mqtt.world import NOON, STORED, TREE, Ear, Floor, Heard, StillClock, World, at, floor_at, named, order


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


async def test_after_all_of_them_the_machine_has_heard_nothing(floor: Floor, world: World) -> None:
    """Every case of the table of bad commands, over a real broker: its ack or silence, and no effect at all."""
    for bad in (bad for bad in BAD.values() if bad.retained):  # a broker tells only who comes later that it kept them
        await floor.say(f"{TREE}/cmd/{bad.verb}", bad.payload(), retain=True)
    async with world.running() as publisher:
        await floor.message("status")
        for name, bad in BAD.items():
            world.clock.right = bad.clock
            if not bad.retained:
                await floor.say(f"{TREE}/cmd/{bad.verb}", bad.payload())
            if bad.id is not None:
                ack = await floor.ack(bad.id)
                assert (ack["result"], ack["reason"][: len(bad.reason)]) == (bad.result, bad.reason), name
        world.clock.right = NOON
        await floor.command("refresh", id="after")
        await floor.ack("after")
        assert publisher.fault is None
    assert (world.submitted, world.shown, world.book.changes) == ([], [], [])
    answered = [one.json["id"] for one in named(floor.heard, "ack")]
    assert sorted(answered) == sorted([*(bad.id for bad in BAD.values() if bad.id is not None), "after"])


async def test_a_kept_command_comes_again_at_each_connection_and_does_nothing(floor: Floor, world: World) -> None:
    await floor.command("identify", retain=True)
    for count in range(2):
        async with world.running():
            assert (await floor.ack("c-1", count))["reason"] == "retained"
    assert world.shown == []


async def test_a_replay_after_a_restart_is_answered_and_does_nothing(
    broker: Mosquitto, floor: Floor, tmp_path: Path
) -> None:
    """A recorder on the network plays back what it heard, within the command's time, to a daemon just restarted."""
    clock, path = StillClock(), tmp_path / "inclined.db"
    acks = []
    for restart in range(3):
        store = Store.open(path, clock, "t07")
        world = World(at(broker.port))
        world.take_answers(Answers(store, clock))
        async with world.running():
            await floor.until(lambda heard, count=restart + 1: online(heard) >= count)  # type: ignore[misc]  # mypy: the default
            await floor.command("message", args={"text": "Once."})
            acks.append(await floor.ack("c-1", restart))
        store.close()
        assert world.shown == (["Once."] if restart == 0 else [])
    assert acks == [acks[0]] * 3


def online(heard: list[Heard]) -> int:
    return [one.payload for one in named(heard, "status")].count(b"online")


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
