"""The incline map: refused where it makes no sense, rising, exact both ways, and never lower by rounding."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.clock import system_clock
from daemon.commands.run import driver_of
from daemon.settings import load
from drivers.calibrated import calibrated
from drivers.calibration import APART, LEAST, MOST, Calibration, calibration
from drivers.contract import (
    InclineRange,
    Machine,
    RaisesIncline,
    Reading,
    RequestsControl,
    Said,
    SeesSlot,
    SetsWorkoutTime,
    StopsOnce,
    Unsupported,
)
from drivers.registry import make
from tests.conformance.bench import PATIENT, Row
from tests.conformance.rows import ROWS
from tests.drivers.pty import yes

RANGE = InclineRange(0, 150, 5)
DOUBLE = calibration([(0, 0), (50, 100), (150, 300)])
SHIFTED = calibration([(0, 10), (50, 60), (150, 160)])
BENT = calibration([(0, 0), (50, 40), (150, 150)])
RISING = (
    st.lists(st.tuples(st.integers(APART, 90), st.integers(APART, 90)), min_size=1, max_size=4)
    .map(lambda gaps: [(sum(g for g, _ in gaps[:n]), sum(g for _, g in gaps[:n])) for n in range(len(gaps) + 1)])
    .filter(lambda points: points[-1][0] <= MOST and points[-1][1] <= MOST)
)


@given(RISING, st.integers(LEAST, MOST), st.integers(LEAST, MOST))
def test_the_map_rises_and_goes_through_its_points(points: list[tuple[int, int]], a: int, b: int) -> None:
    through = calibration(points)
    assert [through.shown(told) for told, _ in points] == [shown for _, shown in points]
    assert (through.shown(min(a, b)) <= through.shown(max(a, b))) is True


@given(RISING, st.sampled_from([1, 5, 10]), st.integers(2, 60))
def test_a_target_comes_out_as_it_was_asked_for_or_is_not_sent(
    points: list[tuple[int, int]], step: int, count: int
) -> None:
    through, machine = calibration(points), InclineRange(0, step * count, step)
    seen = through.range_shown(machine)
    for shown in range(LEAST, MOST + 1):
        told = through.told(shown, machine)
        if told is not None:
            assert seen is not None
            assert (told - machine.least) % machine.step == 0
            assert machine.least <= told <= machine.most
            assert through.shown(told) == shown
    if seen is not None:
        assert through.told(seen.least, machine) == machine.least
        assert through.told(seen.most, machine) == machine.least + machine.step * (
            (machine.most - machine.least) // machine.step
        )


def test_a_straight_map_keeps_the_grid_and_a_bent_one_has_none() -> None:
    assert DOUBLE.range_shown(RANGE) == InclineRange(0, 300, 10)
    assert SHIFTED.range_shown(RANGE) == InclineRange(10, 160, 5)
    assert BENT.range_shown(RANGE) is None
    assert (DOUBLE.told(10, RANGE), DOUBLE.told(5, RANGE), SHIFTED.told(5, RANGE)) == (5, None, None)


def test_points_that_the_machine_cannot_have_told_are_another_machines() -> None:
    assert DOUBLE.range_shown(InclineRange(0, 120, 5)) is None
    assert DOUBLE.range_shown(InclineRange(10, 150, 5)) is None


@pytest.mark.parametrize(
    ("points", "why"),
    [
        ([], "one point is no map: read off 0, 5 % and the highest incline"),
        ([(0, 0)], "one point is no map"),
        ([(0, 0), (50, 40), (150, 40)], r"told 5 %, shown 4 % and told 15 %, shown 4 % do not rise .*read both off"),
        ([(0, 50), (50, 0)], "do not rise"),
        ([(50, 50), (0, 0)], "do not rise"),
        ([(0, 0), (9, 50)], "do not rise by 1 %"),
        ([(0, 0), (50, 999)], r"told 5 %, shown 99\.9 % is no incline of a treadmill: read that point off again"),
        ([(-300, 0), (50, 50)], "is no incline"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_way_on(points: list[tuple[int, int]], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        calibration(points)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_every_driver_is_read_and_raised_through_it(row: Row, tmp_path: Path) -> None:
    """A console that shows 1 % more than the machine tells: a raise to 1.5 % there is one to 0.5 % on the wire."""
    async with row.make(tmp_path, PATIENT) as bench:
        plain, bench.driver = bench.driver, calibrated(bench.driver, SHIFTED)
        for ability in (RequestsControl, RaisesIncline, SetsWorkoutTime, StopsOnce, SeesSlot):
            assert isinstance(bench.driver, ability) == isinstance(plain, ability)
        machine = await bench.connects()
        await bench.walks(800, 0)
        assert (await bench.reads()).incline == 10
        if isinstance(bench.driver, RequestsControl):
            await bench.does(bench.driver.request_control(yes))
        before = bench.wire()
        if isinstance(bench.driver, RaisesIncline):
            assert machine.incline == InclineRange(10, 160, 5)
            with pytest.raises(Unsupported, match=r"nothing was sent: by its incline map.* cannot hold 1\.3 %"):
                await bench.does(bench.driver.raise_incline(13, yes))
            assert bench.wire() == before
            await bench.does(bench.driver.raise_incline(15, yes))
            assert bench.wire() == [*before, row.raised(5)]
            await bench.until(lambda: bench.readings()[-1].incline == 15)


async def test_a_map_that_does_not_fit_the_machine_raises_nothing(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    async with ROWS[0].make(tmp_path, PATIENT) as bench:
        bench.driver = calibrated(bench.driver, BENT)
        assert (await bench.connects()).incline is None
        assert "no raise is sent. Calibrate it again." in caplog.text
        await bench.walks(800, 50)
        assert (await bench.reads()).incline == 40
        assert isinstance(bench.driver, RaisesIncline)
        with pytest.raises(Unsupported, match="nothing was sent"):
            await bench.does(bench.driver.raise_incline(45, yes))
        assert bench.wire() == []


def test_a_driver_keeps_its_limit_and_its_count_of_odd_bytes() -> None:
    plain = make("simulated:", now=lambda: 0)
    through = calibrated(plain, Calibration(((0, 0), (100, 100))))
    assert through.connect_limit == plain.connect_limit
    assert getattr(through, "odd", None) is getattr(plain, "odd", None)


async def test_the_map_of_the_configuration_is_used(tmp_path: Path) -> None:
    file = tmp_path / "inclined.toml"
    file.write_text(
        '[machine]\nsite = "s"\nmachine = "t1"\nname = "T"\nzone = "Z"\ndriver = "simulated:"\nmode = "assist"\n'
        'units = "km/h"\nincline_map = [[0, 1], [5.0, 6.0], [15, 16]]\n'
    )
    said: list[Said] = []
    running = asyncio.create_task(driver_of(load(file), system_clock().now).run(said.append))
    async with asyncio.timeout(20):
        while not any(isinstance(one, Reading) for one in said):  # noqa: ASYNC110, of a simulated machine
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    machine, reading = said[0], next(one for one in said if isinstance(one, Reading))
    assert isinstance(machine, Machine)
    assert (machine.incline, reading.incline) == (InclineRange(10, 160, 5), 10)
