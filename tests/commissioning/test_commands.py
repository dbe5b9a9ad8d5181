"""`inclined commission` and `inclined setup --like`, typed rightly and wrongly; and the file that comes of it."""

import asyncio
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from daemon.claim import claim
from daemon.commissioning.course import Findings
from daemon.commissioning.label import Label
from daemon.commissioning.record import copied, recorded
from daemon.main import main
from daemon.settings import SettingsError, loads
from tests.commissioning.hands import FILE, another

PROVED = '\n[proved]\nincline = 2026-01-01\ndriver = "ftms:C0:FF:EE:00:00:07"\n'
DAY = date(2026, 6, 1)
PATH = Path("inclined.toml")
PIPE = asyncio.subprocess.PIPE


async def outcome(*args: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "daemon", *args, stdin=asyncio.subprocess.DEVNULL, stdout=PIPE, stderr=PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 40)
    return process.returncode, out.decode(), err.decode()


async def test_nobody_at_the_terminal_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "inclined.toml"
    file.write_text(FILE)
    code, out, err = await outcome("commission", "--config", str(file))
    assert (code, err) == (1, "inclined: ended before the last question; nothing was written\n")
    assert "One of you stands at the red stop" in out
    assert file.read_text() == FILE


async def test_what_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    code, _, err = await outcome("commission", "--config", str(missing))
    assert (code, err) == (1, f"inclined: {missing}: No such file or directory; make it first: sudo inclined setup\n")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(another(FILE, mode='"fast"'))
    code, _, err = await outcome("commission", "--config", str(wrong))
    assert (code, err.count("\n")) == (2, 1)
    code, _, err = await outcome("commission", "--step", "dance")
    assert (code, err.count("\n")) == (2, 1)
    good = tmp_path / "good.toml"
    good.write_text(FILE)
    held = claim("ftms:C0:FF:EE:00:00:07")
    try:
        code, _, err = await outcome("commission", "--config", str(good))
        assert (code, "sudo systemctl stop inclined" in err) == (1, True)
    finally:
        held.release()


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (another(FILE, mode='"assist"'), "[machine] mode: assist moves the deck and needs [proved] incline"),
        (another(FILE, mode='"enforce"'), "[machine] mode: enforce moves the deck and needs [proved] incline"),
        (another(FILE, driver='"ftms:C0:FF:EE:00:00:08"') + PROVED, "[proved] driver: it was tried with ftms:C0"),
    ],
)
def test_a_mode_that_moves_a_deck_needs_the_proof_of_this_machine(text: str, mistake: str) -> None:
    with pytest.raises(SettingsError, match=r"inclined commission") as told:
        loads(text.encode(), PATH)
    assert mistake in str(told.value)


def test_a_simulated_treadmill_needs_none() -> None:
    assert loads(another(FILE, mode='"assist"', driver='"simulated:"').encode(), PATH).machine.mode == "assist"


POINTS = st.lists(st.integers(-2, 38), min_size=2, max_size=3, unique=True).map(sorted)
FINDINGS = st.builds(
    Findings,
    spotted=st.just(value=True),
    unit=st.sampled_from([None, "km/h", "mph"]),
    read_off=st.booleans(),
    map=st.none() | POINTS.map(lambda told: tuple((each * 10, each * 10 + 1) for each in told)),
    raised=st.booleans(),
)


@given(FINDINGS, st.sampled_from(["observe", "nudge", "assist", "enforce"]), st.sampled_from([FILE, FILE + PROVED]))
def test_whatever_was_found_makes_a_good_file_that_keeps_its_words(found: Findings, mode: str, before: str) -> None:
    text = recorded(before, found, mode, DAY)
    settings = loads(text.encode(), PATH)
    assert text.startswith("# our gym\n[machine]\n")
    assert "# for now" in text
    proved = found.raised or ("[proved]" in before and not found.read_off)
    assert (settings.proved.incline is not None) == proved
    assert settings.machine.mode == (mode if proved or mode in ("observe", "nudge") else "nudge")
    assert settings.machine.incline_map == (found.map if found.read_off else None)
    assert settings.machine.units == (found.unit or "mph")
    if found.raised:
        assert settings.proved.incline == DAY
    assert recorded(text, replace(found, read_off=False, raised=False), mode, DAY) == text


def test_a_csafe_console_that_was_raised_is_written_down_as_one_that_may_be() -> None:
    before = another(FILE, driver='"csafe:/dev/serial/by-id/x?asks=time,incline"')
    text = recorded(before, Findings(raised=True), "assist", DAY)
    machine = tomlkit.parse(text)["machine"]
    assert machine["driver"] == "csafe:/dev/serial/by-id/x?asks=time,incline&raise=proved"
    assert recorded(text, Findings(raised=True), "assist", DAY) == text


@pytest.mark.parametrize(
    ("spec", "told", "asks"),
    [
        ("csafe:/dev/x", {"elapsed", "speed"}, "csafe:/dev/x?asks=time,speed"),
        ("csafe:/dev/x?speed=9600", {"remaining", "incline"}, "csafe:/dev/x?speed=9600&asks=time,incline"),
        ("csafe:/dev/x?asks=time", {"elapsed", "speed"}, "csafe:/dev/x?asks=time"),
        ("csafe:/dev/x", {"elapsed", "speed", "distance", "incline"}, "csafe:/dev/x"),
        ("csafe:/dev/x", set(), "csafe:/dev/x"),
    ],
)
def test_a_csafe_console_is_asked_only_for_what_it_answered_while_the_belt_ran(
    spec: str, told: set[str], asks: str
) -> None:
    before = another(FILE, driver=f'"{spec}"')
    found = Findings(unit="km/h", told=frozenset(told))
    assert tomlkit.parse(recorded(before, found, "observe", DAY))["machine"]["driver"] == asks
    assert tomlkit.parse(recorded(before, replace(found, unit=None), "observe", DAY))["machine"]["driver"] == spec
    proved = recorded(f'{before}\n[proved]\nstop = 2026-01-01\ndriver = "{spec}"\n', found, "observe", DAY)
    assert tomlkit.parse(proved)["proved"]["driver"] == asks


def test_the_next_treadmill_takes_over_all_but_what_is_of_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "t07.toml", tmp_path / "t08.toml"
    text = another(FILE, mode='"enforce"').replace("units", "incline_map = [[0, 0], [5, 4]]\nunits") + PROVED
    first.write_text(text + '\n[mqtt]\nhost = "broker"\nusername = "t07"\n')
    args = ("setup", "--config", str(second), "--like", str(first), "--driver", "ftms:C0:FF:EE:00:00:08")
    assert main([*args, "--tag", "t08"]) == 0
    settings, said = loads(second.read_bytes(), second), capsys.readouterr().out
    machine = settings.machine
    assert (machine.machine, machine.name, machine.driver) == ("t08", "T08", "ftms:C0:FF:EE:00:00:08")
    assert (machine.mode, machine.incline_map, settings.proved.incline, machine.units) == ("nudge", None, None, "mph")
    assert settings.mqtt is not None
    assert (settings.mqtt.host, settings.mqtt.username) == ("broker", "t08")
    for left in ("incline_map", "[proved]", 'mode = "enforce"'):
        assert left in said
    assert main([*args, "--tag", "t09"]) == 1  # it is there now
    assert main([*args, "--tag", "t09", "--name", "Nine", "--again"]) == 0
    assert loads(second.read_bytes(), second).machine.name == "Nine"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "--like needs the asset name of this treadmill: --tag t08"),
        (("--tag", "T 8"), "--tag T 8: "),
        (("--tag", "t08", "--driver", "horse:1"), "--driver horse:1: may be one that was found"),
        (("--tag", "t08", "--name", "x" * 65), "--name x"),
    ],
)
def test_what_makes_no_next_treadmill_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], said: str
) -> None:
    first, second = tmp_path / "t07.toml", tmp_path / "t08.toml"
    first.write_text(FILE)
    assert main(["setup", "--config", str(second), "--like", str(first), *more]) == 2
    err = capsys.readouterr().err
    assert (said in err, err.count("\n")) == (True, 1)
    assert not second.exists()


def test_a_copy_of_what_is_no_configuration_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "t07.toml", tmp_path / "t08.toml"
    first.write_text("[machine]\n")
    assert main(["setup", "--config", str(second), "--like", str(first), "--tag", "t08"]) == 2
    assert main(["setup", "--config", str(second), "--like", str(tmp_path / "none"), "--tag", "t08"]) == 1
    assert str(tmp_path / "none") in capsys.readouterr().err
    assert not second.exists()


def test_what_was_left_behind_is_told() -> None:
    assert copied(FILE, "t08", "T08", "simulated:")[1] == []


@given(st.text(min_size=1, max_size=64))
def test_a_label_shows_any_name(name: str) -> None:
    label = Label("gym", "t07", name)
    assert len({len(row) for row in label.rows()}) == 1
    assert label.svg().count("<text") == 2
    assert label.terminal()
