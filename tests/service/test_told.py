"""The whole daemon at a real broker: what a floor hears of a session, in the forms that docs/schemas promise."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from daemon.mqtt.topics import PUBLISHED
from daemon.policy.events import Answer, Answered
from daemon.policy.state import Kind
from tests.house import fixtures
from tests.house.fixtures import Lived, lived
from tests.mqtt.mosquitto import Mosquitto, mosquitto
from tests.mqtt.world import STORED, Floor, Heard, floor_at, named
from tests.service.ear import daemon, listening, told_to_stop
from tests.service.test_run import configuration, free_ports

FLAT_MS = 320_000


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as running:
        yield running


@asynccontextmanager
async def at_broker(
    folder: Path, port: int, monkeypatch: pytest.MonkeyPatch, mode: str = "nudge"
) -> AsyncIterator[Lived]:
    """Let a daemon live in virtual time, with its publisher at the broker."""
    plain = fixtures.table

    def table(*args: Any, **machine: Any) -> dict[str, Any]:
        return plain(*args, **machine) | {"mqtt": {"host": "127.0.0.1", "port": port}}

    monkeypatch.setattr(fixtures, "table", table)
    async with lived(folder, port=free_ports()[0], site="gym", machine="t07", name="Treadmill 7", mode=mode) as living:
        yield living


def events(heard: list[Heard], kind: str, **data: object) -> list[Heard]:
    """Return the events of a kind that carry this data."""
    return [one for one in named(heard, f"event/{kind}") if data.items() <= one.json["data"].items()]


def wrong(heard: list[Heard], checkout: Path) -> Iterator[str]:
    """Yield what is not of its schema, or not as the table of topics has it."""
    for one in heard:
        kind = PUBLISHED.get(one.name.partition("/")[0])
        if kind is None:
            continue
        if one.qos != kind.qos:
            yield f"{one.topic} has QoS {one.qos}"
        if kind.form is not None and one.payload:
            schema = json.loads((checkout / f"docs/schemas/{kind.form.__name__}.json").read_text(encoding="utf-8"))
            validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
            yield from (f"{one.topic}: {error.message}" for error in validator.iter_errors(one.json))


async def test_a_session_with_a_nudge_is_told_whole(
    broker: Mosquitto, tmp_path: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        floor_at(broker.port) as floor,
        at_broker(tmp_path, broker.port, monkeypatch) as living,
    ):
        living.walk()
        await living.until(lambda: prompted(living, Kind.NUDGE), FLAT_MS)
        await floor.until(lambda heard: events(heard, "nudge", step="offered"))
        prompt = living.house.runner.state.prompt
        assert prompt is not None
        living.house.runner.submit(Answered(living.clock.now(), prompt.id, Answer.DECLINE))
        await floor.until(lambda heard: events(heard, "nudge", outcome="declined"))
        living.walk(0)
        await living.pass_time(125_000)
        await floor.until(lambda heard: events(heard, "session", step="end"))
        await ask(floor, living, "settings", {"values": {"min_incline": 5}})
        assert (await floor.ack("c-1"))["result"] == "accepted"
        await floor.until(lambda heard: [one for one in named(heard, "settings") if one.json["rev"] == 2])
        await floor.until(lambda heard: events(heard, "audit", what="settings"))
        await floor.until(lambda heard: named(heard, "counters")[-1:] and named(heard, "counters")[-1].json["nudges"])
    assert list(wrong(floor.heard, checkout)) == []
    numbers = [one.json["seq"] for one in named(floor.heard, "event")]
    assert numbers == list(range(1, len(numbers) + 1))


def prompted(living: Lived, kind: Kind) -> bool:
    prompt = living.house.runner.state.prompt
    return prompt is not None and prompt.kind is kind


async def ask(floor: Floor, living: Lived, verb: str, args: dict[str, Any]) -> None:
    """Send a command by the machine's own clock."""
    now = living.clock.wall()
    assert now is not None
    await floor.command(verb, ts=now.isoformat(), args=args)


async def test_staff_cannot_cover_a_countdown(
    broker: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with floor_at(broker.port) as floor, at_broker(tmp_path, broker.port, monkeypatch, mode="enforce") as living:
        living.walk()
        await living.until(lambda: prompted(living, Kind.COUNTDOWN), FLAT_MS)
        await ask(floor, living, "message", {"text": "Closing soon."})
        ack = await floor.ack("c-1")
        assert (ack["result"], ack["reason"]) == ("rejected", "a countdown is on the screen")
        assert living.house.board.text() is None
        assert prompted(living, Kind.COUNTDOWN)


async def test_what_a_killed_broker_did_not_pass_on_comes_after_the_restart_of_both(
    broker: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events of a session that the broker missed are told by the daemon's next run, by the same ids."""
    async with at_broker(tmp_path, broker.port, monkeypatch) as living:
        await asyncio.to_thread(broker.kill)
        living.walk()
        await living.until(lambda: prompted(living, Kind.NUDGE), FLAT_MS)
        kept = living.house.outbox.after(0, 100)
        assert await living.house.store.committed()
        kept = living.house.outbox.after(0, 100)
    assert {"session", "nudge"} <= {event.kind for event in kept}
    await asyncio.to_thread(broker.start)
    async with floor_at(broker.port) as floor:
        monkeypatch.undo()
        async with at_broker(tmp_path, broker.port, monkeypatch):
            heard = await floor.until(lambda heard: named(heard, "event")[len(kept) - 1 :] and named(heard, "event"))
            assert [one.json["id"] for one in heard[: len(kept)]] == [event.id for event in kept]
            await floor.say(STORED, str(kept[-1].seq), retain=True)


async def test_run_says_online_and_at_its_end_offline(broker: Mosquitto, tmp_path: Path, checkout: Path) -> None:
    config = configuration(tmp_path, broker.port, *free_ports()[:2])
    with listening(str(tmp_path / "notify")) as ear:
        async with floor_at(broker.port) as floor, daemon(config, ear) as process:
            await ear.until("READY=1")
            await floor.until(lambda heard: [one for one in named(heard, "link") if one.payload == b"online"])
            await floor.until(lambda heard: named(heard, "counters"))
            status, log = await told_to_stop(process)
            assert (await floor.message("status", 1)).payload == b"offline"
    assert (status, "Traceback" in log) == (0, False), log
    assert list(wrong(floor.heard, checkout)) == []
