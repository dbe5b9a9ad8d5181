"""The words on the screen: short enough to read on a belt, and none that promise or scold."""

import re
from collections.abc import Iterator

import pytest

from daemon.content import Text, texts
from daemon.screen import WORDS

BANNED = (
    *("prevent", "cure", "treat", "heal", "fix", "avoid", "protect", "guarantee", "burn", "degeneration", "disc"),
    *("inhibition", "must", "never", "warning", "danger"),
)
"""Whole words, with their usual endings, besides `shut down`: promises and scolding."""
STOPS = {"limit_cooldown", "pain_or_hr", "help"}
"""Only these tell the member to stop."""
WIDEST: dict[str, str | int] = {"t": "15.0", "n": 120, "m": 120, "d": "elliptical"}


def every() -> Iterator[tuple[str, Text]]:
    """Yield each text with its name, filled as widely as it can be."""
    for name, variants in texts().items():
        for text in variants:
            yield name, text.filled(**WIDEST)


def banned(words: str) -> list[str]:
    endings = "(?:s|es|ed|d|ing|ning)?"
    return re.findall(
        rf"\b(?:{'|'.join(BANNED)}){endings}\b|\bshut(?:s|ting)? down\b|\d %? ?less", words, re.IGNORECASE
    )


def test_texts_are_short() -> None:
    for name, text in every():
        assert 0 < len(text.headline) <= 60, name
        line = name.startswith(("why_", "free_"))
        assert len(text.body) <= 90, name
        assert bool(text.body) is not line, name


def test_no_text_promises_or_scolds() -> None:
    for name, text in every():
        assert not banned(f"{text.headline}. {text.body}"), name


@pytest.mark.parametrize("words", ["It burns fat.", "Avoid pain", "Protected discs", "shuts down", "You must"])
def test_the_check_finds_banned_words(words: str) -> None:
    assert banned(words)


@pytest.mark.parametrize("words", ["Discover a hill", "A sunburnt field", "Treadmill", "mustard", "fixture"])
def test_the_check_takes_whole_words(words: str) -> None:
    assert not banned(words)


def test_only_some_texts_say_stop() -> None:
    for name, text in every():
        orders = re.search(r"(?:^|[.?!] |[Pp]lease )[Ss]top\b|(?:and|then) stop\b", f"{text.headline}. {text.body}")
        assert orders is None or name in STOPS, name


def test_texts_are_calm() -> None:
    for name, text in every():
        words = text.headline + text.body
        assert "!" not in words, name
        assert not re.search(r"\b[A-Z]{4,}\b", words), name


def test_every_prompt_has_words() -> None:
    known = texts()
    assert all(known[name] for name in WORDS.values())
    assert {"link_lost", "lent"} <= known.keys()


def test_a_language_that_is_not_there_is_english() -> None:
    assert texts("xx") == texts("en")
