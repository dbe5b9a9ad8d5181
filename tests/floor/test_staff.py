"""What staff do from the floor: over a real broker, answered by a real machine, written down with who asked."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon.floor.audit import entries
from daemon.floor.store import FloorStore
from daemon.policy.events import Extended, Lifted
from tests.floor.gym import until
from tests.floor.lives import ZONE
from tests.floor.office import Office, as_, manned, office
from tests.mqtt.mosquitto import Mosquitto, mosquitto
from tests.mqtt.world import World, floor_at


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as running:
        yield running


@pytest.fixture
def gym(tmp_path: Path) -> Iterator[FloorStore]:
    store = FloorStore.open(str(tmp_path / "floor.db"), "gym", ZONE)
    yield store
    store.close()


@pytest.fixture
async def place(broker: Mosquitto, gym: FloorStore) -> AsyncIterator[Office]:
    async with office(gym, broker.port) as one:
        yield one


@pytest.fixture
async def t07(place: Office, broker: Mosquitto) -> AsyncIterator[World]:
    async with manned(place, broker.port) as world:
        yield world


async def post(place: Office, path: str, role: str = "staff", **body: Any) -> tuple[int, str]:
    answer = await place.client.post(f"/api/v1/{path}", json=body, headers=as_(role))
    return answer.status_code, answer.json().get("detail", "") if answer.content else ""


async def row(place: Office) -> dict[str, Any]:
    answer = await place.client.get("/api/v1/machines", headers=as_("viewer"))
    found: dict[str, Any] = answer.json()["machines"][0]
    return found


async def test_a_message_is_shown_and_the_machines_no_is_told(place: Office, t07: World) -> None:
    assert (await post(place, "machines/t07/message", text="Hello", said_by="Alex"))[0] == 200
    assert t07.shown == ["Hello"]
    t07.busy = True
    assert await post(place, "machines/t07/message", text="Again") == (409, "t07 says no: a countdown is on the screen")
    assert await post(place, "machines/t07/identify") == (409, "t07 says no: a countdown is on the screen")
    t07.busy = False
    assert (await post(place, "machines/t07/identify"))[0] == 200
    assert t07.shown == ["Hello", "identify"]
    done = entries(place.house.store, 10)
    assert [(one["what"], one["data"]["result"]) for one in done] == [
        ("identify", "accepted"), ("identify", "rejected: a countdown is on the screen"),
        ("message", "rejected: a countdown is on the screen"), ("message", "accepted"),
    ]  # fmt: skip
    assert (done[-1]["author"], done[-1]["role"], done[-1]["said"], done[-1]["machine"]) == (
        "staff-1", "staff", "Alex", "t07",
    )  # fmt: skip


async def test_a_members_time(place: Office, t07: World) -> None:
    assert "nobody is on this machine" in (await post(place, "machines/t07/extend", minutes=5, reason="late"))[1]
    t07.tell(session="s-1")
    assert (await post(place, "machines/t07/extend", minutes=5, reason="late", session="s-1"))[0] == 200
    assert (await post(place, "machines/t07/lift", reason="quiet day"))[0] == 200
    assert [type(one) for one in t07.submitted if isinstance(one, Extended | Lifted)] == [Extended, Lifted]
    assert "another one is under way" in (await post(place, "machines/t07/lift", reason="x", session="s-0"))[1]
    assert dict(t07.told[0].data)["by"] == "staff-1"  # the machine's own audit has who it was


async def test_the_name_of_who_asks_is_the_tokens(place: Office, t07: World, broker: Mosquitto) -> None:
    async with floor_at(broker.port) as ear:
        await post(place, "machines/t07/message", role="manager", text="Hello", said_by="the boss")
        assert (await ear.message("cmd/message")).json["by"] == "manager-1"
    assert t07.shown == ["Hello"]


async def test_a_machine_that_does_not_answer_or_is_away(place: Office, broker: Mosquitto) -> None:
    async with manned(place, broker.port):
        pass  # it said goodbye
    await until(lambda: not place.house.asking.online("t07"))
    code, words = await post(place, "machines/t07/identify")
    assert (code, "is not connected" in words) == (503, True)
    async with floor_at(broker.port) as forger:
        await forger.say("inclined/v1/gym/t07/status", "online", retain=True)
        await until(lambda: place.house.asking.online("t07"))
        place.house.asking.answer_s = 0.2
        code, words = await post(place, "machines/t07/identify")
        assert (code, words.startswith("t07 did not answer within 0.2 s, and will not do it later")) == (504, True)
        assert (await forger.message("cmd/identify")).json["ttl_ms"] == 200
    assert (await post(place, "machines/t99/identify"))[0] == 404
    broker.kill()
    await until(lambda: not place.house.collector.connected.is_set())
    code, words = await post(place, "machines/t07/identify")
    assert (code, "The floor is not connected to the broker" in words) == (503, True)


async def test_answers_of_others_are_not_taken_for_ours(place: Office, t07: World, broker: Mosquitto) -> None:
    async with floor_at(broker.port) as forger:
        for payload in ("", "{", "[]", '{"id": "x"}', "\x00", '{"id": "x", "verb": "y", "result": "accepted"}'):
            await forger.say("inclined/v1/gym/t07/ack", payload)
            await forger.say("inclined/v1/gym/t08/ack", payload)
        assert (await post(place, "machines/t07/identify"))[0] == 200
        assert t07.shown == ["identify"]


@pytest.mark.usefixtures("t07")
async def test_out_of_order_and_back(place: Office) -> None:
    await until(lambda: place.house.collector.standings()["t07"] == "busy")
    assert (await post(place, "machines/t07/out-of-order", out=True, reason="the belt slips", said_by="Alex"))[0] == 204
    now = await row(place)
    assert (now["standing"], now["level"], now["causes"][0]["text"]) == ("out", "watch", "Out of order: the belt slips")
    place.pass_time(3_600)
    assert (await post(place, "machines/t07/out-of-order", out=False, reason="mended"))[0] == 204
    assert (await row(place))["standing"] != "out"
    told = (await place.client.get("/api/v1/faults", headers=as_("viewer"))).json()
    (fault,) = [one for one in told["faults"] if one["code"] == "out_of_order"]
    assert (fault["text"], fault["detect_s"], fault["mend_s"]) == ("the belt slips", 0, 3600)
    assert (await post(place, "machines/t99/out-of-order", out=True, reason="x"))[0] == 404


async def test_people_wait(place: Office, broker: Mosquitto) -> None:
    async with floor_at(broker.port) as ear:
        assert (await post(place, "waiting", waiting=True))[0] == 204
        await ear.until(lambda heard: [h for h in heard if h.topic.endswith("_floor/state") and h.json["waiting"] == 1])
        place.pass_time(1)
        assert (await post(place, "waiting", waiting=False))[0] == 204
        await ear.until(lambda heard: heard and heard[-1].json.get("waiting") == 0)


@pytest.mark.usefixtures("t07")
async def test_service_counters_begin_anew(place: Office) -> None:
    from tests.floor.lives import Life, hear

    life = Life(machine="t07", began=place.clock.right)  # type: ignore[arg-type]  # it is right
    for _ in range(3):
        life.session(10 * 3600)
    hear(place.house.store, life, life.rows, place.clock.right)  # type: ignore[arg-type]  # as above
    await place.house.board.refresh()
    before = (await row(place))["service"]
    assert (before["hours"], before["distance_km"], before["serviced"]) == (30.0, 216.0, None)
    assert before["share"] == round(216 / 1600, 3)
    assert (await post(place, "machines/t07/serviced", note="belt waxed"))[0] == 204
    after = (await row(place))["service"]
    assert (after["hours"], after["distance_km"]) == (0.0, 0.0)
    assert after["serviced"]


async def test_an_alert_becomes_a_fault_with_its_times(place: Office, t07: World) -> None:
    board = place.house.board
    board._settle_ms = 0
    t07.faults = {"store": "The disk is full: delete something."}
    t07.tell(speed=810)
    await until(lambda: board.rows()[0].level == "act")
    assert board.rows()[0].causes[0].text == "The disk is full: delete something."
    await until(lambda: any(f["code"] == "alert_store" for f in _faults(place)))
    place.pass_time(60)
    t07.faults = {"store": None}
    t07.tell(speed=800)
    await until(lambda: any(f["code"] == "alert_store" and f["ended"] for f in _faults(place)))
    assert board.rows()[0].level == "ok"


def _faults(place: Office) -> list[dict[str, Any]]:
    from daemon.floor.faults import listed

    return listed(place.house.store, 10)


async def test_nothing_is_asked_that_cannot_be_written_down(place: Office, t07: World) -> None:
    from daemon.floor.opening import writing

    with writing(place.house.store.engine) as db:
        db.exec_driver_sql("DROP TABLE audit")
    assert (await post(place, "machines/t07/identify"))[0] == 503
    await asyncio.sleep(0)
    assert t07.shown == []
