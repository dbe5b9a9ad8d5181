"""FTMS on a serial line: the real link and port on a pty, the simulated treadmill at its end, faults between them."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from drivers.contract import Ability, LinkLost, Machine, Reading, Refused, Timeout, Unsupported, Withdrawn
from drivers.ftms.driver import ftms_driver
from drivers.ftms.gate import gate
from drivers.ftms.uart.link import UartLink
from drivers.registry import make
from drivers.simulated.framing import Message, pack
from drivers.simulated.ftms import DEVICE_INFORMATION, FtmsServer
from drivers.simulated.line import FAULTS
from drivers.simulated.profile import PROFILES
from drivers.simulated.uart import SerialTreadmill
from drivers.transports.replay import ReplayLink
from drivers.transports.serial import SerialPort
from tests.drivers.pty import far_end, until, until_taken, yes, yes_and

POINT, DATA, RANGE = 0x2AD9, 0x2ACD, 0x2AD5


@dataclass
class Heard:
    """A contract.Listener that keeps what it hears."""

    values: list[tuple[int, bytes]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def heard(self, channel: int, data: bytes, /) -> None:
        self.values.append((channel, data))
        self.news.set()

    def lost(self, reason: str, /) -> None:
        self.reasons.append(reason)
        self.news.set()


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 0

    def __call__(self) -> int:
        return self.at


@dataclass
class Rig:
    """A treadmill whose time stands until `passes` is called, and a link to it."""

    machine: SerialTreadmill
    link: UartLink
    clock: Hands
    ear: Heard = field(default_factory=Heard)

    def passes(self, ms: int) -> None:
        self.clock.at += ms
        self.machine.catch_up()

    async def hears(self, count: int) -> list[tuple[int, bytes]]:
        async with asyncio.timeout(5):
            while len(self.ear.values) < count:
                await self.ear.news.wait()
                self.ear.news.clear()
        return self.ear.values

    async def answer(self, command: bytes) -> bytes:
        """Write to the control point and return what it indicates."""
        before = len(self.ear.values)
        await self.link.write(POINT, command, yes)
        self.passes(30)
        channel, data = (await self.hears(before + 1))[before]
        assert channel == POINT
        return data


@asynccontextmanager
async def rig(tmp_path: Path, *armed: Ability, profile: str = "normal", answer_s: float = 0.5) -> AsyncIterator[Rig]:
    clock = Hands()
    name = tmp_path / "treadmill"
    machine = SerialTreadmill(FtmsServer(profile=PROFILES[profile]), now=clock, link=name, by_hand=True)
    link = UartLink(SerialPort(str(name), 115_200), gate(armed), answer_s=answer_s)
    await machine.power_on()
    try:
        yield Rig(machine, link, clock)
    finally:
        await link.close()
        machine.line.unplug()


async def test_discover_read_subscribe_write_and_be_told(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        assert await r.link.open(r.ear) == set(r.machine.server.characteristics) | set(DEVICE_INFORMATION)
        assert await r.link.read(RANGE) == bytes.fromhex("00 00 96 00 05 00")
        assert await r.link.read(0x2A29) == b"Inclined"
        await r.link.subscribe(POINT)
        assert await r.answer(b"\x00") == b"\x80\x00\x01"
        assert await r.answer(b"\x03\x0a\x00") == b"\x80\x03\x01"
        assert [written.data for written in r.machine.server.writes] == [b"\x00", b"\x03\x0a\x00"]
        await r.link.subscribe(DATA)
        r.passes(250)
        assert (await r.hears(3))[2][0] == DATA
        assert not r.link.odd.counts


async def test_the_gate_stands_right_before_the_bytes(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.link.open(r.ear)
        await r.link.subscribe(POINT)
        asked: list[int] = []
        for command in (b"\x07", b"\x01", b"\x02\x58\x02", b"\x08\x01", b""):
            with pytest.raises(Unsupported, match="nothing was sent"):
                await r.link.write(POINT, command, yes_and(lambda: asked.append(1)))
        with pytest.raises(Unsupported, match="not the control point"):
            await r.link.write(RANGE, b"\x00", yes)
        with pytest.raises(Withdrawn):
            await r.link.write(POINT, b"\x00", lambda: False)
        assert asked == []
        assert await r.link.read(RANGE)  # the line still works
        assert r.machine.server.writes == []
        assert r.machine.gateway.bad == 0


async def test_what_was_armed_may_be_sent(tmp_path: Path) -> None:
    async with rig(tmp_path, Ability.STOP) as r:
        await r.link.open(r.ear)
        await r.link.subscribe(POINT)
        await r.link.write(POINT, b"\x08\x01", yes)
        assert len(r.machine.server.writes) == 1


async def test_what_the_gateway_refuses(tmp_path: Path) -> None:
    async with rig(tmp_path, profile="no-range") as r:
        await r.link.open(r.ear)
        with pytest.raises(Unsupported, match="2ad5"):
            await r.link.read(RANGE)
        with pytest.raises(Unsupported, match="cannot do that"):
            await r.link.read(DATA)
        with pytest.raises(Unsupported, match="cannot do that"):
            await r.link.subscribe(0x2ACC)
        with pytest.raises(Refused, match="subscribe, comes first"):
            await r.link.write(POINT, b"\x00", yes)
        await r.machine.hang_up()
        with pytest.raises(Refused, match="discover"):
            await r.link.read(0x2ACC)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "delay"])
async def test_a_question_survives_a_fault_of_the_line(tmp_path: Path, fault: str) -> None:
    async with rig(tmp_path, answer_s=0.15) as r:
        await r.link.open(r.ear)
        for _ in range(5):
            r.machine.fault(fault, 1)
            assert await r.link.read(RANGE) == bytes.fromhex("00 00 96 00 05 00")


async def test_a_late_answer_ends_no_other_question(tmp_path: Path) -> None:
    async with rig(tmp_path, answer_s=0.3) as r:
        await r.link.open(r.ear)
        r.machine.fault("delay", 1)
        assert await r.link.read(RANGE) == bytes.fromhex("00 00 96 00 05 00")
        assert await r.link.read(0x2A29) == b"Inclined"
        async with asyncio.timeout(5):
            while not r.link.odd.counts["on the line: an answer to nothing asked"]:
                await r.link.read(0x2A29)
        assert r.link.odd.counts["on the line: no answer, asked again"] == 1


@pytest.mark.parametrize("fault", ["drop", "flip", "truncate"])
async def test_a_write_whose_answer_is_lost_is_unknown_and_not_sent_again(tmp_path: Path, fault: str) -> None:
    async with rig(tmp_path, answer_s=0.15) as r:
        await r.link.open(r.ear)
        await r.link.subscribe(POINT)
        r.machine.fault(fault, 1)
        with pytest.raises(Timeout, match="did not answer"):
            await r.link.write(POINT, b"\x00", yes)
        assert await r.link.read(RANGE)
        assert [written.data for written in r.machine.server.writes] == [b"\x00"]


async def asked(r: Rig, what: str) -> None:
    """Wait for an answer that will not come."""
    if what == "read":
        await r.link.read(RANGE)
    elif what == "subscribe":
        await r.link.subscribe(DATA)
    else:
        await r.link.write(POINT, b"\x00", yes)


@pytest.mark.parametrize(("what", "ends"), [("read", LinkLost), ("subscribe", LinkLost), ("write", Timeout)])
async def test_unplugged_while_an_answer_is_awaited(tmp_path: Path, what: str, ends: type[Exception]) -> None:
    async with rig(tmp_path, answer_s=30) as r:  # the loss ends the wait, not the time
        for _ in range(2):  # and once more after it came back
            await r.link.open(r.ear)
            await r.link.subscribe(POINT)
            before, r.machine.line.deaf = r.machine.line.taken, True
            waiting = asyncio.create_task(asked(r, what))
            await until(lambda before=before: r.machine.line.taken > before)  # type: ignore[misc]  # a default for B023
            await r.machine.walk_away()
            with pytest.raises(ends, match="unplugged"):
                await asyncio.wait_for(waiting, 5)
            with pytest.raises(LinkLost):
                await r.link.read(RANGE)
            await r.link.close()
            assert len(r.ear.reasons) == 1
            r.ear.reasons.clear()
            r.machine.line.deaf = False
            await r.machine.power_on()
        assert r.machine.server.writes == []


async def test_unplugged_while_nothing_is_awaited(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.link.open(r.ear)
        await r.machine.walk_away()
        await until(lambda: bool(r.ear.reasons))
        with pytest.raises(LinkLost, match="unplugged"):
            await r.link.read(RANGE)


async def test_unplugged_in_the_discover_is_a_link_to_try_again(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        r.machine.line.deaf = True
        opening = asyncio.create_task(r.link.open(r.ear))
        await until(lambda: r.machine.line.taken > 0)
        await r.machine.walk_away()
        with pytest.raises(LinkLost, match="unplugged"):
            await asyncio.wait_for(opening, 5)
        r.machine.line.deaf = False
        await r.machine.power_on()
        assert POINT in await r.link.open(r.ear)


async def test_a_gateway_without_its_treadmill_is_told_and_tried_again(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        r.machine.gateway.alone = True
        with pytest.raises(LinkLost, match="is it switched on"):
            await r.link.open(r.ear)
        r.machine.gateway.alone = False
        assert POINT in await r.link.open(r.ear)


async def test_a_new_session_forgets_control_and_subscriptions(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        await r.link.open(r.ear)
        await r.link.subscribe(POINT)
        assert await r.answer(b"\x00") == b"\x80\x00\x01"
        await r.link.close()
        await r.link.open(r.ear)
        assert not r.machine.server.controlled
        with pytest.raises(Refused):
            await r.link.write(POINT, b"\x00", yes)


async def scolded(answer: bytes | None) -> str:
    """Return what open says of a far end that sends this for whatever it is asked; None: our own bytes."""
    with far_end() as end:
        link = UartLink(SerialPort(end.name, 9_600), gate(), answer_s=0.03)
        loop = asyncio.get_running_loop()

        def speak() -> None:
            data = end.take()
            os.write(end.ours, data if answer is None else answer)

        loop.add_reader(end.ours, speak)
        try:
            with pytest.raises(LinkLost) as lost:
                await link.open(Heard())
        finally:
            loop.remove_reader(end.ours)
        return str(lost.value)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "is silent"),
        (b"\xff\x00\x13garbage\x00", "is 9600 its speed"),
        (None, "joined to itself"),
        (pack(Message.NOTIFY, 0, 0, DATA, b"\0\0\0\0"), "answers nothing"),
        (bytes.fromhex("04 02 06 01 03 cd 2a 03 00 00 00"), "is 9600 its speed"),
    ],
)
async def test_a_line_without_a_gateway_is_told_by_what_it_says(answer: bytes | None, words: str) -> None:
    assert words in await scolded(answer)


async def test_a_request_is_bit_for_bit_as_on_the_page() -> None:
    with far_end() as end:
        link = UartLink(SerialPort(end.name, 115_200), gate(), answer_s=0.02)
        link._seq = 0
        with pytest.raises(LinkLost, match="is silent"):
            await link.open(Heard())
        assert (await until_taken(end, 11))[:11].hex(" ") == "00 04 01 02 01 01 01 03 87 79 00"


async def test_the_registry_makes_a_driver_that_hears_it_and_can_be_recorded(tmp_path: Path) -> None:
    async with rig(tmp_path) as r:
        said: list[object] = []
        news = asyncio.Event()

        def sink(word: object) -> None:
            said.append(word)
            news.set()

        passed: list[str] = []
        lines: list[str] = []
        driver = make(
            f"ftms-uart:{tmp_path / 'treadmill'}",
            now=r.clock,
            tap=lambda way, data: passed.append(way),
            record=lines.append,
        )
        running = asyncio.create_task(driver.run(sink))
        async with asyncio.timeout(5):
            while not ('"subscribe", "ch": "2acd"' in "".join(lines[:-1]) and isinstance(said[-1], Reading)):
                r.passes(250)
                await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert isinstance(said[0], Machine)
        assert Ability.RAISE_INCLINE in said[0].abilities
        assert set(passed) == {"<", ">"}
        again: list[object] = []
        with pytest.raises(LinkLost):
            await ftms_driver(ReplayLink(lines), now=r.clock).run(again.append)
        assert isinstance(again[0], Machine)
        assert isinstance(again[1], Reading)
        assert (again[0].maker, again[0].incline) == (said[0].maker, said[0].incline)
