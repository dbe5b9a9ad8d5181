"""A link whose machine does what a test says: values to read, answers to writes, bytes when the test wants them."""

import asyncio
from collections.abc import Callable, Iterable

from drivers.contract import DriverError, LinkLost, Listener, Permit, Said, Withdrawn
from drivers.ftms.driver import FtmsDriver

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
