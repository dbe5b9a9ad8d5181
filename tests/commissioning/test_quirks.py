"""Rows of quirks.toml: told by name, never in doubt to do more, and beaten by the machine's own map."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.calibrated import calibrated
from drivers.calibration import calibration
from drivers.contract import Driver, InclineRange, Machine, Permit, Reading, Said, Sink, Unsupported
from drivers.quirks import known, rows, with_steps
from tests.drivers.pty import yes

RANGE = InclineRange(0, 150, 5)


class Told:
    """A driver that says this, and remembers what it is asked for."""

    connect_limit = 1.0

    def __init__(self, maker: str, model: str) -> None:
        self.machine = Machine(0, "ftms", maker, model, incline=RANGE)
        self.asked: list[int] = []

    async def run(self, sink: Sink, /) -> None:
        sink(self.machine)
        sink(Reading(1, 800, 20))

    async def raise_incline(self, target: int, permit: Permit, /) -> None:
        assert permit()
        self.asked.append(target)


async def said(driver: Driver) -> list[Said]:
    heard: list[Said] = []
    await driver.run(heard.append)
    return heard


def machine(maker: str | None, model: str | None) -> Machine:
    return Machine(0, "ftms", maker, model)


@pytest.mark.parametrize(
    ("maker", "model", "numbers"),
    [
        ("SOLE", "F85", [3, 11, 12]),
        ("Sole Fitness", "F80 2021", [4, 12]),
        ("Dyaco", "F85", []),
        ("Kettler", None, [10, 11]),
        (None, "KETTLER TRACK 5", [10, 11]),
        (None, None, []),
        ("Inclined", "Simulated 1", []),
        ("Matrix", "T50", [14, 15]),
    ],
)
def test_a_machine_is_known_by_its_names(maker: str | None, model: str | None, numbers: list[int]) -> None:
    assert [row.number for row in known(machine(maker, model))] == numbers


def test_the_table_is_whole() -> None:
    assert [row.number for row in rows()] == list(range(1, 25))
    assert all(len(row.what) > 10 and len(row.evidence) > 5 and "tests/" in row.stood for row in rows())


async def test_a_larger_step_is_used_and_told(caplog: pytest.LogCaptureFixture) -> None:
    plain = Told("Sole", "F85")
    driver = calibrated(plain, None)
    with caplog.at_level(logging.INFO):
        told = await said(driver)
    assert told == [Machine(0, "ftms", "Sole", "F85", incline=InclineRange(0, 150, 10)), Reading(1, 800, 20)]
    assert "docs/quirks.md, 11" in caplog.text
    with pytest.raises(Unsupported, match="nothing was sent"):
        await driver.raise_incline(5, yes)  # type: ignore[attr-defined]  # it has what the driver has
    await driver.raise_incline(10, yes)  # type: ignore[attr-defined]  # the same
    assert plain.asked == [10]


async def test_a_doubted_incline_is_unknown_until_it_was_calibrated() -> None:
    plain = Told("Kettler", "Track")
    driver = calibrated(plain, None)
    assert await said(driver) == [Machine(0, "ftms", "Kettler", "Track", incline=None), Reading(1, 800, None)]
    with pytest.raises(Unsupported, match="nothing was sent"):
        await driver.raise_incline(10, yes)  # type: ignore[attr-defined]  # it has what the driver has
    assert plain.asked == []
    mapped = calibrated(plain, calibration([(0, 0), (100, 50)]))
    assert await said(mapped) == [
        Machine(0, "ftms", "Kettler", "Track", incline=InclineRange(0, 75, 5)), Reading(1, 800, 10)
    ]  # fmt: skip


@given(st.text(max_size=20), st.text(max_size=20), st.integers(1, 20), st.integers(1, 40))
def test_a_row_never_makes_more_of_a_machine(maker: str, model: str, step: int, count: int) -> None:
    told = InclineRange(0, step * count, step)
    seen = with_steps(told, known(machine(f"{maker} kettler", f"{model} sole f85")))
    assert (seen.least, seen.most) == (told.least, told.most)
    assert seen.step % told.step == 0


def test_the_page_is_what_the_table_says(checkout: Path) -> None:
    command = [sys.executable, str(checkout / "docs/quirks.py"), "--check"]
    assert subprocess.run(command, check=False, capture_output=True, timeout=60).returncode == 0
