"""Recording and playing back: bit for bit, torn, corrupt, paced, and asked for what was never recorded."""

import asyncio
import json
from pathlib import Path

import pytest

from drivers.contract import DriverError, LinkLost, Reading, Refused, Said, SeesSlot, Unsupported, Withdrawn
from drivers.ftms.driver import FtmsDriver, ftms_driver
from drivers.transports.recording import parse, record
from drivers.transports.replay import ReplayLink
from tests.drivers.captures import CAPTURES, Capture
from tests.drivers.scripted import DATA, WALK, Running, ScriptedLink, always, never

FOLDER = Path(__file__).parents[1] / "recordings"
FILES = sorted(FOLDER.glob("*.jsonl"))


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


class Climber:
    """Drives as the daemon would: asks for control at the first reading, for a step at the next ones.

    Over a recording in which nobody wrote, it only listens.
    """

    def __init__(self, driver: FtmsDriver, *, climbs: bool) -> None:
        self.driver, self.climbs = driver, climbs
        self.said: list[Said] = []
        self.asked: list[asyncio.Task[None]] = []
        self.inclines = iter((None, 5, None, 10))

    def __call__(self, said: Said) -> None:
        self.said.append(said)
        if self.climbs and isinstance(said, Reading) and said.speed:
            step = len(self.asked)
            self.asked.append(asyncio.create_task(self.act(step)))

    async def act(self, step: int) -> None:
        if step == 0:
            await self.driver.request_control(always)
        elif step in (1, 3):
            await self.driver.raise_incline(5 if step == 1 else 10, always)


async def played(link: ReplayLink, *, climbs: bool = True) -> tuple[list[str], Climber, list[DriverError]]:
    """Record a replay, run as often as the recording has links."""
    again: list[str] = []
    driver = ftms_driver(record(link, again.append, link.now, link.spec), now=link.now)
    climber = Climber(driver, climbs=climbs)
    ends: list[DriverError] = []
    async with asyncio.timeout(10):
        while not ends or isinstance(ends[-1], LinkLost):
            try:
                await driver.run(climber)
            except DriverError as error:
                ends.append(error)
    return again, climber, ends


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_the_recording_of_a_replay_is_the_recording(path: Path) -> None:
    lines = lines_of(path)
    link = ReplayLink(lines, strict=True)
    again, climber, ends = await played(link, climbs=any('"do": "write"' in line for line in lines))
    results = await asyncio.gather(*climber.asked, return_exceptions=True)
    *whole, error, close = again  # the open after the last link, and its close
    assert whole == lines
    assert json.loads(error)["error"] == "Unsupported"
    assert json.loads(close)["do"] == "close"
    assert isinstance(ends[-1], Unsupported)
    if path.stem == "raise":
        assert [type(result) for result in results] == [type(None)] * 3 + [Refused, type(None)]


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.name)
async def test_each_capture_is_a_reading(capture: Capture) -> None:
    link = ReplayLink(lines_of(FOLDER / f"{capture.name}.jsonl"))
    said: list[Said] = []
    with pytest.raises(LinkLost, match="the capture ends here"):
        await ftms_driver(link, now=link.now).run(said.append)
    reading = said[-1]
    assert isinstance(reading, Reading)
    assert (reading.speed, reading.incline) == (capture.record["speed"], capture.record.get("incline"))
    assert reading.at == 950 + 50 * len(capture.packets)


async def test_a_replay_that_is_not_strict_refuses_every_write_and_goes_on() -> None:
    link = ReplayLink(lines_of(FOLDER / "raise.jsonl"))
    _, climber, _ = await played(link)
    assert len([said for said in climber.said if isinstance(said, Reading)]) == 6
    results = await asyncio.gather(*climber.asked, return_exceptions=True)
    assert isinstance(results[0], Refused)


async def test_pace_keeps_the_recorded_times() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    link = ReplayLink(lines_of(FOLDER / "matrix-touchxl.jsonl"), 2, sleep=sleep)
    with pytest.raises(LinkLost):
        await ftms_driver(link, now=link.now).run(lambda said: None)
    assert slept == [1.998, 0.1, 2.1]


@pytest.mark.parametrize("cut", [2, 5, 20])
async def test_a_torn_last_line_is_left_out(cut: int) -> None:
    whole = lines_of(FOLDER / "horizon-idle.jsonl")
    torn = "".join(whole)[: -len(whole[-1]) - cut].splitlines(keepends=True)
    link = ReplayLink(torn)
    with pytest.raises(LinkLost, match="the recording ends here"):
        await ftms_driver(link, now=link.now).run(lambda said: None)


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        "7",
        '{"t": 0}',
        '{"t": 0, "do": "sing"}',
        '{"t": "x", "do": "close"}',
        '{"t": 0, "do": "heard", "ch": "2acd"}',
        '{"t": 0, "do": "heard", "ch": "2acd", "data": "0g"}',
        '{"t": 0, "do": "heard", "ch": "zz", "data": ""}',
        '{"t": 0, "do": "heard", "ch": 7, "data": ""}',
        '{"t": 0, "do": "error", "op": "read", "error": "Oops", "reason": ""}',
    ],
)
def test_a_corrupt_line_is_named_by_its_number(bad: str) -> None:
    lines = lines_of(FOLDER / "horizon-idle.jsonl")
    lines[2] = bad + "\n"
    with pytest.raises(Unsupported, match="line 3 of the recording"):
        parse(lines)


def test_a_corrupt_last_line_that_was_written_whole_is_not_torn() -> None:
    with pytest.raises(Unsupported, match="line 6 of the recording"):
        parse([*lines_of(FOLDER / "horizon-idle.jsonl")[:-1], '{"t": 0\n'])


@pytest.mark.parametrize("lines", [[], ["{}\n"], ['{"inclined": 2, "spec": ""}\n'], ["garbage"]])
def test_what_is_no_recording_is_refused(lines: list[str]) -> None:
    with pytest.raises(Unsupported, match="recording"):
        parse(lines)


async def test_a_recorder_writes_what_passes_and_a_withdrawn_write_as_such() -> None:
    link, lines = ScriptedLink({}, extra=(DATA, 0x2AD9)), list[str]()
    recorder = record(link, lines.append, lambda: 5, "ftms:x")
    driver = ftms_driver(recorder, now=lambda: 5)
    async with Running(driver, link):
        link.say(DATA, WALK)
        with pytest.raises(Withdrawn):
            await driver.request_control(never)
        await driver.request_control(always)
    spec, said = parse(lines)
    assert spec == "ftms:x"
    assert [(line.do, line.channel) for line in said] == [
        ("open", 0),
        ("subscribe", 0x2AD9),
        ("subscribe", DATA),
        ("heard", DATA),
        ("error", 0x2AD9),
        ("write", 0x2AD9),
        ("heard", 0x2AD9),
        ("lost", 0),
        ("close", 0),
    ]


async def test_a_recorder_sees_the_slot_where_its_link_does() -> None:
    class SlotLink(ScriptedLink):
        async def slot_free(self) -> bool:
            return True

    seeing = record(SlotLink(), lambda line: None, lambda: 0)
    assert isinstance(seeing, SeesSlot)
    assert await seeing.slot_free()
    assert not isinstance(record(ScriptedLink(), lambda line: None, lambda: 0), SeesSlot)


async def test_a_strict_replay_ends_where_the_recorded_driver_closed_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.transports.replay.CLOSED_S", 0.05)
    lines = [line for line in lines_of(FOLDER / "horizon-idle.jsonl") if '"lost"' not in line]
    link = ReplayLink(lines, strict=True)
    async with asyncio.timeout(5):
        with pytest.raises(LinkLost, match="the recording ends here"):
            await ftms_driver(link, now=link.now).run(lambda said: None)
