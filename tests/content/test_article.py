"""The table of the article's statements names only what is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.policy.catalogue import PLACEMENT
from daemon.policy.switching import RULES

ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
CARD_RULES = {"R1", "R8", "R9"}


@pytest.fixture
def page(checkout: Path) -> str:
    return (checkout / "docs/article.md").read_text(encoding="utf-8")


def missing(page: str, checkout: Path) -> Iterator[str]:
    """Yield each thing that the page names and that is not there."""
    for row in ROW.findall(page):
        rules = {rule for rule, _ in RULES} | CARD_RULES
        yield from set(re.findall(r"\bR\d\b", row[3])) - rules
        yield from set(re.findall(r"`([a-z]+\.[a-z]+)`", row[3])) - set(PLACEMENT)
    for path, _, test in (named.partition("::") for named in re.findall(r"`((?:daemon|tests)/[^`]+)`", page)):
        code = checkout / path
        if not code.is_file() or (test and f"def {test}(" not in code.read_text(encoding="utf-8")):
            yield f"{path}::{test}"
    for source in set(re.findall(r"\[(S\d+)\]", page)):
        if not re.search(rf"(?:^|· ){source} ", page.partition("## Sources")[2], re.MULTILINE):
            yield source


def test_all_forty_statements_stand_there(page: str) -> None:
    assert [int(number) for number, *_ in ROW.findall(page)] == list(range(1, 41))


def test_what_the_table_names_is_there(page: str, checkout: Path) -> None:
    assert list(missing(page, checkout)) == []


@pytest.mark.parametrize("old", ["mod.intervals", "(R5)", "test_a_runner_hears_of_variety_only", "banned.py", "[S11]"])
def test_what_is_not_there_is_missed(page: str, checkout: Path, old: str) -> None:
    new = {"(R5)": "(R7)", "[S11]": "[S77]"}.get(old, old[:-1] + "zz")
    assert list(missing(page.replace(old, new), checkout)) != []


def test_every_item_stands_in_it(page: str) -> None:
    assert {item for item in PLACEMENT if f"`{item}`" not in page} <= {"incl.min", "info.disclaimer"}
