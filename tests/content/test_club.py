"""A club's own words: over ours, whole or not at all, and a mistake is told with its place."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.content import read_club, texts
from daemon.content.club import MOST_ITEMS


def write(folder: Path, language: str = "en", **told: Any) -> Path:
    path = folder / f"{language}.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def test_without_a_folder_the_words_are_ours(tmp_path: Path) -> None:
    for club in (read_club(None), read_club(tmp_path), read_club(tmp_path / "none")):
        assert (club.items, club.faults) == ((), ())
        assert club.words["de"].texts == texts("de")


def test_texts_and_items_are_the_clubs(tmp_path: Path) -> None:
    write(
        tmp_path,
        texts={"raised": [["Nice: {t}%", "Back any time."]]},
        items={"mod.swim": ["Swim in our lake", "It is behind the house."], "club.yoga": ["Yoga at six", "Room 2."]},
    )
    club = read_club(tmp_path)
    assert club.faults == ()
    assert club.words["en"].texts["raised"][0].headline == "Nice: {t}%"
    assert club.words["en"].texts["mod.swim"][0].headline == "Swim in our lake"
    assert club.words["de"].texts["mod.swim"] == texts("de")["mod.swim"]
    assert club.items == ("club.yoga",)
    assert club.words["de"].texts["club.yoga"][0].headline == "Yoga at six", "no word in German: the English one"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"texts": {"rised": [["a", "b"]]}}, "texts rised: there is no such text"),
        ({"texts": {"mod.swim": [["a", "b"]]}}, "texts mod.swim: there is no such text"),
        ({"texts": {"raised": []}}, "texts raised: it has no variant"),
        ({"texts": {"raised": [["It heals", "Really."]]}}, "texts raised: the screen does not say 'heals'"),
        ({"texts": {"raised": [["Fine", ""]]}}, "texts raised: a line has no body"),
        ({"texts": {"why_R4": [["Fine", "And so on."]]}}, "texts why_R4: a line has no body"),
        (
            {"items": {"yoga": ["Yoga", "Room 2."]}},
            "items yoga: there is no such item; one of your own begins with club.",
        ),
        ({"items": {"club.": ["Yoga", "Room 2."]}}, "items club.: there is no such item"),
        ({"items": {"club.yoga": ["Yoga at {t}", "Room 2."]}}, "items club.yoga: nothing fills {t} here"),
        ({"items": {"club.yoga": ["Yoga"]}}, "items club.yoga 1: Field required"),
        ({"items": {"club.yoga": "Yoga"}}, "items club.yoga"),
        ({"words": {}}, "words: Extra inputs are not permitted"),
        ({"texts": [1]}, "texts: "),
        ({"items": {f"club.{n}": ["a", "b"] for n in range(MOST_ITEMS + 1)}}, "at most 100"),
        ([], "Input should be"),
        ("raised", "Input should be"),
    ],
)
def test_a_file_with_a_mistake_is_left_out_whole(tmp_path: Path, told: Any, why: str) -> None:
    path = tmp_path / "en.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    write(tmp_path, "de", items={"club.ok": ["Gut", "Alles gut."]})
    club = read_club(tmp_path)
    assert any(f"{path}: " in fault and why in fault and "is not used" in fault for fault in club.faults), club.faults
    assert {k: v for k, v in club.words["en"].texts.items() if k != "club.ok"} == texts("en")
    assert club.items == ("club.ok",), "the other file counts"


def test_what_is_no_json_or_of_no_language_is_told(tmp_path: Path) -> None:
    (tmp_path / "en.json").write_bytes(b'{"texts": "\xff"}')
    (tmp_path / "fr.json").mkdir()
    (tmp_path / "it.json").write_text("{}")
    (tmp_path / "es.json").write_text("x" * 300_000)
    faults = "\n".join(read_club(tmp_path).faults)
    for why in ("en.json: it is not JSON", "fr.json: it cannot be read: Is a directory", "es.json: it is larger than"):
        assert why in faults
    assert "it.json: no language of inclined has this name" in faults


NAMES = st.sampled_from(["texts", "items", "raised", "club.x", "why_R4"])
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)


@given(st.recursive(LEAVES, nested, max_leaves=8))
def test_nothing_that_is_json_breaks_the_reading(told: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "en.json"
        path.write_text(json.dumps(told), encoding="utf-8")
        club = read_club(Path(folder))
        assert club.words["en"].texts.keys() >= texts("en").keys()
