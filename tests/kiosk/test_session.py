"""The screen's session: what it reads, what it does, and that no secret gets out."""

import json
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.display import browser, splash
from daemon.display.__main__ import Seen, Session, answers, look
from daemon.display.outputs import Output, parsed
from daemon.display.wishes import PANEL, TURNS, WISHES, Wishes, read_panel, read_wishes, write_panel, write_wishes

KEY = "AbC-_9/&#' x"
HEADLESS = {
    "name": "HEADLESS-1",
    "physical_size": {"width": 154, "height": 86},
    "modes": [
        {"width": 640, "height": 480, "current": False},
        {"width": 800, "height": 480, "current": True},
    ],
}
TOOL = """#!/bin/sh
echo "$@" >>{told}
exec cat {says}
"""


@given(st.sampled_from(TURNS), st.none() | st.floats(2, 30))
def test_wishes_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, turn: int, scale: float | None
) -> None:
    folder = tmp_path_factory.mktemp("run")
    wishes = Wishes(next(known for known in TURNS if known == turn), scale)
    write_wishes(folder, wishes)
    assert read_wishes(folder) == wishes
    assert [file.name for file in folder.iterdir()] == [WISHES]


@given(
    st.binary(max_size=40)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["rotate", "px_per_mm"]), inner),
    ).map(lambda value: json.dumps(value).encode())
)
def test_any_file_leads_to_a_picture(tmp_path_factory: pytest.TempPathFactory, said: bytes) -> None:
    folder = tmp_path_factory.mktemp("run")
    (folder / WISHES).write_bytes(said)
    (folder / PANEL).write_bytes(said)
    assert read_wishes(folder).rotate in TURNS
    assert read_panel(folder)


def test_strangers_read_neither_file(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_wishes(tmp_path, Wishes())
        write_panel(tmp_path, lit=False)
        splash.lay_out(tmp_path / "page")
        splash.send_on(tmp_path / "page", splash.address(KEY, None))
    finally:
        os.umask(before)
    assert not read_panel(tmp_path)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {WISHES: 0o640, PANEL: 0o640, "page": 0o700}
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "page").iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("output", "scale"),
    [
        (Output("a", 800, 480, 154, 86), 5.19),
        (Output("a", 720, 1280, 88, 155), 8.18),
        (Output("a", 1280, 720), None),
        (Output("a", 1920, 1080, 160, 90), 12.0),
        (Output("a", 1920, 1080, 16, 9), None),
        (Output("a", 1024, 600, 160, 160), None),
        (Output("a", 800, 480, 1540, 860), None),
    ],
)
def test_a_size_that_cannot_be_is_not_believed(output: Output, scale: float | None) -> None:
    assert output.px_per_mm == scale


def test_only_lit_outputs_that_make_sense_are_read() -> None:
    dark = {"name": "HDMI-A-2", "modes": [{"width": 800, "height": 480, "current": False}]}
    assert parsed(json.dumps([dark, 5, {"name": "x"}, None, HEADLESS])) == [Output("HEADLESS-1", 800, 480, 154, 86)]


@given(
    st.text()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["name", "modes", "current", "width", "physical_size"]), inner)
        ),
    ).map(json.dumps)
)
def test_any_words_of_another_program_are_stood(said: str) -> None:
    assert all(isinstance(one, Output) for one in parsed(said))


def test_the_key_stands_in_no_command_and_no_environment(tmp_path: Path) -> None:
    page = splash.lay_out(tmp_path / "page")
    splash.send_on(tmp_path / "page", splash.address(KEY, 5.3))
    words = browser.command(tmp_path / "profile", page) + list(browser.environment(os.environ, tmp_path).values())
    assert not [word for word in words if KEY in word or "key=" in word]
    assert "key=AbC-_9%2F%26%23%27%20x" in (tmp_path / "page" / splash.GO).read_text(encoding="utf-8")
    assert splash.address("k", 5.3) == "http://127.0.0.1:8081/console?mm=5.3#key=k"
    assert splash.address("k", None) == "http://127.0.0.1:8081/console#key=k"


def test_nothing_of_the_last_session_stays(tmp_path: Path) -> None:
    page = splash.lay_out(tmp_path / "page")
    splash.send_on(page.parent, splash.address(KEY, None))
    (page.parent / "profile").mkdir()
    splash.lay_out(page.parent)
    assert sorted(file.name for file in page.parent.iterdir()) == sorted(splash.FILES)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a wlr-randr of the test was asked."""
    file, says = tmp_path / "told", tmp_path / "says"
    says.write_text(json.dumps([HEADLESS]), encoding="utf-8")
    tool = tmp_path / "bin/wlr-randr"
    tool.parent.mkdir()
    tool.write_text(TOOL.format(told=file, says=says), encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent), prepend=os.pathsep)
    return file


def test_the_page_goes_on_once_the_daemon_is_there(tmp_path: Path) -> None:
    session = Session(tmp_path, Wishes(), None, 5.3)
    down = Seen(up=False, key="k1", lit=True, wishes=Wishes())
    assert session.goes_on(down)
    assert not (tmp_path / splash.GO).exists()
    assert session.goes_on(Seen(up=True, key=None, lit=True, wishes=Wishes()))
    assert not (tmp_path / splash.GO).exists()
    assert session.goes_on(Seen(up=True, key="k1", lit=True, wishes=Wishes()))
    assert "key=k1" in (tmp_path / splash.GO).read_text(encoding="utf-8")


def test_the_panel_follows_the_daemon_and_is_lit_without_one(tmp_path: Path, told: Path) -> None:
    session = Session(tmp_path, Wishes(), "HEADLESS-1", None)
    for up, lit in [(True, True), (True, False), (True, False), (False, False), (True, False), (True, True)]:
        assert session.goes_on(Seen(up=up, key=None, lit=lit, wishes=Wishes()))
    asked = told.read_text(encoding="utf-8").splitlines()
    assert [line.split()[-1] for line in asked] == ["--off", "--on", "--off", "--on"]
    assert {line.split()[1] for line in asked} == {"HEADLESS-1"}


def test_another_picture_begins_anew(tmp_path: Path) -> None:
    session = Session(tmp_path, Wishes(90), None, None)
    assert session.goes_on(Seen(up=True, key=None, lit=True, wishes=Wishes(90)))
    assert session.goes_on(Seen(up=False, key=None, lit=True, wishes=Wishes()))  # its file may be half gone with it
    assert not session.goes_on(Seen(up=True, key=None, lit=True, wishes=Wishes(180)))


def test_a_session_begins_with_the_picture_as_wished(tmp_path: Path, told: Path) -> None:
    from daemon.display.__main__ import begin

    write_wishes(tmp_path, Wishes(270))
    assert begin(tmp_path, tmp_path) == Session(tmp_path, Wishes(270), "HEADLESS-1", 5.19)
    assert told.read_text(encoding="utf-8").splitlines() == ["--json", "--output HEADLESS-1 --transform 270"]
    write_wishes(tmp_path, Wishes(0, 6.0))
    assert begin(tmp_path, tmp_path).px_per_mm is None, "the daemon tells the page what staff measured"


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_look_sees_what_is_there(tmp_path: Path, port: int) -> None:
    assert look(tmp_path, port) == Seen(up=True, key=None, lit=True, wishes=Wishes())
    (tmp_path / "console.key").write_text("abc\n", encoding="ascii")
    write_panel(tmp_path, lit=False)
    write_wishes(tmp_path, Wishes(180))
    assert look(tmp_path, port) == Seen(up=True, key="abc", lit=False, wishes=Wishes(180))


def test_a_port_at_which_nobody_listens_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert not answers(port)
