"""What the docs take from the code is what the code says."""

import shutil
import subprocess
import sys
from graphlib import CycleError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.diagrams import Arrows, filled, reduced

DAGS = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] < pair[1])).map(
    lambda pairs: {(str(a), str(b)) for a, b in pairs}
)


def check(page: Path) -> subprocess.CompletedProcess[str]:
    """Run the check on the architecture page beside this copy of the script."""
    command = [sys.executable, str(page.with_name("diagrams.py")), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_architecture_page_is_current(checkout: Path) -> None:
    checked = check(checkout / "docs/architecture.md")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_an_old_page_is_told(checkout: Path, tmp_path: Path) -> None:
    page = shutil.copytree(checkout / "docs", tmp_path / "docs") / "architecture.md"
    page.write_text(page.read_text(encoding="utf-8").replace("| `observe` |", "| `watch` |"), encoding="utf-8")
    checked = check(page)
    assert checked.returncode == 1
    assert checked.stderr == "docs/architecture.md is not what the code says; run: make docs\n"


def test_only_marked_blocks_change() -> None:
    text = "before\n<!-- generated: one -->\nold\n<!-- end -->\nafter\n"
    assert filled(text, {"one": "new"}) == text.replace("old", "new")
    assert filled(filled(text, {"one": ""}), {"one": "old"}) == text


def reach(arrows: Arrows) -> Arrows:
    """Return every pair with a road between them."""
    roads = set(arrows)
    while more := {(a, d) for a, b in roads for c, d in roads if b == c} - roads:
        roads |= more
    return roads


@given(DAGS)
def test_leaving_out_arrows_loses_no_road(arrows: Arrows) -> None:
    kept = reduced(arrows)
    assert kept <= arrows
    assert reach(kept) == reach(arrows)
    assert all(arrow not in reach(kept - {arrow}) for arrow in kept)


def test_rooms_that_import_each_other_are_refused() -> None:
    with pytest.raises(CycleError):
        reduced({("a", "b"), ("b", "a")})
