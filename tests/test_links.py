"""Every page of the documentation leads somewhere: files, headings, the commands and the addresses that it names."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from daemon.main import COMMANDS

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
COMMAND = re.compile(r"(?:`|^ {4}(?:sudo )?|bin/)inclined ([a-z]+)", re.MULTILINE)
TARGET = re.compile(r"(?:`|^ {4})make ([a-z]+)", re.MULTILINE)
ADDRESS = re.compile(r"/api/v1/[a-z]+(?:-[a-z]+)*(?:/[a-z]+)?")
BUILT = frozenset({"build", "dist"})
DOCUMENTS = ("openapi.json", "floor-openapi.json")
SOCKETS = frozenset({"/api/v1/live"})
"""Addresses that OpenAPI has no form for."""


def pages_below(root: Path) -> list[Path]:
    """Return the pages of a checkout, none of what was built or fetched there."""
    pages = (page.relative_to(root) for page in root.rglob("*.md"))
    return sorted(root / page for page in pages if page.parts[0] not in BUILT and not page.parts[0].startswith("."))


def unfenced(page: Path) -> str:
    """Return the page's text without its fenced code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the names of the page's headings, as the common web views of git make them."""
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(unfenced(page)))
    return frozenset(word.strip().replace(" ", "-") for word in words)


def broken(page: Path) -> Iterator[str]:
    """Yield each relative link of page that leads nowhere."""
    for link in LINK.findall(unfenced(page)):
        place, _, heading = unquote(link).partition("#")
        target = page.parent / place if place else page
        if re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (heading and target.suffix == ".md" and heading not in anchors(target)):
            yield link


PAGES = pages_below(ROOT)


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_the_pages_are_found() -> None:
    assert {"README.md", "CHANGELOG.md", "docs/README.md"} <= {page_id(page) for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert list(broken(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_command_named_exists(page: Path) -> None:
    assert set(COMMAND.findall(page.read_text(encoding="utf-8"))) <= set(COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_make_target_named_exists(page: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(TARGET.findall(page.read_text(encoding="utf-8"))) <= set(targets)


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_address_named_exists(page: Path) -> None:
    documents = (json.loads((ROOT / "docs" / name).read_text(encoding="utf-8")) for name in DOCUMENTS)
    known = SOCKETS.union(*(document["paths"] for document in documents))
    assert set(ADDRESS.findall(page.read_text(encoding="utf-8"))) <= known


def test_every_page_of_docs_is_in_its_table_of_contents() -> None:
    index = ROOT / "docs/README.md"
    named = {(index.parent / link).resolve() for link in LINK.findall(unfenced(index))}
    assert [
        page_id(page) for page in PAGES if page.parent == index.parent and page != index and page not in named
    ] == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# A title: here\n", encoding="utf-8")
    page = tmp_path / "page.md"
    text = (
        "[a](there.md) [b](there.md#a-title-here) [c](gone.md) [d](there.md#gone) [e](https://x.example) ![f](no.png)"
    )
    page.write_text(f"{text} [g](#gone)\n```\n[h](gone.md)\n```\n", encoding="utf-8")
    assert list(broken(page)) == ["gone.md", "there.md#gone", "no.png", "#gone"]
