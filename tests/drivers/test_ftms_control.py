"""The control point through the driver: one request in flight, its own answer, and every other end."""

import asyncio

import pytest

from drivers.contract import (
    Ability,
    Key,
    LinkLost,
    Notice,
    ProtocolError,
    Refused,
    SetsWorkoutTime,
    StopsOnce,
    Timeout,
    Unsupported,
    Withdrawn,
)
from drivers.ftms.driver import FtmsDriver, ftms_driver
from tests.drivers.scripted import (
    POINT,
    STATUS,
    WHOLE,
    Running,
    ScriptedLink,
    always,
    each_link,  # noqa: F401, a fixture
    never,
)


def made(link: ScriptedLink, answer_s: float = 5) -> FtmsDriver:
    return ftms_driver(link, now=lambda: 1_000, armed=set(Ability), answer_s=answer_s)


async def test_commands_are_sent_exactly() -> None:
    link = ScriptedLink()
    driver = made(link)
    assert isinstance(driver, SetsWorkoutTime)
    assert isinstance(driver, StopsOnce)
    async with Running(driver, link):
        await driver.request_control(always)
        await driver.raise_incline(15, always)
        await driver.set_workout_time(600, always)
        await driver.stop_once(always)
    assert link.written == ["2ad9: 00", "2ad9: 03 0f 00", "2ad9: 0d 58 02", "2ad9: 08 01"]


@pytest.mark.parametrize("target", [-35, 155, 12, 1])
async def test_a_target_off_the_machines_grid_is_not_sent(target: int) -> None:
    link = ScriptedLink()
    driver = made(link)
    async with Running(driver, link):
        with pytest.raises(Unsupported, match="grid"):
            await driver.raise_incline(target, always)
    assert link.written == []


async def test_without_a_range_nothing_is_sent() -> None:
    link = ScriptedLink(WHOLE | {0x2AD5: bytes(6)})
    driver = made(link)
    async with Running(driver, link):
        with pytest.raises(Unsupported, match="range"):
            await driver.raise_incline(10, always)
    assert link.written == []


@pytest.mark.parametrize(
    ("result", "error"),
    [
        ("02", Unsupported),
        ("03", Refused),
        ("04", Refused),
        ("05", Refused),
        ("00", ProtocolError),
        ("06", ProtocolError),
    ],
)
async def test_each_result_code_has_its_meaning(result: str, error: type[Exception]) -> None:
    link = ScriptedLink(answer=lambda command: (f"80 {command[0]:02x} {result}",))
    driver = made(link)
    async with Running(driver, link):
        with pytest.raises(error, match=result):
            await driver.request_control(always)
        link.answer = lambda command: (f"80 {command[0]:02x} 01",)
        await driver.request_control(always)


async def test_an_att_error_is_a_refusal_and_the_next_request_may_be_made() -> None:
    link = ScriptedLink()
    link.write_error = Refused("ATT fe")
    driver = made(link)
    async with Running(driver, link):
        with pytest.raises(Refused):
            await driver.request_control(always)
        link.write_error = None
        await driver.request_control(always)


async def test_a_permit_that_is_gone_withdraws_and_nothing_is_sent() -> None:
    link = ScriptedLink()
    driver = made(link)
    async with Running(driver, link):
        with pytest.raises(Withdrawn):
            await driver.raise_incline(10, never)
        assert link.written == []
        await driver.request_control(always)


async def test_the_permit_is_asked_after_the_wait_for_the_turn() -> None:
    link = ScriptedLink(answer=lambda command: ())
    driver = made(link)
    allowed = True
    async with Running(driver, link):
        first = asyncio.create_task(driver.request_control(always))
        second = asyncio.create_task(driver.raise_incline(10, lambda: allowed))
        for _ in range(5):
            await asyncio.sleep(0)
        allowed = False  # the member touched a key meanwhile
        link.say(POINT, "80 00 01")
        await first
        with pytest.raises(Withdrawn):
            await second
    assert link.written == ["2ad9: 00"]


async def test_concurrent_callers_take_turns() -> None:
    link = ScriptedLink()
    in_flight = 0

    def begin() -> None:
        nonlocal in_flight
        in_flight += 1
        assert in_flight == 1

    def answer(command: bytes) -> tuple[str]:
        nonlocal in_flight
        in_flight -= 1
        return (f"80 {command[0]:02x} 01",)

    link.before_write, link.answer = begin, answer
    driver = made(link)
    async with Running(driver, link):
        await asyncio.gather(*(driver.raise_incline(5 * n, always) for n in range(5)))
    assert link.opens == 1
    assert len(link.written) == 5


async def test_no_answer_is_unknown_ends_the_link_and_nothing_more_is_sent() -> None:
    link = ScriptedLink(answer=lambda command: ())
    driver = made(link, answer_s=0.02)
    running = Running(driver, link)
    async with running:
        with pytest.raises(Timeout, match="unknown"):
            await driver.raise_incline(10, always)
        with pytest.raises(LinkLost, match="nothing was sent"):
            await driver.raise_incline(10, always)
    assert "no answer to 03 0a 00" in str(running.ended)
    assert link.written == ["2ad9: 03 0a 00"]
    assert link.closes == 1


async def test_a_late_answer_is_never_the_success_of_another_request() -> None:
    link = ScriptedLink(answer=lambda command: ("80 03 01",) if command == b"\x00" else ())
    driver = made(link, answer_s=0.02)
    async with Running(driver, link):
        with pytest.raises(Timeout):
            await driver.request_control(always)
    assert driver.odd.counts["answer to nothing asked"] == 1


async def test_a_doubled_answer_is_taken_once() -> None:
    link = ScriptedLink(answer=lambda command: ("80 00 01", "80 00 01") if command == b"\x00" else ("80 03 05",))
    driver = made(link)
    async with Running(driver, link):
        await driver.request_control(always)
        with pytest.raises(Refused):
            await driver.raise_incline(10, always)
    assert driver.odd.counts["answer to nothing asked"] == 1


async def test_an_answer_before_the_bytes_left_does_not_count() -> None:
    link = ScriptedLink(answer=lambda command: ("80 00 05",))
    driver = made(link)
    async with Running(driver, link):
        link.say(POINT, "80 00 01")  # unasked, before any request
        link.before_write = lambda: link.say(POINT, "80 00 01")
        with pytest.raises(Refused):
            await driver.request_control(always)
    assert driver.odd.counts["answer to nothing asked"] == 2


@pytest.mark.parametrize("garbage", ["80 00", "", "ff ff ff ff"])
async def test_garbage_for_an_answer_is_no_answer(garbage: str) -> None:
    link = ScriptedLink(answer=lambda command: (garbage, "80 00 01"))
    driver = made(link)
    async with Running(driver, link):
        await driver.request_control(always)
    assert driver.odd.counts["no control point answer"] == 1


async def test_a_link_that_goes_while_waiting_is_unknown_at_once() -> None:
    link = ScriptedLink(answer=lambda command: ())
    driver = made(link)
    async with Running(driver, link):
        asking = asyncio.create_task(driver.raise_incline(10, always))
        await link.wrote.wait()
        link.lose("plug pulled")
        with pytest.raises(Timeout, match="plug pulled"):
            await asyncio.wait_for(asking, 1)


@pytest.mark.parametrize("error", [LinkLost("gone"), Timeout("late")])
async def test_a_write_that_fails_after_it_left_is_unknown(error: LinkLost | Timeout) -> None:
    link = ScriptedLink()
    link.write_error = error
    driver = made(link)
    running = Running(driver, link)
    async with running:
        with pytest.raises(Timeout, match="unknown"):
            await driver.raise_incline(10, always)
    assert str(error) in str(running.ended)


async def test_a_request_given_up_in_flight_ends_the_link() -> None:
    link = ScriptedLink(answer=lambda command: ())
    driver = made(link)
    running = Running(driver, link)
    async with running:
        asking = asyncio.create_task(driver.raise_incline(10, always))
        await link.wrote.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        with pytest.raises(LinkLost):
            await driver.raise_incline(10, always)
    assert "given up" in str(running.ended)


async def test_nothing_is_asked_of_a_machine_that_is_not_connected() -> None:
    link = ScriptedLink()
    driver = made(link)
    with pytest.raises(LinkLost):
        await driver.raise_incline(10, always)
    async with Running(driver, link):
        pass
    with pytest.raises(LinkLost):
        await driver.request_control(always)
    assert link.opens == 1
    assert link.written == []


async def test_the_echo_of_our_own_target_is_no_key_and_everything_else_is() -> None:
    link = ScriptedLink()
    driver = made(link)
    async with Running(driver, link) as said:
        await driver.raise_incline(10, always)
        link.say(STATUS, "06 0a 00")
        link.say(STATUS, "06 0a 00")
        link.say(STATUS, "06 05 00")
    assert said[1:] == [Notice(1_000, Key.INCLINE, 10), Notice(1_000, Key.INCLINE, 5)]


async def test_a_refused_target_has_no_echo() -> None:
    link = ScriptedLink(answer=lambda command: ("80 03 05",))
    driver = made(link)
    async with Running(driver, link) as said:
        with pytest.raises(Refused):
            await driver.raise_incline(10, always)
        link.say(STATUS, "06 0a 00")
    assert said[1:] == [Notice(1_000, Key.INCLINE, 10)]


async def test_control_lost_is_told_and_the_machines_no_is_taken() -> None:
    link = ScriptedLink()
    driver = made(link)
    async with Running(driver, link) as said:
        link.say(STATUS, "ff")
        link.answer = lambda command: ("80 03 05",)
        with pytest.raises(Refused):
            await driver.raise_incline(10, always)
    assert Notice(1_000, Key.CONTROL_LOST) in said
    assert link.written == ["2ad9: 03 0a 00"]


async def test_a_workout_time_out_of_range_is_not_sent() -> None:
    link = ScriptedLink()
    driver = made(link)
    assert isinstance(driver, SetsWorkoutTime)
    async with Running(driver, link):
        for seconds in (-1, 65_536):
            with pytest.raises(Unsupported):
                await driver.set_workout_time(seconds, always)
    assert link.written == []
