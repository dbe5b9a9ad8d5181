"""A link whose machine does what a test says: values to read, answers to writes, bytes when the test wants them."""

import asyncio
from collections.abc import Callable, Iterable
from typing import override

import pytest

from drivers.contract import DriverError, LinkLost, Listener, Permit, Refused, Said, Timeout, Withdrawn
from drivers.ftms.driver import FtmsDriver
from drivers.ftms.uart.link import UartLink
from drivers.simulated.framing import Message, Request, Response, Unpacker, pack
from drivers.transports.stream import StreamListener

DATA, STATUS, TRAINING, POINT = 0x2ACD, 0x2ADA, 0x2AD3, 0x2AD9
WHOLE: dict[int, bytes | DriverError] = {
    0x2ACC: bytes.fromhex("5c 16 00 00 03 02 00 00"),
    0x2AD4: bytes.fromhex("50 00 08 07 0a 00"),
    0x2AD5: bytes.fromhex("e2 ff 96 00 05 00"),
    0x2A29: b"Maker\0\0",
    0x2A24: b"WLT8266M\0",
    TRAINING: bytes.fromhex("01 0d"),
}
"""What a machine that does everything right has to read."""
WALK = "0c 00 2c 01 0a 00 00 0a 00 ff 7f"
"""3.00 km/h, 10 m, 1.0 %."""


class ScriptedLink:
    """A contract.Link; `written`, `subscribed`, `opens` and `closes` tell what a driver did to it."""

    open_limit = 40.0

    def __init__(
        self,
        values: dict[int, bytes | DriverError] | None = None,
        extra: Iterable[int] = (DATA, STATUS, POINT),
        answer: Callable[[bytes], Iterable[str]] = lambda command: (f"80 {command[0]:02x} 01",),
    ) -> None:
        self.values = WHOLE if values is None else values
        self.channels = frozenset({*self.values, *extra})
        self.answer = answer
        self.refused: dict[int, DriverError] = {}
        self.write_error: DriverError | None = None
        self.before_write: Callable[[], None] = lambda: None
        self.written: list[str] = []
        self.subscribed: list[int] = []
        self.opens = self.closes = 0
        self.listener: Listener | None = None
        self.ready = asyncio.Event()
        self.wrote = asyncio.Event()

    async def open(self, listener: Listener, /) -> frozenset[int]:
        self.opens += 1
        self.listener = listener
        return self.channels

    async def subscribe(self, channel: int, /) -> None:
        if error := self.refused.get(channel):
            raise error
        self.subscribed.append(channel)
        if channel in {DATA, 0}:
            self.ready.set()

    async def read(self, channel: int, /) -> bytes:
        value = self.values[channel]
        if isinstance(value, DriverError):
            raise value
        return value

    async def write(self, channel: int, data: bytes, permit: Permit, /) -> None:
        self.before_write()
        await asyncio.sleep(0)
        if not permit():
            raise Withdrawn("withdrawn")
        self.written.append(f"{channel:04x}: {data.hex(' ')}")
        self.wrote.set()
        if self.write_error:
            raise self.write_error
        for answer in self.answer(data):
            self.say(POINT, answer)

    async def close(self) -> None:
        self.closes += 1
        self.listener = None

    def say(self, channel: int, data: str) -> None:
        assert self.listener
        self.listener.heard(channel, bytes.fromhex(data))

    def lose(self, reason: str = "hung up") -> None:
        assert self.listener
        self.listener.lost(reason)


class ScriptedUart(ScriptedLink):
    """The same machine behind a gateway on a line without delay, reached by the real UartLink."""

    name = "the line"
    speed = 115_200
    open_limit = 40.0

    @override
    async def open(self, listener: Listener, /) -> frozenset[int]:
        self._line = UartLink(_Wire(self), lambda channel, data: None, answer_s=0.05)
        await super().open(listener)
        return await self._line.open(listener)

    @override
    async def subscribe(self, channel: int, /) -> None:
        await self._line.subscribe(channel)

    @override
    async def read(self, channel: int, /) -> bytes:
        return await self._line.read(channel)

    @override
    async def write(self, channel: int, data: bytes, permit: Permit, /) -> None:
        await self._line.write(channel, data, permit)

    @override
    async def close(self) -> None:
        await self._line.close()
        await super().close()

    @override
    def say(self, channel: int, data: str) -> None:
        self._line.arrived(pack(Message.NOTIFY, 0, 0, channel, bytes.fromhex(data)))

    @override
    def lose(self, reason: str = "hung up") -> None:
        self._line.lost(reason)


class _Wire:
    """A stream.ByteStream with the scripted machine's gateway at its end, by the simulated gateway's own codec."""

    name, speed, open_limit = "the line", 115_200, 40.0

    def __init__(self, machine: ScriptedUart) -> None:
        self._machine, self._unpacker = machine, Unpacker()

    async def open(self, listener: StreamListener, /) -> None:
        self._listener = listener

    async def write(self, data: bytes, permit: Permit, /) -> None:
        (asked,) = [request for byte in data if (request := self._unpacker.take(byte)) is not None]
        if asked.message == Message.WRITE:
            await ScriptedLink.write(self._machine, asked.uuid, asked.value, permit)
        try:
            value = await self._value(asked)
        except Timeout:
            return
        except DriverError as no:
            response = Response.WRITE_FAILED if isinstance(no, Refused) else Response.NOT_SUPPORTED
            self._listener.arrived(pack(asked.message, asked.seq, response, asked.uuid))
            return
        self._listener.arrived(pack(asked.message, asked.seq, Response.OK, asked.uuid, value))

    async def _value(self, asked: Request) -> bytes:
        if asked.message == Message.DISCOVER:
            return b"".join(channel.to_bytes(2, "little") for channel in sorted(self._machine.channels))
        if asked.message == Message.READ:
            return await ScriptedLink.read(self._machine, asked.uuid)
        if asked.message == Message.SUBSCRIBE:
            await ScriptedLink.subscribe(self._machine, asked.uuid)
        return b""

    async def close(self) -> None:
        pass


@pytest.fixture(autouse=True, params=[ScriptedLink, ScriptedUart], ids=["link", "uart"])
def each_link(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test of the module that imports this on the link itself, and once more on a serial line before it."""
    monkeypatch.setattr(request.module, "ScriptedLink", request.param)


class Running:
    """`async with Running(driver, link) as said`: the driver is connected; what it says is in the list."""

    def __init__(self, driver: FtmsDriver, link: ScriptedLink) -> None:
        self.driver, self.link = driver, link
        self.said: list[Said] = []
        self.ended: DriverError | None = None

    async def __aenter__(self) -> list[Said]:
        self.task = asyncio.create_task(self.driver.run(self.said.append))
        ready = asyncio.create_task(self.link.ready.wait())
        await asyncio.wait((self.task, ready), timeout=5, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(0)
        ready.cancel()
        return self.said

    async def __aexit__(self, *_: object) -> None:
        if self.link.listener and not self.task.done():
            self.link.lose()
        try:
            async with asyncio.timeout(5):
                await self.task
        except LinkLost as lost:
            self.ended = lost


def always() -> bool:
    return True


def never() -> bool:
    return False
