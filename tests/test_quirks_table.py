"""docs/quirks.md names every known quirk, and every test that it names exists."""

import re
from pathlib import Path

import pytest

NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
NUMBERS = {*map(str, range(1, 25)), *(f"P{n}" for n in range(1, 38))}
WHY = "cannot reach us"


@pytest.fixture(scope="module")
def root() -> Path:
    return Path(__file__).parents[1]


@pytest.fixture(scope="module")
def rows(root: Path) -> list[list[str]]:
    lines = (root / "docs" / "quirks.md").read_text(encoding="utf-8").splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in table if row[0] in NUMBERS]


def test_every_number_is_there_once(rows: list[list[str]]) -> None:
    assert sorted(row[0] for row in rows) == sorted(NUMBERS)


def test_every_row_names_a_test_or_says_why_not(rows: list[list[str]]) -> None:
    assert [row[0] for row in rows if not NAMED.search(row[-1]) and WHY not in row[-1].lower()] == []
    assert [row[0] for row in rows if any(len(cell) < 2 for cell in row[1:])] == []


def test_every_named_test_exists(root: Path) -> None:
    named = NAMED.findall((root / "docs" / "quirks.md").read_text(encoding="utf-8"))
    assert len(named) > len(NUMBERS)
    for file, name in named:
        source = (root / file).read_text(encoding="utf-8")
        assert not name or re.search(rf"^(?:async )?def {name}\(", source, re.MULTILINE), f"{file}::{name}"
