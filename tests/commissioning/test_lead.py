"""The whole wizard over every driver, with staff at its simulated machine; what reaches the wire is read there."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from daemon.commissioning.lead import Stopped
from daemon.commissioning.trial import Stage
from daemon.settings import load
from drivers.contract import Ability
from drivers.simulated.build import Key
from tests.commissioning.hands import DAY, FILE, Hands, Script, another, work
from tests.conformance.bench import PATIENT, Row
from tests.conformance.rows import FTMS, ROWS

RAISING = [row for row in ROWS if Ability.RAISE_INCLINE in row.abilities]
OTHERS = [row for row in ROWS if Ability.RAISE_INCLINE not in row.abilities]


@pytest.mark.parametrize("row", RAISING, ids=lambda row: row.name)
async def test_staff_prove_a_machine_that_can_be_raised(row: Row, tmp_path: Path) -> None:
    async with row.make(tmp_path, PATIENT) as bench:
        task, talk = work(tmp_path, bench), Script(Hands(bench))
        await task.run(talk)
        assert bench.wire() == [*row.asked, row.raised(10)], talk.heard
    settings = load(task.path)
    assert (settings.machine.units, settings.machine.mode, settings.machine.incline_map) == ("km/h", "assist", None)
    assert (settings.proved.incline, settings.proved.driver) == (DAY.date(), settings.machine.driver)
    text = task.path.read_text()
    assert text.startswith("# our gym\n[machine]\n")
    assert 'mode = "assist"  # for now' in text
    assert (tmp_path / "inclined.toml.2026-06-01-120000").read_text() == FILE
    assert [label.text for label in talk.labels] == ["gym/t07"]


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row.name)
async def test_one_that_cannot_be_raised_may_ask_and_no_more(row: Row, tmp_path: Path) -> None:
    async with row.make(tmp_path, PATIENT) as bench:
        task, talk = work(tmp_path, bench), Script(Hands(bench), mode="enforce")
        await task.run(talk)
        assert bench.wire() == []
    assert any(said.startswith("Not proved: this machine says no incline range") for said in talk.heard)
    assert "From now on: observe, nudge [observe]" in talk.heard
    settings = load(task.path)
    assert (settings.machine.mode, settings.proved.incline) == ("observe", None)


async def test_a_console_that_shows_another_incline_gets_a_map_and_the_raise_goes_through_it(tmp_path: Path) -> None:
    async with FTMS.make(tmp_path, PATIENT) as bench:
        task, talk = work(tmp_path, bench), Script(Hands(bench, shows=("0", "10", "30")))
        await task.run(talk)
        assert bench.wire() == [b"\x00", FTMS.raised(10)]
    assert load(task.path).machine.incline_map == ((0, 0), (50, 100), (150, 300))


async def test_a_map_that_is_none_is_told_and_nothing_is_kept_of_it(tmp_path: Path) -> None:
    async with FTMS.make(tmp_path, PATIENT) as bench:
        task, talk = work(tmp_path, bench), Script(Hands(bench, shows=("5", "5", "5")))
        await task.run(talk)
    assert any(
        "That makes no map: told 0 %, shown 5 % and told 5 %, shown 5 % do not rise" in said for said in talk.heard
    )
    assert load(task.path).machine.incline_map is None


async def test_another_treadmill_than_the_one_before_staff_ends_it(tmp_path: Path) -> None:
    async with FTMS.make(tmp_path, PATIENT) as bench:
        bench.press(Key.START)
        bench.passes(4_000)
        task, talk = work(tmp_path, bench), Script(Hands(bench))
        with pytest.raises(Stopped, match="not known to be this treadmill"):
            await task.run(talk)
        assert bench.wire() == []
    assert any("choose again" in said for said in talk.heard)
    assert task.path.read_text() == FILE


@pytest.mark.parametrize("no", ["Is that so?", f"Write {'{path}'}?"])
async def test_a_no_writes_nothing(tmp_path: Path, no: str) -> None:
    async with FTMS.make(tmp_path, PATIENT) as bench:
        task = work(tmp_path, bench)
        talk = Script(Hands(bench), no=(no.format(path=task.path),))
        with pytest.raises(Stopped, match="nothing was written"):
            await task.run(talk)
    assert task.path.read_text() == FILE
    assert [one.name for one in os.scandir(tmp_path) if one.name.startswith("inclined.toml.")] == []


async def test_steps_may_be_passed_over_and_a_mode_that_raises_is_then_not_there(tmp_path: Path) -> None:
    text = another(FILE, mode='"nudge"')
    async with FTMS.make(tmp_path, PATIENT) as bench:
        task = work(tmp_path, bench, text)
        talk = Script(Hands(bench), no=("One step up", "Incline", "Speed and its unit"))
        await task.run(talk)
        assert bench.wire() == []
    assert talk.shown == []
    assert task.path.read_text() == text


async def test_a_new_map_takes_an_old_proof_away(tmp_path: Path) -> None:
    text = another(FILE, mode='"enforce"') + '\n[proved]\nincline = 2026-01-01\ndriver = "ftms:C0:FF:EE:00:00:07"\n'
    async with FTMS.make(tmp_path, PATIENT) as bench:
        task = work(tmp_path, bench, text)
        talk = Script(Hands(bench, shows=("0", "4", "12")), no=("One step up",), mode="enforce")
        await task.run(talk)
    settings = load(task.path)
    assert (settings.machine.mode, settings.proved.incline) == ("nudge", None)


async def test_a_link_that_goes_ends_the_step_and_no_raise_follows(tmp_path: Path) -> None:
    async with FTMS.make(tmp_path, PATIENT) as bench:
        task, talk = work(tmp_path, bench), Script(Hands(bench))
        behaves, pulls = talk.hands.raising, []

        def pulled(stage: Stage) -> str | None:
            if stage is not Stage.PRESS:
                return behaves(stage)
            pulls.append(asyncio.ensure_future(bench.unplug()))
            return None

        talk.hands.raising = pulled  # type: ignore[method-assign]
        await task.run(talk)
        await asyncio.gather(*pulls)
        assert bench.wire() == []
    assert any(said.startswith("Not proved: the link was lost") for said in talk.heard)
    assert load(task.path).machine.mode == "observe"


def asked_for(row: Row, ability: Ability) -> list[bytes]:
    """Return what one stop, or a workout time of 20 minutes, sends."""
    seconds = b"\x0d\xb0\x04" if row.timed.startswith(b"\x0d") else b"\x20\x03\x00\x14\x00"
    return [*row.asked, row.stopped if ability is Ability.STOP else seconds]


LIMITS = [
    (row, ability)
    for row in ROWS
    for ability in (Ability.STOP, Ability.WORKOUT_TIME)
    if ability in row.abilities and (ability is Ability.STOP) <= bool(row.stopped)
]


@pytest.mark.parametrize(("row", "ability"), LIMITS, ids=lambda each: getattr(each, "name", ""))
async def test_what_follows_a_time_limit_is_proved_where_it_is_asked_for(
    row: Row, ability: Ability, tmp_path: Path
) -> None:
    name = "stop" if ability is Ability.STOP else "time"
    async with row.make(tmp_path, PATIENT) as bench:
        task, talk = replace(work(tmp_path, bench), steps=frozenset({name})), Script(Hands(bench), mode="nudge")
        await task.run(talk)
        assert bench.wire() == asked_for(row, ability), talk.heard
    proved = load(task.path).proved
    today = DAY.date()
    assert (proved.stop, proved.workout_time) == ((today, None) if name == "stop" else (None, today))
    assert (proved.incline, proved.driver) == (None, "ftms:C0:FF:EE:00:00:07")


@pytest.mark.parametrize("what", ["stop", "time"])
async def test_a_machine_that_cannot_is_told_and_nothing_is_sent(tmp_path: Path, what: str) -> None:
    async with OTHERS[0].make(tmp_path, PATIENT) as bench:
        task, talk = replace(work(tmp_path, bench), steps=frozenset({what})), Script(Hands(bench))
        await task.run(talk)
        assert bench.wire() == []
    assert any("does not say that it can do this" in said for said in talk.heard)
    assert task.path.read_text() == FILE
