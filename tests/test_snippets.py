"""The code on the pages for authors is code that runs."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest

ROOT = Path(__file__).parents[1]
CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def snippets(page: str) -> list[str]:
    return CODE.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))


QUOTED, PLAYER, A_TEST = snippets("drivers.md")[:2], snippets("drivers.md")[2], snippets("drivers.md")[3]


@pytest.mark.parametrize("part", QUOTED)
def test_what_is_quoted_of_the_blueprint_stands_there(part: str) -> None:
    assert indent(part, "    ") in (ROOT / "drivers/blueprint.py").read_text(encoding="utf-8")


def test_the_player_plays_a_recording(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests/recordings/horizon-idle.jsonl", tmp_path / "walk.jsonl")
    command = [sys.executable, "-W", "error", "-c", PLAYER]
    ran = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert [line.partition("(")[0] for line in ran.stdout.splitlines()] == [
        "Machine",
        "Reading",
        "the capture ends here",
    ]


def test_the_test_of_a_recording_passes(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(A_TEST, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
    ran = subprocess.run([*command, str(tmp_path / "test_it.py")], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "1 passed" in ran.stdout, ran.stdout
