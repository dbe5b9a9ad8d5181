"""The driver of the family A0 to DF on a pty with simulated machines: what it reads, what it asks, what it leaves."""

import asyncio
from dataclasses import replace
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
from drivers.registry import make
from drivers.simulated.build import Belt, Build, Key
from drivers.simulated.line import FAULTS
from drivers.simulated.trackmaster.codec import digits
from drivers.simulated.trackmaster.profile import TRACKMASTER
from drivers.simulated.treadmill import Treadmill
from tests.drivers.pty import yes_and
from tests.trackmaster.rig import PATIENT, Rig, rig, until


@pytest.mark.parametrize("profile", ["mph", "kmh"])
async def test_it_asks_what_the_belt_does_and_then_polls(tmp_path: Path, profile: str) -> None:
    async with rig(tmp_path, profile=profile) as r:
        machine = await r.connects()
        assert (machine.protocol, machine.maker, machine.incline) == ("trackmaster", None, InclineRange(0, 150, 5))
        assert machine.abilities == {Ability.RAISE_INCLINE}
        assert not machine.tells_training
        assert await r.reads() == Reading(r.clock(), 0, 0, training=Training.IDLE)
        await r.walks(800, 10)
        reading = await r.reads(2)
        assert (reading.speed, reading.incline, reading.training) == (
            805 if profile == "mph" else 800,
            10,
            Training.OTHER,
        )
        assert set(r.machine.got) == {0xC0, 0xC1, 0xC2, 0xC3, 0xC4}
        assert r.machine.got.startswith(bytes.fromhex("c0 c1 c2 c3 c4 c0 c1"))
        assert r.commands == []


async def test_a_woodway_is_asked_by_its_own_table(tmp_path: Path) -> None:
    async with rig(tmp_path, "woodway") as r:
        assert (await r.connects()).firmware == "01020304"
        await r.walks(800, 10)
        reading = await r.reads(2)
        assert (reading.speed, reading.incline, reading.training) == (805, 10, None)
        assert r.machine.got.startswith(bytes.fromhex("c0 c1 c2 c3 c0 c1 c2 c0"))
        assert r.machine.got.count(0xC3) == 1
        assert 0xC4 not in r.machine.got


async def test_keys_at_the_machine_are_told_and_our_own_raise_is_not(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks()
        told = len(r.pressed())
        await r.raises(5)
        await r.reads(2)
        assert r.pressed()[told:] == []
        for key in (Key.INCLINE_UP, Key.INCLINE_DOWN, Key.SPEED_UP, Key.STOP):
            r.console.press(key)
            await r.reads(2)
        r.passes(20_000)
        await r.reads(2)
        assert r.pressed()[told:][:3] == [("incline", 10), ("incline", 5), ("speed", None)]
        # The stop takes the target away; which of the two is asked first hangs on where the round was.
        assert set(r.pressed()[told:][3:]) == {("stopped", None), ("speed", None)}
        assert ("started", None) in r.pressed()[:told]


async def test_there_is_no_method_for_a_raise_without_a_range_and_none_for_all_else(tmp_path: Path) -> None:
    for variant in ("trackmaster", "woodway"):
        async with rig(tmp_path, variant, incline=None) as r:
            assert not isinstance(r.driver, RaisesIncline | RequestsControl)
            assert (await r.connects()).abilities == frozenset()
        async with rig(tmp_path, variant) as r:
            assert isinstance(r.driver, RaisesIncline)
            assert not isinstance(r.driver, SetsWorkoutTime | StopsOnce)
    for steps in (InclineRange(0, 150, 3), InclineRange(2, 152, 5), InclineRange(-30, 150, 5)):
        with pytest.raises(Unsupported, match=r"steps of 0\.5 %"):
            async with rig(tmp_path, incline=steps):
                pass


@pytest.mark.parametrize("variant", ["trackmaster", "woodway"])
async def test_a_raise_is_sent_once_and_is_seen_to_arrive(tmp_path: Path, variant: str) -> None:
    async with rig(tmp_path, variant) as r:
        await r.connects()
        await r.walks()
        assert isinstance(r.driver, RequestsControl)
        await r.driver.request_control(lambda: True)
        await r.raises(5)
        assert (await r.reads()).incline == 0  # a target is no measurement
        r.passes(10_000)
        assert (await r.reads(2)).incline == 5
        await r.raises(10)
        r.passes(10_000)
        assert (await r.reads(2)).incline == 10
        assert r.commands == ["a430303035", "a430303130"]


async def test_what_is_no_raise_is_not_sent(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks(incline=10)
        for target, error in ((10, Withdrawn), (5, Withdrawn), (0, Withdrawn), (12, Unsupported), (200, Unsupported)):
            with pytest.raises(error, match="nothing was sent"):
                await r.raises(target)
        with pytest.raises(Withdrawn):
            await r.raises(15, lambda: False)
        r.console.press(Key.INCLINE_UP)
        r.console.press(Key.INCLINE_UP)
        with pytest.raises(Withdrawn, match="or is going"):
            await r.raises(15)  # the member is on the way to 2.0
        asked: list[int] = []
        r.console.press(Key.STOP)
        r.passes(20_000)
        await r.reads(2)
        with pytest.raises(Unsupported, match="just said that it runs"):
            await r.raises(50, yes_and(lambda: asked.append(1)))
        assert asked == []  # the gate comes first
        assert r.commands == []


async def test_a_deck_that_does_not_tell_where_it_is_is_not_raised(tmp_path: Path) -> None:
    mute = {code: count for code, count in TRACKMASTER.data.items() if code != 0xC4}
    async with rig(tmp_path, profile=replace(TRACKMASTER, data=mute)) as r:
        await r.connects()
        await r.walks()
        with pytest.raises(Refused, match="does not tell where its deck is"):
            await r.raises(5)
        assert r.commands == []
        assert r.driver.odd.counts["set incline: not a command here"] > 2


async def test_a_refusal_is_told_and_a_key_right_before_wins(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks()
        r.console.refuses = True
        with pytest.raises(Refused, match=r"refused 0\.5 %: out of range"):
            await r.raises(5)
        assert r.commands == ["a430303035"]
        r.console.refuses = False
        r.console.press(Key.INCLINE_UP)
        with pytest.raises(Withdrawn):
            await r.raises(10, lambda: ("incline", 5) not in r.pressed())  # told before the permit is asked
        assert len(r.commands) == 1


async def test_a_lost_answer_is_known_by_reading_back_and_never_sent_again(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks()
        r.console.before_command = lambda _: r.machine.fault("drop", 1)
        await r.raises(5)
        r.console.before_command = lambda _: r.machine.fault("drop", 2)
        with pytest.raises(Timeout, match="target is nothing: it is not sent again"):
            await r.raises(10)
        assert r.commands == ["a430303035", "a430303130"]
        assert (await r.reads(3)).speed is not None


async def test_a_woodway_whose_answer_is_lost_leaves_the_outcome_unknown(tmp_path: Path) -> None:
    async with rig(tmp_path, "woodway") as r:
        await r.connects()
        await r.walks()
        r.console.before_command = lambda _: r.machine.fault("drop", 1)
        with pytest.raises(Timeout, match="not sent again"):
            await r.raises(5)
        assert r.commands == ["a430303035"]


async def test_a_command_that_was_damaged_on_its_way_is_told_as_unknown(tmp_path: Path) -> None:
    """The line has no checksum: 1.0 % may arrive as 9.0 %. It cannot be taken back, for that would be a lower."""
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks()
        obey = r.console._obey

        def damaged(code: int, data: bytes) -> bool:
            return obey(code, data.replace(b"1", b"9"))

        r.console._obey = damaged  # type: ignore[method-assign]  # the place for a fault
        with pytest.raises(Timeout, match="target is 9 %"):
            await r.raises(10)
        await r.reads(2)
        assert ("incline", 90) in r.pressed()
        assert r.commands == ["a430303130"]


@pytest.mark.parametrize("variant", ["trackmaster", "woodway"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_of_the_line_costs_a_reading_at_most_and_the_next_is_true(
    tmp_path: Path, variant: str, fault: str
) -> None:
    async with rig(tmp_path, variant) as r:
        await r.connects()
        await r.walks(700, 10)
        before = len(r.readings())
        for _ in range(4):
            r.machine.fault(fault, 1)
            reading = await r.reads(4)
            assert (reading.speed, reading.incline) == (692, 10)
        # a flipped bit may make another number near the true one, and nobody can tell; none that leaps is taken
        assert all(one.incline is None or abs(one.incline - 10) <= 10 for one in r.readings()[before:])
        assert r.commands == []


async def test_an_answer_that_comes_late_ends_no_other_question(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks(700)
        r.machine.fault("delay", 1)
        await until(lambda: r.machine._held != [])
        r.console.treadmill.place(speed=780)
        count = len(r.readings())
        await r.reads(4)
        assert {reading.speed for reading in r.readings()[count + 1 :]} == {772}
        assert r.driver.odd.counts["on the line: an answer to nothing asked"] >= 1


class TestWatched:
    """A belt that stops when its host falls silent: all talk ends at once, and does not begin again."""

    async def test_it_was_so_before_we_came(self, tmp_path: Path) -> None:
        async with rig(tmp_path) as r:
            r.console.heard(b"\xa0")
            r.start()
            error = await r.ended()
            assert isinstance(error, Unsupported)
            assert "restart inclined" in str(error)
            assert r.machine.got == b"\xc0"  # the one byte that told us
            r.said.clear()
            await self.it_says_nothing_more(r)
            assert r.said == []

    async def test_it_becomes_so_while_we_poll(self, tmp_path: Path) -> None:
        async with rig(tmp_path, profile="watched") as r:
            await r.connects()
            r.console.press(Key.START)
            assert isinstance(await r.ended(), Unsupported)
            assert r.machine.got.endswith(b"\xc0")
            await self.it_says_nothing_more(r)
            r.passes(5_000)
            assert r.console.treadmill.belt is Belt.IDLE

    async def test_it_becomes_so_right_before_a_raise(self, tmp_path: Path) -> None:
        async with rig(tmp_path) as r:
            await r.connects()
            await r.walks()
            r.console.watched = True
            with pytest.raises((Unsupported, Withdrawn)):
                await r.raises(5)
            assert isinstance(await r.ended(), Unsupported)
            assert r.commands == []
            await self.it_says_nothing_more(r)

    async def test_a_woodway_says_that_its_time_was_over(self, tmp_path: Path) -> None:
        async with rig(tmp_path, "woodway", times=PATIENT) as r:
            await r.connects()
            answer = r.console.heard
            r.console.heard = lambda command: b"\xbd"[: len(command)]  # type: ignore[method-assign]  # its own word
            assert isinstance(await r.ended(), Unsupported)
            r.console.heard = answer  # type: ignore[method-assign]  # as it was
            await self.it_says_nothing_more(r)

    async def it_says_nothing_more(self, r: Rig) -> None:
        before = len(r.machine.got)
        opened = r.machine.line.taken
        r.start()
        assert isinstance(await r.ended(), Unsupported)
        await asyncio.sleep(0.01)
        assert len(r.machine.got) == before
        assert r.machine.line.taken == opened


async def test_a_deck_that_stops_short_is_seen_and_not_sent_again(tmp_path: Path) -> None:
    """The driver corrects nothing by itself: what was read is what the policy decides on."""
    async with rig(tmp_path) as r:
        r.console.treadmill = Treadmill(Build(lift_ramp=0))
        await r.connects()
        await r.walks()
        await r.raises(5)
        r.passes(20_000)
        assert (await r.reads(3)).incline == 0
        assert r.commands == ["a430303035"]


def test_digits_of_a_number() -> None:
    assert digits(60, "0") == b"0060"
    assert digits(-3) == b"0000"


@pytest.mark.parametrize(
    "spec", ["trackmaster:/dev/serial0", "trackmaster:/dev/serial0?units=knots", "woodway:/dev/serial0?units=x"]
)
def test_a_console_whose_unit_is_not_told_is_not_guessed(spec: str) -> None:
    with pytest.raises(Unsupported, match=r"must say what its console shows: .*\?units=mph, or units=kmh"):
        make(spec, now=lambda: 0)


async def test_the_registry_makes_it_and_it_can_be_recorded(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        lines: list[str] = []
        passed: list[str] = []
        said: list[object] = []
        driver = make(
            f"trackmaster:{r.name}?units=mph",
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
        assert any('"write"' in line and "c2" in line for line in lines)
        (tmp_path / "walk.jsonl").write_text("".join(lines), encoding="utf-8")
        with pytest.raises(Unsupported, match="not be played back"):
            make(f"replay:{tmp_path / 'walk.jsonl'}", now=r.clock)
