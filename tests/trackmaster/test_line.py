"""A line of the family A0 to DF: unplugged at every wait, silent, full of garbage, joined to itself, slow."""

import asyncio
import time
from pathlib import Path
from random import Random

import pytest

from drivers.contract import LinkLost, Timeout, Withdrawn
from drivers.trackmaster.driver import TRIES, Times
from tests.drivers.pty import far_end, until
from tests.trackmaster.rig import PATIENT, Rig, rig

QUESTIONS = {"trackmaster": (0xC0, 0xC1, 0xC2, 0xC3, 0xC4), "woodway": (0xC0, 0xC1, 0xC2, 0xC3)}
FLOOD_TIMES = Times(poll=0.002, answer=0.05, settle=0.02, silent=0.3)


def pull_at(r: Rig, code: int, turns: int = 1) -> None:
    """Pull the line's plug as this byte arrives for the turns-th time; it is not answered."""
    heard, left = r.console.heard, turns

    def pull(command: bytes) -> bytes:
        nonlocal left
        left -= command[0] == code
        if left or command[0] != code:
            return heard(command)
        r.console.heard = heard  # type: ignore[method-assign]  # as it was
        asyncio.get_running_loop().call_soon(r.machine.line.unplug)
        return b""

    r.console.heard = pull  # type: ignore[method-assign]  # the place for a fault


@pytest.mark.parametrize("turns", [1, 2])
@pytest.mark.parametrize(("variant", "code"), [(name, code) for name, codes in QUESTIONS.items() for code in codes])
async def test_unplugged_while_an_answer_is_awaited_and_back(
    tmp_path: Path, variant: str, code: int, turns: int
) -> None:
    if (variant, code, turns) == ("woodway", 0xC3, 2):
        turns = 1  # the firmware is asked once
    async with rig(tmp_path, variant, times=PATIENT) as r:  # the loss ends the wait, not the time
        pull_at(r, code, turns)
        r.start()
        assert "unplugged" in str(await asyncio.wait_for(r.ended(), 5))
        await r.machine.plug()
        r.said.clear()
        await r.connects()
        assert r.commands == []


async def test_unplugged_after_a_command_left_its_outcome_is_unknown(tmp_path: Path) -> None:
    async with rig(tmp_path, times=PATIENT) as r:
        await r.connects()
        await r.walks()
        pull_at(r, 0xA4)
        with pytest.raises(Timeout, match="had left"):
            await r.raises(5)
        assert isinstance(await r.ended(), LinkLost)
        with pytest.raises(Withdrawn, match="not connected"):
            await r.raises(5)
        await r.machine.plug()
        await r.connects()
        await r.reads(3)
        assert r.machine.got.count(0xA4) == 1  # it was lost on its way, and nobody sent it again


async def test_unplugged_in_the_look_before_a_command_nothing_is_sent(tmp_path: Path) -> None:
    async with rig(tmp_path, times=PATIENT) as r:
        await r.connects()
        await r.walks()
        pull_at(r, 0xC2)
        with pytest.raises(Withdrawn, match="nothing was sent"):
            await r.raises(5)
        assert 0xA4 not in r.machine.got


async def test_unplugged_in_the_reading_back_the_outcome_is_unknown(tmp_path: Path) -> None:
    async with rig(tmp_path, times=PATIENT) as r:
        await r.connects()
        await r.walks()
        r.console.before_command = lambda _: pull_at(r, 0xC4)
        with pytest.raises(Timeout, match="before the treadmill's target could be read"):
            await r.raises(5)
        assert r.commands == ["a430303035"]


async def test_unplugged_while_nothing_is_awaited_and_before_it_is_opened(tmp_path: Path) -> None:
    async with rig(tmp_path, times=Times(poll=30)) as r:
        await r.connects()
        r.machine.line.unplug()
        assert "unplugged" in str(await asyncio.wait_for(r.ended(), 5))
        r.start()
        assert "is not there" in str(await r.ended())


async def test_given_up_in_the_middle_it_leaves_the_port_free(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        for _ in range(3):
            await r.connects()
            await r.stop()
            r.said.clear()


async def test_a_port_that_says_nothing_is_told_and_asked_too_seldom_to_keep_a_belt_going(tmp_path: Path) -> None:
    with far_end() as end:
        async with rig(tmp_path, times=FLOOD_TIMES) as r:
            r.driver._link._stream.name = end.name  # type: ignore[attr-defined]  # this port in place of the other
            r.start()
            assert "is silent: is the treadmill on" in str(await r.ended())
            assert end.take() == b"\xc0" * TRIES
    assert Times().answer + Times().settle > 0.5  # of the real driver: twice the silence that stops a watched belt


async def test_a_line_joined_to_itself_is_told(tmp_path: Path) -> None:
    async with rig(tmp_path, times=FLOOD_TIMES) as r:
        r.console.heard = lambda command: command  # type: ignore[method-assign]  # TxD on RxD
        r.start()
        assert "says what we say" in str(await r.ended())
        assert set(r.machine.got) == {0xC0}


async def test_garbage_at_full_rate_is_bounded_and_told(tmp_path: Path) -> None:
    chance = Random(3)
    async with rig(tmp_path, times=FLOOD_TIMES) as r:
        going = True
        r.console.heard = lambda command: command[:0]  # type: ignore[method-assign]  # nobody who could be understood

        async def flood() -> None:
            while going:
                r.machine.line._put(bytes(b for b in chance.randbytes(64) if b not in (0xD0, 0x32)))
                await asyncio.sleep(0.002)

        flooding = asyncio.create_task(flood())
        r.start()
        assert "says nothing that makes sense: is 4800 its speed" in str(await r.ended())
        going = False
        await flooding
        assert sum(r.driver.odd.counts.values()) > 10
        assert len(r.driver.odd.counts) <= 6  # and each is logged once


async def test_it_falls_silent(tmp_path: Path) -> None:
    async with rig(tmp_path, times=FLOOD_TIMES) as r:
        await r.connects()
        r.machine.line.deaf = True
        assert "fell silent" in str(await r.ended())
        assert set(r.machine.got) <= set(QUESTIONS["trackmaster"])


async def test_unplugged_at_every_await_of_a_raise_nothing_is_sent_twice(tmp_path: Path) -> None:
    """The plug is pulled after so many turns of the loop, for each number there is."""
    async with rig(tmp_path, times=PATIENT) as r:
        for turns in range(0, 60, 3):
            r.said.clear()
            r.console.writes.clear()
            await r.machine.plug()
            await r.connects()
            await r.walks()
            raising = asyncio.create_task(r.raises(5))
            for _ in range(turns):
                await asyncio.sleep(0)
            r.machine.line.unplug()
            (outcome,) = await asyncio.gather(raising, return_exceptions=True)
            assert outcome is None or isinstance(outcome, (Withdrawn, Timeout))
            assert len(r.commands) <= 1
            assert not (isinstance(outcome, Withdrawn) and r.commands)
            assert isinstance(await r.ended(), LinkLost)
            r.console.treadmill.place(speed=0, incline=0)


async def test_bytes_at_the_real_pace(tmp_path: Path) -> None:
    """One poll is five questions and their answers: 5 bytes out and 22 back are 56 ms at 4800 bits a second."""
    async with rig(tmp_path, speed=4_800) as r:
        await r.connects()
        begun, count = time.monotonic(), len(r.readings())
        await r.reads(4)
        took = (time.monotonic() - begun) / (len(r.readings()) - count)
        assert 0.03 < took < 0.25


async def test_bytes_one_by_one_are_the_same_answer(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        whole = r.machine.line._write

        def by_bytes(data: bytes) -> None:
            for byte in data:
                whole(bytes([byte]))

        r.machine.line._write = by_bytes  # type: ignore[method-assign]  # in pieces
        await r.connects()
        await r.walks(700, 10)
        assert (await r.reads(2)).incline == 10


async def test_what_comes_before_the_first_question_is_no_answer(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        r.machine.line.send(b"\xd0\x32")  # of a belt that was watched, long ago
        await until(lambda: r.machine.line.sent == 2)
        machine = await r.connects()
        assert machine.protocol == "trackmaster"
