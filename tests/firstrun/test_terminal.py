"""`inclined setup` in a real terminal: the page's questions, one by one; and without anybody, from a file."""

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.commands.check import no_driver
from daemon.firstrun.answers import mistakes
from daemon.firstrun.look import look
from daemon.firstrun.questions import questions
from daemon.firstrun.terminal import Ended, Terminal, ask_all
from tests.firstrun.talk import ENVIRONMENT, LIMIT_S, command, talk
from tests.firstrun.world import HERE, NEARBY

ANSWERS = """\
[machine]
driver = "ftms:C0:FF:EE:00:00:07"
mode = "observe"
units = "mph"
name = "Läufer 7"
[mqtt]
host = "broker.gym.example"
username = "t07"
password = "geheim"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "inclined.toml"


def said(*words: str) -> tuple[int, str, str]:
    """Run `inclined setup` where nobody types; return status, output and errors."""
    done = subprocess.run(
        command(*words),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
        timeout=LIMIT_S,
    )
    return done.returncode, done.stdout, done.stderr


def test_from_nothing_to_a_good_file(config: Path) -> None:
    with talk(config) as at:
        at.until("Which treadmill is it?").until("No treadmill yet").until("again to listen again: ").type("")
        at.until("needs an answer").type("ftms:12").until("may be one that was found").type("c0:ff:ee").until("may be")
        at.type("ftms:C0:FF:EE:00:00:07")
        at.until("How far may it go?").until("Number or word: ").type("").until("needs an answer")
        at.type("enforce").until("may be observe or nudge").type("3").until("may be observe or nudge").type("1")
        at.until("own console show?").until(": ").type("mph")
        at.until("What do people call it?").until("[Treadmill 1]: ").type("  Läufer 7 ")
        at.until("[Hall]: ").type("")
        at.until("asset name?").until("[t01]: ").type("T 07").until("Small letters, digits, dashes").type("t07")
        at.until("Which gym").until("[gym]: ").type("")
        at.until("Which language").until("Deutsch").until("[en]: ").type("deutsch").until("word [en]: ").type("de")
        at.until("Whose time").until("]: ").type("Mars/North").until("no time zone").type("America/Lima")
        at.until("MQTT broker?").until("[no]: ").type("yes")
        at.until("name or address?").until(": ").type("broker.gym.example")
        at.until("port?").until("[1883]: ").type("99999").until("is wrong").type("")
        at.until("user name").until(": ").type("t07")
        at.until("The password").until("Answer: ").type("geheim")
        at.until(f"{config} will be:").until('name = "Läufer 7"').until("Write it? [y/N] ")
        assert not config.exists()
        at.type("perhaps").until("Write it? [y/N] ").type("y")
        assert at.ended() == 0
        assert "geheim" not in at.shown
        assert "inclined check finds no mistake in it." in at.shown
    settings = look(config, no_driver).settings
    assert settings is not None
    assert settings.mqtt is not None
    machine = settings.machine
    assert (machine.name, machine.machine, machine.site, machine.units) == ("Läufer 7", "t07", "gym", "mph")
    assert (machine.driver, machine.mode, machine.time_zone) == ("ftms:C0:FF:EE:00:00:07", "observe", "America/Lima")
    assert (settings.mqtt.host, settings.mqtt.username) == ("broker.gym.example", "t07")
    secret = config.with_name("mqtt-password")
    assert (settings.mqtt.password_file, secret.read_text(encoding="utf-8")) == (secret, "geheim\n")
    assert {stat.S_IMODE(each.stat().st_mode) for each in config.parent.iterdir()} == {0o640}


@pytest.mark.parametrize("begun", [False, True])
def test_ctrl_c_writes_nothing(config: Path, *, begun: bool) -> None:
    with talk(config) as at:
        at.until("listen again: ")
        if begun:
            at.type("simulated:").until("Number or word: ").type("1").until("Number or word: ")
        at.interrupt()
        assert at.ended() == 130
        assert at.shown.rstrip().endswith("inclined: interrupted; nothing was written")
    assert list(config.parent.iterdir()) == []


def test_a_no_writes_nothing(config: Path) -> None:
    with talk(config) as at:
        at.until("listen again: ").type("simulated:").until("word: ").type("observe").until("word: ").type("km/h")
        for default in ("[Treadmill 1]", "[Hall]", "[t01]", "[gym]", "[en]", "Berlin", "[no]"):
            at.until(default).until(": ").type("")
        at.until("Write it? [y/N] ").type("")
        assert at.ended() == 1
    assert list(config.parent.iterdir()) == []


def test_again_keeps_the_old_one_and_begins_with_its_answers(config: Path) -> None:
    config.write_text('[machine]\nname = "Old one"\nmode = "enforce"\n', encoding="utf-8")
    status, _, errors = said("--config", str(config))
    assert (status, errors.startswith(f"inclined: {config} is there already; to make it anew")) == (1, True)
    assert errors.endswith(": inclined setup --again\n")
    with talk(config, "--again") as at:
        at.until("listen again: ").type("simulated:")
        at.until("Number or word: ").type("").until("needs an answer").type("nudge")  # enforce is no default
        at.until("Number or word: ").type("2").until("[Old one]: ").type("")
        for default in ("[Hall]", "[t01]", "[gym]", "[en]", "Berlin", "[no]"):
            at.until(default).until(": ").type("")
        at.until("such as [policy], is not taken over").until("Write it?").type("y")
        assert at.ended() == 0
        assert "The old one is" in at.shown
        assert "goes on with it by itself" in at.shown
    (kept,) = config.parent.glob("inclined.toml.*")
    assert kept.read_text(encoding="utf-8").startswith('[machine]\nname = "Old one"')
    settings = look(config, no_driver).settings
    assert settings is not None
    assert settings.machine.name == "Old one"


def test_nobody_there_is_one_line(config: Path) -> None:
    status, _, errors = said("--config", str(config))
    assert (status, errors) == (1, "inclined: the input ended before the last question; nothing was written\n")
    assert not config.exists()


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A folder that this user may not write to, once root has no privileges."""
    folder = tmp_path / "etc"
    folder.mkdir(mode=0o500)
    yield folder
    folder.chmod(0o700)


def test_who_may_not_write_is_told_how(closed: Path) -> None:
    without = ["setpriv", "--bounding-set=-all"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*without, *command("--config", str(closed / "inclined.toml"))],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"inclined: this user may not write to {closed}; run it as: sudo inclined setup\n"


def test_places_that_cannot_be(tmp_path: Path) -> None:
    status, _, errors = said("--config", str(tmp_path / "none" / "inclined.toml"))
    assert (status, "is not there; make it first" in errors) == (1, True)
    (tmp_path / "inclined.toml").mkdir()
    status, _, errors = said("--config", str(tmp_path / "inclined.toml"))
    assert (status, "is a folder; name a file" in errors) == (1, True)


def test_answers_from_a_file(config: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(ANSWERS, encoding="utf-8")
    status, told, errors = said("--config", str(config), "--answers", str(answers))
    assert (status, errors) == (0, "")
    assert "finds no mistake" in told
    settings = look(config, no_driver).settings
    assert settings is not None
    assert (settings.machine.name, settings.machine.units, settings.machine.zone) == ("Läufer 7", "mph", "Hall")
    assert settings.mqtt is not None
    assert config.with_name("mqtt-password").read_text(encoding="utf-8") == "geheim\n"
    assert "geheim" not in config.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (("observe", "enforce"), ["machine.mode: may be observe or nudge"]),
        (('mode = "observe"\n', ""), ["machine.mode: needs an answer"]),
        (("[mqtt]", "[policy]\nmin_incline = 1.0\n[mqtt]"), ["policy.min_incline: nothing asks for this"]),
        (("[machine]", "colour = 3\n[machine]"), ["colour.(no section): nothing asks for this"]),
        (('"mph"', '"mph'), ["is not TOML: Illegal character '\\n' (at line 4, column 13)"]),
    ],
)
def test_wrong_answers_in_a_file_are_each_told(
    config: Path, tmp_path: Path, change: tuple[str, str], lines: list[str]
) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(ANSWERS.replace(*change), encoding="utf-8")
    status, _, errors = said("--config", str(config), "--answers", str(answers))
    assert (status, errors.splitlines()) == (2, [f"inclined: {answers}: {line}" for line in lines])
    assert not config.exists()


def test_an_answers_file_that_is_not_there_is_one_line(config: Path, tmp_path: Path) -> None:
    status, _, errors = said("--config", str(config), "--answers", str(tmp_path / "none.toml"))
    assert (status, errors) == (1, f"inclined: {tmp_path}/none.toml: No such file or directory\n")


LINES = st.sampled_from(
    [
        "",
        "1",
        "2",
        "3",
        "again",
        "simulated:",
        "observe",
        "yes",
        "no",
        "0",
        "99999",
        "Mars/North",
        "T 07",
        "a\x00b",
        "ä" * 80,
    ]
)
"""1 is right for all but the time zone, which has a default: so most of what is made of these comes to an end."""


@given(st.lists(LINES, min_size=30, max_size=90))
def test_whatever_is_typed_ends_in_good_answers_or_in_none(lines: list[str]) -> None:
    left = iter(lines)

    def read(_: str) -> str:
        line = next(left, None)
        if line is None:
            raise EOFError
        return line

    terminal = Terminal(read, read, lambda _: None, lambda: NEARBY)
    try:
        answers = ask_all(terminal, HERE, {})
    except Ended:
        return
    assert mistakes(answers, HERE) == {}
    assert {question.key for question in questions(HERE) if not question.when} <= set(answers)
