"""`inclined replay` as a manager types it: what it says, what it writes, and what it says of what makes no sense."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import override

import pytest

from daemon.main import main
from daemon.policy.rules import Mode
from daemon.trace.file import Trace
from tests.replay.traces import evening, recorded, saved

FLAT_WALK = [(400, 600, 0), (60, 600, 15), (300, 600, 0)]
RECORDINGS = sorted((Path(__file__).parents[1] / "recordings").glob("*.jsonl"))


@pytest.fixture(scope="module")
def raised() -> Trace:
    """An evening on which the deck was raised, and then the member walked slower."""
    return evening(Mode.ENFORCE, [(200, "slower")], 300, eager=True)


def said(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> str:
    """Run the command and return what it says on the one stream that speaks."""
    assert main(["replay", *map(str, words)]) == code
    out, err = capsys.readouterr()
    assert not (out and err)
    return out or err


def row(text: str, label: str) -> list[str]:
    """Return the cells of the first line that begins with label."""
    line = next(line for line in text.splitlines() if line.startswith(label))
    return re.split(r"\s{2,}", line.strip())[1:]


def test_a_trace_is_shown_beside_what_would_have_been(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raised: Trace
) -> None:
    text = said(capsys, saved(raised, tmp_path / "t.jsonl"), "--set", "mode=nudge", "--set", "nudge_after=60")
    assert "Changed: mode nudge (was enforce); nudge_after 60 s (was 120)." in text
    assert "the trace gives the same effects as recorded" in text
    assert row(text, "raises sent") == ["1", "0"]
    assert "from here on changed is doubtful" in text
    assert max(map(len, text.splitlines())) <= 100


def test_without_changes_it_tells_what_happened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raised: Trace
) -> None:
    text = said(capsys, saved(raised, tmp_path / "t.jsonl"))
    assert row(text, "raises sent") == ["2"]
    assert "asked to raise the deck to 1.0 %" in text
    assert "doubtful" not in text


def test_a_trace_that_another_core_made_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raised: Trace
) -> None:
    path = saved(raised, tmp_path / "t.jsonl")
    text = path.read_text()
    assert '"out":"RaiseIncline"' in text
    path.write_text(re.sub(r'\{"out":"RaiseIncline".*\n', "", text))
    assert "the trace parts from what is recorded at line" in " ".join(said(capsys, path, code=1).split())


def test_a_recording_is_walked_with_two_policies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    walk = recorded(tmp_path / "walk.jsonl", FLAT_WALK)
    text = said(capsys, walk, "--set", "mode=nudge", "--screen", "decline")
    assert row(text, "nudge: offered")[-1] == "1"
    assert "Screen: decline." in text


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_every_recording_can_be_replayed(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "belt time" in said(capsys, path, "--set", "mode=enforce")


def test_the_baseline_of_several_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = recorded(tmp_path / "left.jsonl", [(320, 600, 0), (60, 600, 15)])
    stayed = recorded(tmp_path / "stayed.jsonl", [(500, 600, 0)])
    text = said(capsys, "--baseline", left, stayed)
    lines = text.splitlines()
    assert lines[0].endswith("1 of 1 flat spells ended by themselves within 60 s (100%); 0 left out")
    assert lines[1].endswith("0 of 1 flat spells ended by themselves within 60 s (0%); 0 left out")
    assert lines[2].startswith("all: 1 of 2")
    assert lines[3].startswith("Too few to say")


def test_who_was_asked_is_no_baseline(tmp_path: Path, capsys: pytest.CaptureFixture[str], raised: Trace) -> None:
    text = said(capsys, "--baseline", saved(raised, tmp_path / "t.jsonl"), code=1)
    assert "the mode was enforce, not observe" in text


@pytest.mark.parametrize(("words", "told"), [
    (["--set", "min_incline=9"], "9 % is out of bounds"),
    (["--set", "min_inkline=1"], "is unknown; it may be mode, min_incline"),
    (["--set", "mode=race"], "'race' is none of its values"),
    (["--set", "mode"], "it is written KEY=VALUE"),
    (["--baseline", "--set", "mode=nudge"], "a baseline is of belts in observe"),
    (["--baseline", "--html", "x.html"], "do not go with it"),
    (["other.jsonl"], "one FILE is replayed at a time"),
])  # fmt: skip
def test_a_word_that_makes_no_sense_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raised: Trace, words: list[str], told: str
) -> None:
    text = said(capsys, saved(raised, tmp_path / "t.jsonl"), *words, code=2)
    assert told in text
    assert text.count("\n") == 1


@pytest.mark.parametrize(("content", "told"), [
    (b"", "neither a trace"),
    (b"\xff\xfe", "neither a trace"),
    (b"# a page\n", "neither a trace"),
    (b'{"inclined_trace": 7}\n', "reads format 1"),
    (b'{"inclined": 1, "spec": "csafe:/dev/x"}\n', "can be read, and not be played back"),
])  # fmt: skip
def test_a_file_that_is_something_else_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, told: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    text = said(capsys, path, code=1)
    assert told in text
    assert text.count("\n") == 1


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, tmp_path / "no.jsonl", code=1).endswith("No such file or directory\n")


class Page(HTMLParser):
    """What a page holds, and whether all that it opens it closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("src", "href", "srcset", "action")]
        if tag != "meta":
            self.open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_is_one_file_that_fetches_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raised: Trace
) -> None:
    out = tmp_path / "<b>&.html"
    trace = saved(raised, tmp_path / "<b>&.jsonl")
    said(capsys, trace, "--set", "mode=nudge", "--html", out)
    page = Page(out.read_text())
    assert page.open == []
    assert page.links == []
    assert not {"script", "link", "iframe", "img", "b"} & set(page.tags)
    assert {"svg", "title", "table"} <= set(page.tags)
    for words in ("<b>&.jsonl", "recorded", "changed", "raises sent", "doubtful"):
        assert words in page.words
    assert "url(" not in out.read_text()


def test_a_page_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raised: Trace
) -> None:
    trace = saved(raised, tmp_path / "t.jsonl")
    assert main(["replay", str(trace), "--html", str(tmp_path / "no" / "x.html")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
