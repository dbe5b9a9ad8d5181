"""The CSAFE driver on a pty with simulated consoles: what it reads, what it may ask, what it makes of each trap."""

import asyncio
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from drivers.contract import (
    Ability,
    InclineRange,
    Machine,
    RaisesIncline,
    Reading,
    Refused,
    RequestsControl,
    SetsWorkoutTime,
    StopsOnce,
    Timeout,
    Training,
    Unsupported,
    Withdrawn,
)
from drivers.csafe.capability import Capability
from drivers.csafe.words import Get
from drivers.registry import make
from drivers.simulated.build import Key
from drivers.simulated.csafe.profile import LIFE_FITNESS, MATRIX, PERMISSIVE, State
from drivers.simulated.line import FAULTS
from tests.csafe.rig import ALL, rig, until, yes
from tests.drivers.pty import yes_and

PROVED = Capability(raises=True)


async def test_it_asks_who_it_is_and_then_polls(tmp_path: Path) -> None:
    async with rig(tmp_path, "lifefitness", armed=()) as r:
        machine = await r.connects()
        assert (machine.maker, machine.model, machine.firmware) == ("Life Fitness", "model 2.6", "9.11")
        assert machine.protocol == "csafe"
        assert machine.abilities == frozenset()
        assert not machine.tells_training
        await r.walks(800, 10)
        r.passes(60_000)
        reading = await r.reads(2)
        assert (reading.speed, reading.incline, reading.training) == (805, 10, Training.OTHER)
        assert reading.elapsed is not None
        assert reading.elapsed >= 60
        assert reading.distance is not None
        assert reading.distance > 100
        assert r.keys() == ["started"]
        assert bytes(r.sent).startswith(bytes.fromhex("f1 00 f2 f1 91 91 f2 f1 a0 a1 a5 a8 0c f2"))
        assert r.commands == []
        assert r.machine.bad == 0


async def test_after_a_quick_start_some_consoles_say_nothing_and_nothing_is_made_up(tmp_path: Path) -> None:
    async with rig(tmp_path, "matrix", armed=()) as r:
        await r.connects()
        assert r.readings()[-1] == Reading(r.clock(), 0, 0, 0, 0, training=Training.IDLE)
        await r.walks()
        assert await r.reads() == Reading(r.clock(), training=Training.OTHER)
        r.console.press(Key.STOP)
        r.passes(20_000)
        reading = await r.reads(2)
        assert (reading.speed, reading.training) == (0, Training.IDLE)
        assert r.keys() == ["started", "stopped"]


async def test_a_pause_is_told(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks()
        for key in (Key.PAUSE, Key.RESUME, Key.SAFETY_OUT):
            r.console.press(key)
            await r.reads(2)
        assert r.keys() == ["started", "paused", "started", "stopped"]


async def test_there_is_no_method_for_what_was_not_proved(tmp_path: Path) -> None:
    for armed in ((), (Ability.STOP,), (Ability.WORKOUT_TIME,), (Ability.RAISE_INCLINE,)):
        async with rig(tmp_path, armed=armed) as r:
            assert isinstance(r.driver, RaisesIncline) == (Ability.RAISE_INCLINE in armed)
            assert isinstance(r.driver, SetsWorkoutTime) == (Ability.WORKOUT_TIME in armed)
            assert isinstance(r.driver, RequestsControl) == bool(set(armed) & ALL)
            assert not isinstance(r.driver, StopsOnce)
            assert (await r.connects()).abilities == set(armed) & ALL
    async with rig(tmp_path, incline=None) as r:
        assert not isinstance(r.driver, RaisesIncline)
        assert (await r.connects()).abilities == {Ability.WORKOUT_TIME}


async def test_a_raise_is_sent_once_in_the_unit_that_was_just_read_and_is_seen_to_arrive(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks()
        assert isinstance(r.driver, RequestsControl)
        await r.driver.request_control(yes)
        await r.raises(5)
        assert r.commands == ["280305004c"]
        assert (await r.reads()).incline == 0  # a target is no measurement
        r.passes(10_000)
        assert (await r.reads(2)).incline == 5


@pytest.mark.parametrize(
    ("unit", "count", "sent"),
    [(0x4A, None, "280301004a"), (0x4B, None, "280364004b"), (0x4A, Fraction(5), "280302004a")],
)
async def test_a_raise_by_a_unit_that_lies(tmp_path: Path, unit: int, count: Fraction | None, sent: str) -> None:
    kind = replace(PERMISSIVE, grade_unit=unit, grade_count=count)
    async with rig(tmp_path, kind, capability=replace(PROVED, incline_count=count)) as r:
        await r.connects()
        await r.walks()
        await r.raises(10)
        r.passes(30_000)
        assert (await r.reads(2)).incline == 10
        assert r.commands == [sent]


async def test_what_is_no_raise_is_not_sent(tmp_path: Path) -> None:
    kind = replace(PERMISSIVE, grade_unit=0x4A)
    async with rig(tmp_path, kind) as r:
        await r.connects()
        await r.walks(incline=10)
        for target, error in ((10, Withdrawn), (5, Withdrawn), (0, Withdrawn), (12, Unsupported), (200, Unsupported)):
            with pytest.raises(error, match="nothing was sent"):
                await r.raises(target)
        with pytest.raises(Unsupported, match=r"cannot say 1\.5 %"):
            await r.raises(15)
        asked: list[int] = []
        with pytest.raises(Withdrawn):
            await r.raises(20, lambda: False)
        r.console.press(Key.PAUSE)
        with pytest.raises(Unsupported, match="just said PAUSED"):
            await r.raises(20, yes_and(lambda: asked.append(1)))
        assert asked == []  # the gate comes first
        assert r.commands == []


async def test_a_console_that_does_not_tell_its_incline_now_is_not_raised(tmp_path: Path) -> None:
    kind = replace(PERMISSIVE, withholds=frozenset({State.IN_USE}))
    async with rig(tmp_path, kind) as r:
        await r.connects()
        await r.walks()
        with pytest.raises(Refused, match="does not tell its incline"):
            await r.raises(5)
        assert r.commands == []


async def test_the_member_presses_just_before_a_raise_and_wins(tmp_path: Path) -> None:
    """The last look before the command shows the key; the permit that knows it withdraws the raise."""
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks()
        r.console.treadmill.place(incline=5)
        with pytest.raises(Withdrawn):
            await r.raises(10, lambda: r.readings()[-1].incline == 0)
        assert r.commands == []


async def test_a_workout_time_is_set_on_an_idle_console(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.sets(1_800)
        assert r.commands == ["2003001e00"]
        assert r.console.treadmill.workout_ms == 1_800_000
        await r.walks()
        with pytest.raises(Unsupported, match="just said IN_USE"):
            await r.sets(1_800)
        with pytest.raises(Unsupported, match="1 to 119 minutes"):
            await r.sets(7_201)
        assert len(r.commands) == 1


async def test_a_workout_time_is_not_set_on_a_console_that_rests_in_ready(tmp_path: Path) -> None:
    async with rig(tmp_path, "matrix") as r:
        await r.connects()
        with pytest.raises(Unsupported, match="just said READY"):
            await r.sets(1_800)
        assert r.commands == []


async def test_trap_1_a_command_that_is_obeyed_in_silence_is_known_by_the_toggle(tmp_path: Path) -> None:
    async with rig(tmp_path, replace(MATRIX, at_power_on=State.IDLE)) as r:
        await r.connects()
        await r.sets(1_800)
        assert r.commands == ["2003001e00"]
        assert r.console.treadmill.workout_ms == 1_800_000


async def test_trap_1_a_reject_by_silence_is_told_by_the_next_empty_frame(tmp_path: Path) -> None:
    kind = replace(MATRIX, at_power_on=State.IDLE, legal={})
    async with rig(tmp_path, kind) as r:
        await r.connects()
        with pytest.raises(Refused, match="rejected f1 20 03 00 1e 00 3d f2"):
            await r.sets(1_800)
        assert r.commands == ["2003001e00"]  # once
        assert r.console.state is State.IDLE  # trap 2: nothing of it ran
        assert (await r.reads(2)).speed == 0


async def test_trap_1_a_reject_at_once_is_told_at_once(tmp_path: Path) -> None:
    async with rig(tmp_path, replace(LIFE_FITNESS, started=PERMISSIVE.started, grade_unit=0x4C)) as r:
        await r.connects()
        await r.walks()
        with pytest.raises(Refused, match="rejected"):
            await r.raises(10)
        assert r.commands == ["28030a004c"]


async def test_a_console_whose_toggle_never_turns_leaves_the_outcome_unknown(tmp_path: Path) -> None:
    async with rig(tmp_path, replace(PERMISSIVE, toggles=False)) as r:
        await r.connects()
        await r.walks()
        with pytest.raises(Timeout, match="unknown, and not sent again"):
            await r.raises(5)
        assert r.commands == ["280305004c"]
        assert (await r.reads(2)).speed == 600


async def test_trap_6_a_lost_answer_to_a_command_is_unknown_or_known_and_never_sent_again(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks()
        r.console.before_command = lambda _: r.machine.fault("drop", 1)
        await r.raises(5)  # the empty frame's answer shows the turned toggle
        r.console.before_command = lambda _: r.machine.fault("drop", 2)
        r.console.treadmill.place(incline=0)
        with pytest.raises(Timeout):
            await r.raises(5)
        assert r.commands == ["280305004c"] * 2
        await r.reads(3)


async def test_trap_6_after_silence_only_empty_frames_are_sent(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        r.sent.clear()
        r.machine.line.deaf = True
        await until(lambda: r.sent.count(b"\xf1\x00\xf2") >= 3)
        assert bytes(r.sent).lstrip(bytes.fromhex("f1a0a1a5a80cf2")).replace(b"\xf1\x00\xf2", b"") in (b"", b"\x00\xf2")
        r.machine.line.deaf = False
        assert (await r.reads()).speed == 0


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_of_the_line_costs_a_reading_at_most_and_the_next_is_true(tmp_path: Path, fault: str) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks(700, 10)
        for _ in range(3):
            r.machine.fault(fault, 1)
            reading = await r.reads(2)
            assert (reading.speed, reading.incline) == (700, 10)
        assert r.commands == []


async def test_an_answer_that_comes_late_ends_no_other_question(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks(700)
        r.machine.fault("delay", 1)
        await until(lambda: r.machine._held != [])
        r.console.treadmill.place(speed=900)
        count = len(r.readings())
        await r.reads(3)
        assert [reading.speed for reading in r.readings()[count + 1 :]] == [900] * (len(r.readings()) - count - 1)
        assert r.driver.odd.counts["on the line: an answer to nothing asked"] == 1


async def test_a_status_of_its_own_accord_is_no_answer(tmp_path: Path) -> None:
    """It comes between question and answer, and before every question."""
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks(700)
        before = r.console.heard

        def volunteer(contents: object) -> bytes | None:
            r.console._volunteer()
            return before(contents)  # type: ignore[arg-type]  # as it was given

        r.console.heard = volunteer  # type: ignore[method-assign]  # the place for a race
        count = len(r.readings())
        await r.reads(5)
        assert {reading.speed for reading in r.readings()[count:]} == {700}


async def test_a_frame_that_holds_a_state_nobody_knows_stops_all_commands(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks()
        r.console.state = 4  # type: ignore[assignment]  # the one that the standard leaves out
        assert (await r.reads(2)).training is Training.UNKNOWN
        with pytest.raises(Unsupported, match="something else, or nothing"):
            await r.raises(5)
        assert r.keys()[-1] == "other"
        assert r.commands == []


async def test_it_asks_only_what_its_capability_says(tmp_path: Path) -> None:
    able = Capability(asks=(Get.SPEED, Get.TIME), counts_down=True)
    kind = replace(PERMISSIVE, counts_down=True)
    async with rig(tmp_path, kind, capability=able, armed=()) as r:
        await r.connects()
        r.console.treadmill.workout_ms = 600_000
        await r.walks()
        reading = await r.reads(2)
        assert (reading.incline, reading.distance, reading.elapsed) == (None, None, None)
        assert reading.remaining is not None
        assert reading.remaining > 500
        assert b"\xf1\xa5\xa0\x05\xf2" in r.sent


async def test_a_flip_of_in_use_and_paused_without_anybody_is_told_and_moves_nothing(tmp_path: Path) -> None:
    async with rig(tmp_path, "matrix") as r:
        await r.connects()
        r.console.state = State.IN_USE
        r.console._since = r.clock()
        await r.reads(2)
        for _ in range(2):
            r.passes(60_000)
            await r.reads(2)
        assert r.keys() == ["started", "paused", "started"]
        assert r.commands == []


@pytest.mark.parametrize("option", ["asks=id", "raise=yes", "inclinecount=0", "clock=left"])
def test_an_option_that_makes_no_sense_is_told_with_those_there_are(option: str) -> None:
    with pytest.raises(Unsupported, match=r"a CSAFE console has asks=time.*docs/csafe\.md"):
        make(f"csafe:/dev/serial0?{option}", now=lambda: 0)


async def test_the_registry_makes_it_and_it_can_be_recorded(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        lines: list[str] = []
        passed: list[str] = []
        said: list[object] = []
        driver = make(
            f"csafe:{r.name}?asks=speed,incline&raise=proved",
            now=r.clock,
            incline=InclineRange(0, 150, 5),
            record=lines.append,
            tap=lambda way, _data: passed.append(way),
        )
        running = asyncio.create_task(driver.run(said.append))
        await until(lambda: any(isinstance(one, Reading) for one in said))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert isinstance(said[0], Machine)
        assert said[0].abilities == {Ability.RAISE_INCLINE}
        assert set(passed) == {"<", ">"}
        assert any('"write"' in line and "f1a5a80df2" in line for line in lines)
        assert any('"heard"' in line for line in lines)
        (tmp_path / "walk.jsonl").write_text("".join(lines), encoding="utf-8")
        with pytest.raises(Unsupported, match="not be played back"):
            make(f"replay:{tmp_path / 'walk.jsonl'}", now=r.clock)
