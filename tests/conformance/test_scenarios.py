"""The same scenarios for every driver, each with its simulated machine; what counts is what the machine was sent."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemon.policy.events import MachineEffect, RaiseIncline, SetWorkoutTime, StopOnce
from daemon.runner import perform
from drivers.contract import (
    RETRIED,
    Ability,
    Key,
    LinkLost,
    RaisesIncline,
    Refused,
    RequestsControl,
    SetsWorkoutTime,
    StopsOnce,
    Timeout,
    Unsupported,
    Withdrawn,
)
from drivers.simulated.build import Belt
from drivers.simulated.build import Key as Pressed
from tests.conformance.bench import BRISK, PATIENT, Bench, Patience, Row
from tests.conformance.rows import NOISE, ROWS
from tests.drivers.pty import yes

METHODS = {
    Ability.RAISE_INCLINE: RaisesIncline,
    Ability.WORKOUT_TIME: SetsWorkoutTime,
    Ability.STOP: StopsOnce,
}
SPEED = 800
ROUNDED = 8
"""0.01 km/h; a console in tenths of mph rounds by so much."""
TURNS = (*range(12), 14, 18, 24, 32, 48, 80)
"""Of the loop; the first dozens are inside the connect or the raise of every driver."""


@pytest.fixture(params=ROWS, ids=lambda row: row.name)
def row(request: pytest.FixtureRequest) -> Row:
    assert isinstance(request.param, Row)
    return request.param


@pytest.fixture
def patience() -> Patience:
    return PATIENT


@pytest.fixture
async def bench(row: Row, patience: Patience, tmp_path: Path) -> AsyncIterator[Bench]:
    async with row.make(tmp_path, patience) as made:
        yield made


async def under_control(bench: Bench, row: Row) -> list[bytes]:
    """Connect, walk, ask for control as the policy does before a raise; return what that sent."""
    await bench.connects()
    await bench.walks(SPEED)
    if isinstance(bench.driver, RequestsControl):
        await bench.does(bench.driver.request_control(yes))
    assert bench.wire() == list(row.asked if Ability.RAISE_INCLINE in row.abilities else ())
    return bench.wire()


def can_raise(bench: Bench, row: Row) -> RaisesIncline | None:
    """Return the driver where it can raise; assert that it has no such method where its row says no."""
    assert isinstance(bench.driver, RaisesIncline) == (Ability.RAISE_INCLINE in row.abilities)
    return bench.driver if isinstance(bench.driver, RaisesIncline) else None


async def test_it_appears_says_who_it_is_first_and_is_sent_nothing(bench: Bench, row: Row) -> None:
    machine = await bench.connects()
    assert bench.said[0] is machine
    assert len(bench.machines()) == 1
    assert machine.protocol == row.name.partition(":")[0].replace("simulated", "ftms").replace("ftms-uart", "ftms")
    assert machine.abilities == (row.abilities if row.claims is None else row.claims)
    assert bench.wire() == []


async def test_it_has_the_methods_that_its_row_says_and_no_other_effect_reaches_the_wire(
    bench: Bench, row: Row
) -> None:
    await bench.connects()
    for ability, method in METHODS.items():
        assert isinstance(bench.driver, method) == (ability in row.abilities)
    effects: dict[Ability, MachineEffect] = {
        Ability.RAISE_INCLINE: RaiseIncline(1, 5),
        Ability.WORKOUT_TIME: SetWorkoutTime(2, 1_800),
        Ability.STOP: StopOnce(3),
    }
    for ability in METHODS.keys() - row.abilities:
        with pytest.raises(Unsupported):
            await perform(bench.driver, effects[ability], yes)
    assert bench.wire() == []


async def test_it_reads_belt_and_deck_truly_and_sends_nothing(bench: Bench) -> None:
    await bench.connects()
    reading = await bench.reads()
    assert (reading.speed, reading.incline) == (0, 0)  # a zero is a zero
    await bench.walks(SPEED, 15)
    reading = await bench.reads()
    assert reading.speed is not None
    assert abs(reading.speed - SPEED) <= ROUNDED
    assert reading.incline == 15
    assert reading.at <= bench.clock()
    ats = [one.at for one in bench.readings()]
    assert ats == sorted(ats)
    assert bench.wire() == []


async def test_a_raise_is_sent_once_and_is_seen_to_arrive(bench: Bench, row: Row) -> None:
    before = await under_control(bench, row)
    if driver := can_raise(bench, row):
        await bench.does(driver.raise_incline(5, yes))
        assert bench.wire() == [*before, row.raised(5)]
        await bench.until(lambda: bench.readings()[-1].incline == 5)
        await bench.does(driver.raise_incline(10, yes))
        await bench.until(lambda: bench.readings()[-1].incline == 10)
        assert bench.wire() == [*before, row.raised(5), row.raised(10)]
        assert bench.mill().incline == 10
    else:
        await bench.reads()
        assert bench.wire() == before == []


async def test_a_target_off_the_grid_or_out_of_range_is_not_sent(bench: Bench, row: Row) -> None:
    before = await under_control(bench, row)
    if driver := can_raise(bench, row):
        for target in (-5, 3, 155, 9_995):
            with pytest.raises((Unsupported, Withdrawn), match="nothing was sent"):
                await bench.does(driver.raise_incline(target, yes))
    assert bench.wire() == before


async def test_a_refusal_is_told_as_one_and_not_tried_again(bench: Bench, row: Row) -> None:
    await bench.connects()
    await bench.walks(SPEED)
    bench.refuse()
    if driver := can_raise(bench, row):
        with pytest.raises(Refused):
            await bench.does(driver.raise_incline(5, yes))
        assert bench.wire() == [row.raised(5)]
    reading = await bench.reads()
    assert reading.incline == 0
    assert bench.mill().incline_target == 0


async def test_the_members_key_is_seen_and_withdraws_what_has_not_left(bench: Bench, row: Row) -> None:
    before = await under_control(bench, row)
    told = len(bench.notices())
    bench.press(Pressed.INCLINE_UP)
    await bench.until(lambda: (bench.readings()[-1].incline or 0) >= 5)
    inclines = [one for one in bench.notices()[told:] if one.key is Key.INCLINE]
    assert [one.value for one in inclines] == ([5] if row.tells_incline_keys else [])
    if driver := can_raise(bench, row):
        with pytest.raises(Withdrawn):
            await bench.does(driver.raise_incline(10, lambda: bench.readings()[-1].incline == 0))
    assert bench.wire() == before


async def test_the_permit_is_asked_at_the_last_line(bench: Bench, row: Row) -> None:
    """It is true while the driver gets ready and false when the bytes would leave, whenever that is."""
    before = await under_control(bench, row)
    if driver := can_raise(bench, row):
        asked: list[int] = []

        def permit() -> bool:
            asked.append(bench.clock())
            return False

        with pytest.raises(Withdrawn):
            await bench.does(driver.raise_incline(5, permit))
        assert len(asked) == 1
    assert bench.wire() == before
    assert (await bench.reads()).incline == 0


async def test_the_workout_time_is_set_once_where_it_was_armed(bench: Bench, row: Row) -> None:
    await bench.connects()
    if isinstance(bench.driver, SetsWorkoutTime):
        if Ability.STOP in row.abilities and isinstance(bench.driver, RequestsControl):
            await bench.does(bench.driver.request_control(yes))
        before = bench.wire()
        with pytest.raises(Withdrawn):
            await bench.does(bench.driver.set_workout_time(1_800, lambda: False))
        await bench.does(bench.driver.set_workout_time(1_800, yes))
        assert bench.wire() == [*before, row.timed]
        assert bench.mill().workout_ms == 1_800_000
    else:
        assert Ability.WORKOUT_TIME not in row.abilities
        assert bench.wire() == []


async def test_one_stop_is_sent_where_it_was_armed_and_nowhere_else(bench: Bench, row: Row) -> None:
    before = await under_control(bench, row)
    if isinstance(bench.driver, StopsOnce):
        with pytest.raises(Withdrawn):
            await bench.does(bench.driver.stop_once(lambda: False))
        await bench.does(bench.driver.stop_once(yes))
        assert bench.wire() == [*before, row.stopped]
        await bench.until(lambda: bench.readings()[-1].speed == 0)
    else:
        assert Ability.STOP not in row.abilities
        assert bench.mill().belt is Belt.MOVING
        assert bench.wire() == before


async def test_a_stop_at_the_machine_is_told(bench: Bench, row: Row) -> None:
    await bench.connects()
    await bench.walks(SPEED)
    bench.press(Pressed.STOP)
    await bench.until(lambda: bench.readings()[-1].speed == 0)
    if "woodway" not in row.name:
        assert Key.STOPPED in [one.key for one in bench.notices()]
    assert bench.wire() == []


async def test_it_is_lost_and_comes_back_by_itself_and_nothing_is_sent_again(bench: Bench, row: Row) -> None:
    before = await under_control(bench, row)
    for _ in range(2):
        await bench.unplug()
        assert isinstance(await bench.ended(), LinkLost)
        if isinstance(bench.driver, RaisesIncline):
            with pytest.raises((LinkLost, Withdrawn), match="nothing was sent"):
                await bench.driver.raise_incline(5, yes)
        await bench.plug()
        await bench.connects()
        assert len(bench.machines()) == 1
        assert (await bench.reads()).speed is not None
    assert bench.wire() == before


async def test_a_loss_in_a_raise_leaves_it_withdrawn_or_unknown(bench: Bench, row: Row) -> None:
    before = await under_control(bench, row)
    if driver := can_raise(bench, row):

        def permit() -> bool:
            asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(bench.unplug()))
            return True

        (outcome,) = await asyncio.gather(bench.does(driver.raise_incline(5, permit)), return_exceptions=True)
        assert outcome is None or isinstance(outcome, (Timeout, Withdrawn))
        assert not (isinstance(outcome, Withdrawn) and len(bench.wire()) > len(before))
        assert isinstance(await bench.ended(), LinkLost)
        sent = bench.wire()
        assert sent in (before, [*before, row.raised(5)])
        await bench.plug()
        await bench.connects()
        await bench.reads()
        assert bench.wire() == sent
    assert len(bench.wire()) <= len(before) + 1


@pytest.mark.parametrize("patience", [BRISK], ids=["brisk"])
async def test_garbage_is_counted_and_never_a_reading_that_stays(bench: Bench) -> None:
    await bench.connects()
    await bench.walks(SPEED)
    for size in (1, 2, 3, 20, 64, 200):
        bench.garbage(NOISE[size : 2 * size])
        try:
            await bench.reads(1)
        except RETRIED:
            await bench.connects()
    try:
        reading = await bench.reads(6)
    except RETRIED:
        await bench.connects()
        reading = await bench.reads(6)
    assert reading.speed is not None
    assert abs(reading.speed - SPEED) <= ROUNDED
    assert reading.incline == 0
    assert bench.wire() == []


@pytest.mark.parametrize("patience", [BRISK], ids=["brisk"])
async def test_silence_is_a_lost_link_and_a_sentence(bench: Bench) -> None:
    await bench.connects()
    count = len(bench.readings())
    bench.mute()
    error = await bench.ended()
    assert isinstance(error, LinkLost)
    assert len(str(error)) > 20
    assert len(bench.readings()) <= count + 3  # what was on its way
    assert bench.wire() == []


async def test_it_may_be_closed_twice_and_run_again(bench: Bench) -> None:
    for _ in range(2):
        await bench.connects()
        await bench.stop()
        await bench.stop()
        await bench.link.close()
        await bench.link.close()
    assert bench.wire() == []


async def test_a_run_may_be_cancelled_at_every_await(bench: Bench) -> None:
    for turns in TURNS:
        bench.start()
        for _ in range(turns):
            await asyncio.sleep(0)
        assert bench.running
        bench.running.cancel()
        (outcome,) = await asyncio.gather(bench.running, return_exceptions=True)
        assert isinstance(outcome, asyncio.CancelledError)
    await bench.connects()  # the link is free
    assert (await bench.reads()).speed == 0
    assert bench.wire() == []


async def test_a_raise_may_be_cancelled_at_every_await_and_is_sent_once_at_most(bench: Bench, row: Row) -> None:
    if can_raise(bench, row) is None:
        return
    for turns in TURNS:
        bench.wire_cleared()
        before = await under_control(bench, row)
        assert isinstance(bench.driver, RaisesIncline)
        raising = asyncio.ensure_future(bench.driver.raise_incline(5, yes))
        for _ in range(turns):
            await asyncio.sleep(0)
        raising.cancel()
        (outcome,) = await asyncio.gather(raising, return_exceptions=True)
        assert outcome is None or isinstance(outcome, asyncio.CancelledError)
        for _ in range(20):
            await bench.goes_on()
        assert bench.wire() in (before, [*before, row.raised(5)])
        await bench.stop()
        bench.press(Pressed.STOP)
        bench.passes(15_000)
        bench.mill().place(speed=0, incline=0)
