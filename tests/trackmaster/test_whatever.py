"""Whatever the driver is asked, whatever the line does and whatever the member presses: what leaves is on the list."""

import asyncio
import contextlib
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import DriverError, RaisesIncline
from drivers.simulated.build import Key
from drivers.simulated.line import FAULTS
from drivers.simulated.trackmaster.codec import Taker, value_of
from drivers.simulated.trackmaster.profile import PROFILES
from drivers.trackmaster.driver import Times
from tests.trackmaster.rig import Rig, rig

QUESTIONS = {"trackmaster": {0xC0, 0xC1, 0xC2, 0xC3, 0xC4}, "woodway": {0xC0, 0xC1, 0xC2, 0xC3}}
KINDS = [(variant, profile) for variant, profiles in PROFILES.items() for profile in profiles]
DOINGS = st.one_of(
    st.tuples(st.just("raise"), st.integers(-50, 400) | st.sampled_from([5, 10, 15, 20])),
    st.tuples(st.just("key"), st.sampled_from([*Key, Key.START, Key.INCLINE_UP])),
    st.tuples(st.just("fault"), st.sampled_from([fault for fault in FAULTS if fault != "delay"])),
    st.tuples(st.just("pass"), st.sampled_from([250, 4_000, 20_000])),
    st.tuples(st.just("refuse"), st.just(5)),
    st.tuples(st.just("watch"), st.just(0)),
)


async def do(r: Rig, what: str, value: object) -> None:
    driver = r.driver
    match what, value:
        case "raise", int(target) if isinstance(driver, RaisesIncline):
            await driver.raise_incline(target, lambda: True)
        case "refuse", int(target) if isinstance(driver, RaisesIncline):
            await driver.raise_incline(target, lambda: False)
        case "key", Key() as key:
            r.console.press(key)
        case "fault", str(kind):
            r.machine.fault(kind, 1)
        case "watch", _:
            r.console.watched = True
        case "pass", int(ms):
            r.passes(ms)


async def play(folder: Path, kind: tuple[str, str], doings: list[tuple[str, object]]) -> None:
    variant, profile = kind
    async with rig(folder, variant, profile, times=Times(0.001, 0.03, 0.01, 5.0)) as r:
        r.start()
        wrong: list[str] = []

        def check(command: bytes) -> None:
            mill, target = r.console.treadmill, value_of(command[1:])
            rises = target is not None and target > mill.incline
            runs = variant == "woodway" or r.console._value(0xC0) == b"3"
            if command[0] != 0xA4 or not rises or not runs:
                wrong.append(f"{command.hex(' ')} at {mill.incline} with belt {mill.belt.value}")

        r.console.before_command = check
        for what, value in doings:
            with contextlib.suppress(DriverError):
                await do(r, what, value)
            await asyncio.sleep(0.003)
        await r.stop()
        taker = Taker({0xA4: 4})
        left = [said for byte in r.machine.got if (said := taker.take(byte)) is not None]
        assert all(one[0] in QUESTIONS[variant] or one[0] == 0xA4 for one in left)
        assert wrong == []


@settings(max_examples=60)
@given(st.sampled_from(KINDS), st.lists(DOINGS, max_size=12))
def test_nothing_else_ever_leaves(kind: tuple[str, str], doings: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder), kind, doings))
