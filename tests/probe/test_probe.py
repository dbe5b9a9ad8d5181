"""`inclined probe` over every driver: what it tells, and that nothing but questions reached the machine's wire."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from daemon.commands.probe import listen
from daemon.found import Found, as_json, lines
from drivers.contract import Ability, InclineRange, Key, LinkLost, Machine, Notice, Reading, Training
from drivers.simulated.build import Key as Pressed
from tests.conformance.bench import PATIENT, Row
from tests.conformance.rows import ROWS

COMMAND = (sys.executable, "-m", "daemon", "probe")
PIPE = asyncio.subprocess.PIPE


async def outcome(*args: str, typed: str = "") -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(*COMMAND, *args, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    out, err = await asyncio.wait_for(process.communicate(typed.encode()), 40)
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_nothing_but_questions_reaches_the_machine(row: Row, tmp_path: Path) -> None:
    async with row.make(tmp_path, PATIENT) as bench:
        bench.press(Pressed.START)
        bench.passes(4_000)
        bench.mill().place(speed=800, incline=15)
        found = Found(row.name)
        probing = asyncio.ensure_future(listen(bench.driver, found, 0.5))
        while not probing.done():
            await bench.goes_on()
        await probing
        assert bench.wire() == []
        assert found.machine is not None
        assert found.readings >= 3
        assert found.last is not None
        assert found.last.incline == 15
        told = "\n".join(lines(found, 0.5))
        assert "now 1.5 %" in told
        assert json.loads(json.dumps(as_json(found, 0.5)))["protocol"] == found.machine.protocol


def test_rates_keys_and_what_made_no_sense_are_told() -> None:
    found = Found("ftms:x")
    assert list(lines(found, 10)) == ["It told nothing of itself."]
    found(Machine(0, "ftms", "Acme", None, "1.2", InclineRange(-30, 150, 5), frozenset({Ability.RAISE_INCLINE})))
    for at in range(40):
        found(Reading(at, 804, -5 if at % 2 else None, training=Training.MANUAL))
    found(Notice(40, Key.INCLINE, 5))
    found.odd = {"a short record": 2}
    told = list(lines(found, 10))
    for line in (
        "Maker       Acme",
        "Model       not told",
        "Incline     -3 to 15 % in steps of 0.5 %",
        "Says it can raise its incline (a claim until it was tried)",
        "Readings    4.0 a second, over 10 s",
        "  speed             4.0 a second, now 8.04 km/h",
        "  incline           2.0 a second, now -0.5 %",
        "  distance          not told",
        "  training status   4.0 a second, now manual",
        "Keys        incline",
        "Odd         a short record: 2 times",
    ):
        assert line in told
    assert as_json(found, 10)["rates"] == {
        "speed": 4.0, "incline": 2.0, "distance": 0.0, "elapsed": 0.0, "remaining": 0.0, "training": 4.0,
    }  # fmt: skip


async def test_a_machine_that_goes_is_told_of_with_what_it_said() -> None:
    class Gone:
        connect_limit = 5.0

        async def run(self, sink: Found, /) -> None:
            sink(Machine(0, "ftms"))
            sink(Reading(1, 0, 0))
            raise LinkLost("it was switched off")

    found = Found("ftms:x")
    with pytest.raises(LinkLost):
        await listen(Gone(), found, 1)  # type: ignore[arg-type]  # its sink is the one sink here
    assert found.readings == 1


async def test_the_command_tells_a_simulated_machine(tmp_path: Path) -> None:
    file = tmp_path / "heard.jsonl"
    code, out, err = await outcome("simulated:", "--seconds", "1", "--record", str(file))
    assert (code, err) == (0, "")
    assert "Incline     0 to 15 % in steps of 0.5 %" in out
    assert '"heard"' in file.read_text()
    code, out, err = await outcome("simulated:", "--record", str(file))
    assert (code, out) == (2, "")
    assert err == f"inclined: {file} cannot be written: File exists\n"
    code, out, _ = await outcome("simulated:", "--seconds", "1", "--json")
    assert (code, json.loads(out)["incline"]) == (0, {"least": 0.0, "most": 15.0, "step": 0.5})


@pytest.mark.parametrize("typed", ["", "no\n", "y\n"])
@pytest.mark.parametrize("spec", ["csafe:{}/port", "ftms-uart:{}/port", "woodway:{}/port", "acme:7"])
async def test_nothing_is_sent_to_a_port_before_somebody_typed_yes(tmp_path: Path, spec: str, typed: str) -> None:
    code, out, err = await outcome(spec.format(tmp_path), typed=typed)
    assert (code, out) == (1, "")
    assert "take the safety key out" in err
    assert err.endswith("inclined: nothing was sent: nobody typed yes\n")


async def test_a_port_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    code, out, err = await outcome(f"csafe:{tmp_path}/port", "--yes")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert str(tmp_path) in err
    code, _, err = await outcome("nonsense:7", typed="yes\n")
    assert code == 1
    assert "no driver is called 'nonsense:7'" in err
