"""The safety case names what there is: each hazard has its tests, each invariant its hazard."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CASE = ROOT / "docs/hazards.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
INVARIANTS = {f"INV-{number:02}" for number in range(1, 31)}
PREVENTED, SHOWN = 2, 4


def hazards() -> list[list[str]]:
    """Return the rows of the table: id, hazard, what prevents it, invariants, tests, what is left."""
    lines = [line for line in CASE.read_text(encoding="utf-8").splitlines() if line.startswith("| H")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_hazards_are_numbered_and_each_is_prevented_by_something_that_is_shown() -> None:
    rows = hazards()
    assert [row[0] for row in rows] == [f"H{number}" for number in range(1, len(rows) + 1)]
    assert all(row[PREVENTED] and NAMED.search(row[SHOWN]) for row in rows)


def test_every_invariant_keeps_some_hazard_away() -> None:
    said = {word for row in hazards() for word in re.findall(r"INV-\d\d", row[3])}
    assert said == INVARIANTS


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_a_test_that_a_page_names_exists(page: Path) -> None:
    for file, name in NAMED.findall(page.read_text(encoding="utf-8")):
        assert (ROOT / file).is_file(), file
        assert not name or f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{name}"
