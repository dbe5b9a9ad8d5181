"""Whatever the driver is asked, whatever the line does and whatever the member presses: what leaves is on the list."""

import asyncio
import contextlib
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import DriverError, RaisesIncline, SetsWorkoutTime
from drivers.simulated.build import Key
from drivers.simulated.csafe.codec import Taker
from drivers.simulated.csafe.profile import PROFILES, State
from drivers.simulated.line import FAULTS
from tests.csafe.rig import ALL, Rig, rig

READS = {0x91, 0xA0, 0xA1, 0xA5, 0xA8}
DOINGS = st.one_of(
    st.tuples(st.just("raise"), st.integers(-50, 400) | st.sampled_from([5, 10, 15])),
    st.tuples(st.just("time"), st.integers(-100, 100_000) | st.sampled_from([1_800, 2_100])),
    st.tuples(st.just("key"), st.sampled_from(list(Key))),
    st.tuples(st.just("fault"), st.sampled_from([fault for fault in FAULTS if fault != "delay"])),
    st.tuples(st.just("state"), st.sampled_from(list(State))),
    st.tuples(st.just("pass"), st.sampled_from([250, 4_000, 61_000])),
    st.tuples(st.just("refuse"), st.just(5)),
)


async def do(r: Rig, what: str, value: object) -> None:
    driver = r.driver
    match what, value:
        case "raise", int(target) if isinstance(driver, RaisesIncline):
            await driver.raise_incline(target, lambda: True)
        case "refuse", int(target) if isinstance(driver, RaisesIncline):
            await driver.raise_incline(target, lambda: False)
        case "time", int(seconds) if isinstance(driver, SetsWorkoutTime):
            await driver.set_workout_time(seconds, lambda: True)
        case "key", Key() as key:
            r.console.press(key)
        case "fault", str(kind):
            r.machine.fault(kind, 1)
        case "state", State() as state:
            r.console._enter(state)
        case "pass", int(ms):
            r.passes(ms)


def listed(contents: bytes, state: State, incline: int) -> bool:
    """Say whether a console in this state, with its deck here, may get these contents."""
    if set(contents) <= READS:
        return True
    if len(contents) != 5 or contents[1] != 3 or max(contents) >= 0x80:
        return False
    if contents[0] == 0x20:
        return state in (State.IDLE, State.HAVE_ID)
    return contents[0] == 0x28 and state is State.IN_USE and contents[2] > incline and contents[4] == 0x4C


async def play(folder: Path, profile: str, doings: list[tuple[str, object]]) -> None:
    async with rig(folder, profile, times=(0.001, 0.04, 5.0)) as r:
        r.start()
        wrong: list[str] = []

        def check(contents: bytes) -> None:
            if not listed(contents, r.console.state, r.console.treadmill.incline):
                wrong.append(f"{contents.hex(' ')} in {r.console.state.name}")

        r.console.before_command = check
        for what, value in doings:
            with contextlib.suppress(DriverError):
                await do(r, what, value)
            await asyncio.sleep(0.003)
        await r.stop()
        taker = Taker(200)
        left = [said for byte in r.sent if (said := taker.take(byte)) is not None]
        assert all(isinstance(one, bytes) for one in left)
        assert all(set(one) <= READS or one[0] in (0x20, 0x28) for one in left if isinstance(one, bytes))
        assert wrong == []


@settings(max_examples=60)
@given(st.sampled_from(sorted(PROFILES)), st.lists(DOINGS, max_size=12))
def test_nothing_else_ever_leaves(profile: str, doings: list[tuple[str, object]]) -> None:
    assert ALL
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder), profile, doings))
