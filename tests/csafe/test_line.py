"""A CSAFE line that is unplugged at every wait, silent, taken, full of garbage, joined to itself, or slow."""

import asyncio
import os
import time
from pathlib import Path
from random import Random

import pytest

from drivers.contract import LinkLost, Machine, Reading, Timeout, Withdrawn
from drivers.csafe.frames import encode
from drivers.simulated.csafe.profile import SILENT
from tests.csafe.rig import Rig, rig, until
from tests.drivers.pty import far_end

FRAMES = {
    "the first empty frame": "f100f2",
    "who it is": "f19191f2",
    "a poll": "f1a0a1a5a80cf2",
    "a command": "f1280305004c62f2",
}


def pull_at(r: Rig, frame: str) -> None:
    """Pull the line's plug as this frame arrives, once; it is not answered."""
    heard = r.console.heard

    def pull(contents: bytes) -> bytes | None:
        if encode(contents).hex() != frame or r.machine.line.port is None:
            return heard(contents)
        r.console.heard = heard  # type: ignore[method-assign]  # as it was
        asyncio.get_running_loop().call_soon(r.machine.line.unplug)
        return None

    r.console.heard = pull  # type: ignore[assignment, method-assign]  # the place for a fault


@pytest.mark.parametrize("where", ["the first empty frame", "who it is", "a poll"])
async def test_unplugged_while_an_answer_is_awaited_and_back(tmp_path: Path, where: str) -> None:
    async with rig(tmp_path, times=(0.002, 30, 60)) as r:  # the loss ends the wait, not the time
        for _ in range(2):
            pull_at(r, FRAMES[where])
            r.start()
            assert "unplugged" in str(await asyncio.wait_for(r.ended(), 5))
            await r.machine.plug()
            r.said.clear()
            await r.connects()
            await r.stop()
        assert r.commands == []


async def test_unplugged_after_a_command_left_its_outcome_is_unknown(tmp_path: Path) -> None:
    async with rig(tmp_path, times=(0.002, 30, 60)) as r:
        await r.connects()
        await r.walks()
        pull_at(r, FRAMES["a command"])
        with pytest.raises(Timeout, match="had left"):
            await r.raises(5)
        assert isinstance(await r.ended(), LinkLost)
        with pytest.raises(Withdrawn, match="not connected"):
            await r.raises(5)
        await r.machine.plug()
        await r.connects()
        await r.reads(3)
        assert r.commands == []  # it was lost on its way, and nobody sent it again


async def test_unplugged_in_the_look_before_a_command_nothing_is_sent(tmp_path: Path) -> None:
    async with rig(tmp_path, times=(0.002, 30, 60)) as r:
        await r.connects()
        await r.walks()
        pull_at(r, FRAMES["a poll"])
        with pytest.raises(Withdrawn, match="nothing was sent"):
            await r.raises(5)
        assert b"\x28" not in r.sent


async def test_unplugged_in_the_permit_nothing_is_sent(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        await r.walks()

        def permit() -> bool:
            r.machine.line.unplug()
            return True

        with pytest.raises((Withdrawn, Timeout)):  # the port is handed the bytes, and has nobody to give them to
            await r.raises(5, permit)
        assert r.commands == []


async def test_unplugged_while_nothing_is_awaited(tmp_path: Path) -> None:
    async with rig(tmp_path, times=(30, 1, 60)) as r:
        await r.connects()
        r.machine.line.unplug()
        assert "unplugged" in str(await asyncio.wait_for(r.ended(), 5))


async def test_unplugged_before_it_is_opened(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        r.machine.line.unplug()
        r.start()
        assert "is not there" in str(await r.ended())


async def test_given_up_in_the_middle_it_leaves_the_port_free(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        for _ in range(3):
            await r.connects()
            await r.stop()
            r.said.clear()


async def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.connects()
        (tmp_path / "two").mkdir()
        async with rig(tmp_path / "two") as other:
            other.driver._link._stream.name = str(r.name)  # type: ignore[attr-defined]  # the same port for both
            other.start()
            assert "held by another program" in str(await other.ended())
        assert (await r.reads()).speed == 0


async def test_a_silent_console_is_a_normal_fault_with_the_way_on(tmp_path: Path) -> None:
    async with rig(tmp_path, SILENT, times=(0.002, 0.03, 1)) as r:
        r.start()
        said = str(await r.ended())
        assert "is silent: is CSAFE switched on" in said
        assert set(bytes(r.sent).split(b"\xf1")) == {b"", b"\x00\xf2"}  # it was asked for its status and for no more


async def test_a_console_that_falls_silent_ends_the_link(tmp_path: Path) -> None:
    async with rig(tmp_path, times=(0.002, 0.05, 0.3)) as r:
        await r.connects()
        r.machine.line.deaf = True
        assert "fell silent: no answer for 0.3 s" in str(await r.ended())


async def ended_by(folder: Path, answer: bytes | None, times: int = 1) -> str:
    """Return what is said of a far end that sends this for whatever it is sent; None: our own bytes."""
    async with rig(folder, times=(0.002, 0.03, 1)) as r:
        r.machine.line.unplug()
        with far_end() as end:
            r.name.symlink_to(end.name)
            loop = asyncio.get_running_loop()

            def speak() -> None:
                data = end.take()
                os.write(end.ours, data if answer is None else answer * times)

            loop.add_reader(end.ours, speak)
            try:
                r.start()
                return str(await r.ended())
            finally:
                loop.remove_reader(end.ours)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"\xff\x00\x13garbage\x00", "is 9600 its speed"),
        (encode(b"\x05")[:-1], "is 9600 its speed"),
        (encode(b"\x05\xa5\x00"), "talks, yet answers nothing"),
        (bytes.fromhex("f0 fd 00 80 80 f2"), "is 9600 its speed"),
        (None, "joined to itself"),
    ],
)
async def test_a_line_without_a_console_is_told_by_what_it_says(
    tmp_path: Path, answer: bytes | None, words: str
) -> None:
    assert words in await ended_by(tmp_path, answer)


async def test_garbage_at_full_rate_ends_the_link(tmp_path: Path) -> None:
    """As a console at another speed sounds: all bytes, without an end, at the line's own rate."""
    async with rig(tmp_path, speed=9_600, times=(0.002, 0.3, 0.5)) as r:
        await r.connects()
        r.machine.line.deaf = True
        r.machine.line._put(Random(3).randbytes(10_000))
        assert "fell silent" in str(await r.ended())
        assert 0 < len(r.driver.odd.counts) < 20


async def test_garbage_far_faster_than_any_line_is_passed_over_and_moves_nothing(tmp_path: Path) -> None:
    """One frame of noise in 256 is well made by chance: some are a status, none of them a reading that is true."""
    noise = Random(5).randbytes(400_000)
    async with rig(tmp_path, times=(0.002, 0.1, 5)) as r:
        await r.connects()
        count = len(r.readings())
        r.machine.line.deaf = True
        for at in range(0, len(noise), 2_000):
            r.machine.line._put(noise[at : at + 2_000])
            await asyncio.sleep(0.001)
        assert {(said.speed, said.incline) for said in r.readings()[count:]} <= {(0, 0), (None, None)}
        assert len(r.driver.odd.counts) < 20
        r.machine.line.deaf = False
        assert (await r.reads(2)).speed == 0
        assert r.commands == []


async def test_at_the_real_speed_of_9600_it_reads_four_times_a_second(tmp_path: Path) -> None:
    """Bytes in both directions take their time here: about 34 of them a poll, a ms each."""
    async with rig(tmp_path, speed=9_600, times=(0.25, 1.2, 10)) as r:
        await r.connects()
        began = time.monotonic()
        await r.reads(8)
        took = time.monotonic() - began
        assert 1.5 <= took <= 4
        assert r.machine.bad == 0
        assert set(r.driver.odd.counts) <= {"on the line: noise"}  # the end of a frame that was under way at the open


async def test_the_machine_is_told_before_anything_else(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        r.machine.line.send(b"\xf1\x08\x08\xf2" * 3)
        await r.connects()
        r.console._volunteer()
        await r.reads(2)
        assert isinstance(r.said[0], Machine)
        assert isinstance(r.said[1], Reading)
        await until(lambda: len(r.said) > 3)
