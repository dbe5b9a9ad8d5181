"""The FTMS driver over a scripted link: connecting, what it says, and how a link ends."""

import asyncio
from typing import Any, override

import pytest

from drivers.contract import (
    Ability,
    DriverError,
    InclineRange,
    Key,
    LinkLost,
    Machine,
    Notice,
    RaisesIncline,
    Reading,
    Refused,
    RequestsControl,
    SeesSlot,
    SetsWorkoutTime,
    StopsOnce,
    Timeout,
    Training,
    Unsupported,
)
from drivers.ftms.driver import FtmsDriver, ftms_driver
from tests.drivers.scripted import (
    DATA,
    POINT,
    STATUS,
    TRAINING,
    WALK,
    WHOLE,
    Running,
    ScriptedLink,
    always,
    each_link,  # noqa: F401, a fixture
)


def made(link: ScriptedLink, **more: Any) -> FtmsDriver:
    return ftms_driver(link, now=lambda: 1_000, **more)


async def first_words(link: ScriptedLink, *packets: str) -> list[Any]:
    driver = made(link)
    async with Running(driver, link) as said:
        for packet in packets:
            link.say(DATA, packet)
    return list(said)


async def test_machine_is_said_before_the_first_reading_and_nothing_is_written() -> None:
    link = ScriptedLink()
    said = await first_words(link, WALK)
    assert said == [
        Machine(
            at=1_000,
            protocol="ftms",
            maker="Maker",
            model="WLT8266M",
            incline=InclineRange(-30, 150, 5),
            abilities=frozenset(Ability),
            tells_training=True,
        ),
        Reading(at=1_000, speed=300, incline=10, distance=10, training=Training.MANUAL),
    ]
    assert link.written == []
    assert link.subscribed == [POINT, TRAINING, STATUS, DATA]


async def test_every_zero_and_every_repeat_is_a_reading() -> None:
    stopped = "84 04" + " 00" * 12
    moving = "84 04 90 01 64 00 00 05 00 ff ff ff 3c 00"
    said = await first_words(ScriptedLink(), moving, stopped, stopped, moving)
    assert [each.speed for each in said[1:]] == [400, 0, 0, 400]


async def test_a_vanished_incline_is_unknown_and_not_the_last_one() -> None:
    said = await first_words(ScriptedLink(), "08 00 90 01 14 00 00 00", "00 00 58 02", "08 00 90 01 ff 7f ff 7f")
    assert [each.incline for each in said[1:]] == [20, None, None]


async def test_alternating_shapes_keep_to_their_own_fields() -> None:
    said = await first_words(ScriptedLink(), "08 00 90 01 14 00 00 00", "80 00 91 01 05 00 ff ff ff")
    assert [(each.speed, each.incline) for each in said[1:]] == [(400, 20), (401, None)]


async def test_split_records_are_one_reading() -> None:
    said = await first_words(
        ScriptedLink(),
        "9f 00 61 00 36 00 00 00 00 ff 7f 00 00 ff ff 05 00 6e 00 02",
        "00 1f 71 00 00 02 cc 00 3c 06 ff 7f 1a 00",
    )
    assert [(each.speed, each.incline, each.remaining) for each in said[1:]] == [(113, 0, 1596)]


async def test_a_part_does_not_outlive_its_link() -> None:
    link = ScriptedLink()
    driver = made(link)
    async with Running(driver, link):
        link.say(DATA, "9f 00 61 00 36 00 00 14 00 ff 7f 00 00 ff ff 05 00 6e 00 02")
    link.ready.clear()
    async with Running(driver, link) as said:
        link.say(DATA, "00 00 71 00")
    assert said[1:] == [Reading(at=1_000, speed=113, training=Training.MANUAL)]


async def test_an_incline_that_the_machine_cannot_have_is_unknown_and_counted() -> None:
    link = ScriptedLink()
    driver = made(link)
    async with Running(driver, link) as said:
        link.say(DATA, "08 00 90 01 34 03 ff 7f")  # Trinfit T15 Pro: 82 %, always
    assert said[1:] == [Reading(at=1_000, speed=400, training=Training.MANUAL)]
    assert driver.odd.counts["an incline that this machine cannot have"] == 1


async def test_garbage_is_counted_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    link = ScriptedLink()
    driver = made(link)
    async with Running(driver, link) as said:
        for _ in range(5):
            link.say(DATA, "84")
            link.say(STATUS, "16 00")
            link.say(TRAINING, "00 77")
        link.say(DATA, WALK)
    assert [each.training for each in said[1:] if isinstance(each, Reading)] == [Training.UNKNOWN]
    assert driver.odd.counts == {"treadmill data without flags": 5, "machine status": 5, "training status": 5}
    assert len([r for r in caplog.records if "treadmill data without flags" in r.message and "84" in r.message]) == 1


async def test_notices() -> None:
    link = ScriptedLink()
    async with Running(made(link), link) as said:
        link.say(STATUS, "03")
        link.say(STATUS, "06 14 00")
        link.say(STATUS, "ff")
    assert said[1:] == [Notice(1_000, Key.SAFETY), Notice(1_000, Key.INCLINE, 20), Notice(1_000, Key.CONTROL_LOST)]


@pytest.mark.parametrize("value", [b"", b"\x01", b"\x00\x55", Refused("ATT 0e"), Timeout("late")])
async def test_an_odd_training_status_at_connect_is_unknown_and_not_fatal(value: bytes | DriverError) -> None:
    said = await first_words(ScriptedLink(WHOLE | {TRAINING: value}), WALK)
    assert said[1].training is Training.UNKNOWN


@pytest.mark.parametrize(
    "value", [b"", bytes(6), bytes.fromhex("96 00 00 00 05 00"), bytes(5), bytes(7), Refused("no"), Timeout("late")]
)
async def test_missing_zero_or_refused_ranges_are_no_range(value: bytes | DriverError) -> None:
    said = await first_words(ScriptedLink(WHOLE | {0x2AD5: value, 0x2AD4: value}), WALK)
    assert said[0].incline is None
    assert said[1].incline == 10


@pytest.mark.parametrize("value", [b"", bytes(4), Refused("no")])
async def test_an_odd_feature_claims_nothing(value: bytes | DriverError) -> None:
    said = await first_words(ScriptedLink(WHOLE | {0x2ACC: value}), WALK)
    assert said[0].abilities == frozenset()


@pytest.mark.parametrize("value", [b"\xff\xfe", b"\0\0", b"", b"\x01\x02", Refused("no")])
async def test_odd_device_information_is_unknown(value: bytes | DriverError) -> None:
    said = await first_words(ScriptedLink(WHOLE | {0x2A29: value}), WALK)
    assert said[0].maker is None


async def test_a_machine_with_nothing_but_data_is_read() -> None:
    said = await first_words(ScriptedLink({}, extra=(DATA,)), WALK)
    assert said == [Machine(at=1_000, protocol="ftms"), Reading(at=1_000, speed=300, incline=10, distance=10)]


async def test_no_treadmill_data_is_unsupported_and_the_link_is_closed() -> None:
    link = ScriptedLink(extra=())
    with pytest.raises(Unsupported, match="2acd"):
        await made(link).run(lambda said: None)
    assert link.closes == 1


async def test_refused_data_is_a_link_to_try_again() -> None:
    link = ScriptedLink()
    link.refused[DATA] = Refused("ATT 0f")
    with pytest.raises(LinkLost, match="refuses its data"):
        await made(link).run(lambda said: None)


async def test_a_control_point_that_cannot_answer_is_never_asked() -> None:
    link = ScriptedLink()
    link.refused[POINT] = Refused("ATT 0f")
    driver = made(link)
    async with Running(driver, link) as said:
        with pytest.raises(Unsupported):
            await driver.raise_incline(10, always)
    assert isinstance(said[0], Machine)
    assert said[0].abilities == frozenset()
    assert link.written == []


async def test_connected_but_silent_is_lost() -> None:
    link = ScriptedLink()
    with pytest.raises(LinkLost, match="connected but silent"):
        await made(link, silent_s=0.01).run(lambda said: None)
    assert link.closes == 1


async def test_a_machine_that_answers_no_read_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mute(ScriptedLink):
        @override
        async def read(self, channel: int, /) -> bytes:
            never: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
            return await never

    monkeypatch.setattr("drivers.ftms.driver.START_S", 0.01)
    link = Mute()
    with pytest.raises(LinkLost, match="did not answer"):
        await made(link).run(lambda said: None)
    assert link.closes == 1


async def test_falling_silent_is_lost_and_each_packet_starts_the_wait_anew() -> None:
    link = ScriptedLink()
    running = Running(made(link, silent_s=0.6), link)
    started = asyncio.get_running_loop().time()
    async with running:
        for _ in range(4):
            await asyncio.sleep(0.2)
            link.say(DATA, WALK)
        await asyncio.wait((running.task,), timeout=5)
    assert asyncio.get_running_loop().time() - started >= 1.3
    assert "fell silent" in str(running.ended)


async def test_the_end_of_the_link_is_told_with_its_reason_and_nothing_is_heard_after_it() -> None:
    link = ScriptedLink()
    running = Running(made(link), link)
    async with running as said:
        listener = link.listener
        assert listener
        listener.lost("plug pulled")
        listener.lost("again")
        listener.heard(DATA, bytes.fromhex(WALK))
    assert "plug pulled" in str(running.ended)
    assert len(said) == 1


async def test_cancelling_closes_the_link_and_it_may_be_run_again() -> None:
    link = ScriptedLink()
    driver = made(link)
    for times in (1, 2):
        link.ready.clear()
        task = asyncio.create_task(driver.run(lambda said: None))
        await link.ready.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (link.opens, link.closes) == (times, times)


class SlotLink(ScriptedLink):
    async def slot_free(self) -> bool:
        return True


async def test_a_driver_has_the_abilities_that_were_armed_and_no_others() -> None:
    plain = made(ScriptedLink())
    assert isinstance(plain, RequestsControl)
    assert isinstance(plain, RaisesIncline)
    assert not isinstance(plain, SetsWorkoutTime)
    assert not isinstance(plain, StopsOnce)
    assert not isinstance(plain, SeesSlot)
    timed = made(ScriptedLink(), armed={Ability.WORKOUT_TIME})
    assert isinstance(timed, SetsWorkoutTime)
    assert not isinstance(timed, StopsOnce)
    seeing = made(SlotLink(), armed={Ability.STOP})
    assert isinstance(seeing, StopsOnce)
    assert isinstance(seeing, SeesSlot)
    assert await seeing.slot_free()
