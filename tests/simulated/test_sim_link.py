"""The link in memory, held to what drivers.contract promises of a link; time is moved by hand."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from drivers.contract import Link, LinkLost, Refused, Timeout, Unsupported, Withdrawn
from drivers.simulated.build import Key
from drivers.simulated.ftms import FtmsServer
from drivers.simulated.link import SUPERVISION_MS, SimulatedLink
from drivers.simulated.profile import PROFILES

DATA, CONTROL = 0x2ACD, 0x2AD9


class Scene:
    """A link, its clock and its listener."""

    def __init__(self, server: FtmsServer | None = None, at: int = 1_000_000) -> None:
        self.at = at
        self.heard_: list[tuple[int, int, bytes]] = []
        self.reasons: list[str] = []
        self.link = SimulatedLink(server, now=lambda: self.at, by_hand=True)
        self.as_link: Link = self.link  # type-checked against the contract

    def heard(self, channel: int, data: bytes, /) -> None:
        self.heard_.append((self.at, channel, data))

    def lost(self, reason: str, /) -> None:
        self.reasons.append(reason)

    def wait(self, ms: int) -> None:
        for _ in range(ms // 10):
            self.at += 10
            self.link.catch_up()

    async def open(self, *channels: int) -> frozenset[int]:
        found = await self.link.open(self)
        for channel in channels:
            await self.link.subscribe(channel)
        return found


async def test_open_subscribe_hear_and_close() -> None:
    scene = Scene()
    assert {0x2ACC, DATA, CONTROL, 0x2A29} <= await scene.open(DATA)
    assert scene.heard_ == []
    scene.wait(1_000)
    assert [at for at, _, _ in scene.heard_] == [1_000_250, 1_000_500, 1_000_750, 1_001_000]
    assert len(await scene.link.read(0x2ACC)) == 8
    await scene.link.close()
    scene.wait(1_000)
    assert (len(scene.heard_), scene.reasons) == (4, [])


async def test_a_write_asks_the_permit_last_and_is_answered() -> None:
    scene = Scene()
    await scene.open(CONTROL)
    with pytest.raises(Withdrawn):
        await scene.link.write(CONTROL, b"\x00", lambda: False)
    assert scene.link.server.writes == []
    await scene.link.write(CONTROL, b"\x00", lambda: True)
    assert scene.heard_ == []
    scene.wait(50)
    assert [(c, d.hex()) for _, c, d in scene.heard_] == [(CONTROL, "800001")]


async def test_the_permit_is_asked_after_the_wait() -> None:
    scene, allowed = Scene(), True
    await scene.open(CONTROL)
    writing = asyncio.create_task(scene.link.write(CONTROL, b"\x00", lambda: allowed))
    await asyncio.sleep(0)  # the write is on its way
    allowed = False
    with pytest.raises(Withdrawn):
        await writing


async def test_att_errors_and_unknown_channels() -> None:
    scene = Scene(FtmsServer(profile=PROFILES["no-range"], at=1_000_000))
    await scene.open()
    with pytest.raises(Refused, match="FD"):
        await scene.link.write(CONTROL, b"\x00", lambda: True)
    for call in (scene.link.read, scene.link.subscribe):
        with pytest.raises(Unsupported, match="2AD5"):
            await call(0x2AD5)
    with pytest.raises(Unsupported):
        await scene.link.read(DATA)


async def test_a_hang_up_is_told_once_and_the_link_opens_again() -> None:
    scene = Scene()
    for n in range(1, 6):
        await scene.open(DATA)
        scene.wait(250)
        scene.link.drop()
        assert (len(scene.heard_), len(scene.reasons)) == (n, n)
        with pytest.raises(LinkLost):
            await scene.link.read(0x2ACC)


async def test_a_pulled_plug_is_silent_then_lost() -> None:
    scene = Scene()
    scene.link.server.treadmill.place(speed=800)
    await scene.open(DATA, CONTROL)
    scene.link.plug_pulled()
    calls: list[tuple[Callable[[], Awaitable[object]], type[Exception]]] = [
        (lambda: scene.link.write(CONTROL, b"\x00", lambda: True), Timeout),
        (lambda: scene.link.read(0x2ACC), LinkLost),
    ]
    running = [(asyncio.ensure_future(call()), error) for call, error in calls]
    for _ in range(3):
        await asyncio.sleep(0)
    scene.wait(SUPERVISION_MS - 10)
    assert (scene.heard_, scene.reasons) == ([], [])
    scene.wait(10)
    assert len(scene.reasons) == 1
    for task, error in running:
        with pytest.raises(error):
            await task
    with pytest.raises(LinkLost, match="no power"):
        await scene.open()
    assert not await scene.link.slot_free()
    scene.link.power_on()
    await scene.open()
    assert scene.link.server.treadmill.speed == 0


async def test_the_one_slot() -> None:
    scene = Scene()
    assert await scene.link.slot_free()
    scene.link.taken = True
    assert not await scene.link.slot_free()
    with pytest.raises(LinkLost, match="in use"):
        await scene.open()
    scene.link.taken = False
    await scene.open()
    assert not await scene.link.slot_free()
    with pytest.raises(LinkLost, match="already"):
        await scene.open()


async def test_five_virtual_minutes_then_on_from_now_without_a_gap() -> None:
    server = FtmsServer(at=700_000)
    server.press(Key.START)
    server.advance_to(1_000_000)
    scene = Scene(server)
    await scene.open(DATA)
    scene.wait(1_000)
    elapsed = [int.from_bytes(d[11:13], "little") for _, _, d in scene.heard_]
    assert elapsed == [297, 297, 297, 298]


async def test_a_profile_that_drops_tells_the_listener() -> None:
    scene = Scene(FtmsServer(profile=PROFILES["drops"], at=1_000_000))
    await scene.open()
    scene.wait(30_000)
    assert scene.reasons == ["the treadmill ended the link"]


async def test_its_own_clock_tells_and_ends_with_the_link() -> None:
    got, before = asyncio.Event(), asyncio.all_tasks()

    class Ear:
        def heard(self, _channel: int, _data: bytes, /) -> None:
            got.set()

        def lost(self, _reason: str, /) -> None: ...

    link = SimulatedLink(now=lambda: time.monotonic_ns() // 1_000_000)
    await link.open(Ear())
    await link.subscribe(DATA)
    await asyncio.wait_for(got.wait(), 5)
    link.drop()
    await link.open(Ear())
    await link.close()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
