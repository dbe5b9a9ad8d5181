"""What the screen says in one language: texts of the policy, items of the catalogue, and the page's own labels."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from daemon.content.typeset import typeset

LANGUAGES = ("en", "de", "es", "fr")
"""Every language that the screen speaks; each has a file of its own here, with the same keys."""


@dataclass(frozen=True, slots=True)
class Text:
    """A headline of at most 60 and a body of at most 90 characters; daemon.content.places says what fills each."""

    headline: str
    body: str

    def filled(self, **values: str | int) -> "Text":
        """Return the text with its places filled."""
        return Text(self.headline.format(**values), self.body.format(**values))


type Texts = Mapping[str, tuple[Text, ...]]


@dataclass(frozen=True, slots=True)
class Words:
    """All words of one language."""

    language: str
    name: str
    """What the language calls itself."""
    texts: Texts
    """Variants of each text; of an item there is one, and a line such as `why_R4` has a headline only."""
    labels: Mapping[str, str]
    """The fixed words of the page."""
    disclaimer: str
    decimal: str
    """The sign between units and tenths."""


@cache
def words(language: str = "en") -> Words:
    """Return the words of a language; English where it is none of ours."""
    known = language if language in LANGUAGES else "en"
    return words_of(known, source(known))


def texts(language: str = "en") -> Texts:
    """Return the variants of each text, and each item of the catalogue."""
    return words(language).texts


def source(language: str) -> dict[str, Any]:
    """Return what the file of one of our languages holds."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath(f"{language}.json").read_text(encoding="utf-8"))
    return found


def words_of(language: str, told: Mapping[str, Any]) -> Words:
    """Return the words in told, set as the language sets them."""

    def text(headline: str, body: str = "") -> Text:
        return Text(typeset(headline, language), typeset(body, language))

    texts = {name: tuple(text(*variant) for variant in variants) for name, variants in told["texts"].items()}
    texts |= {name: (text(line),) for name, line in told["lines"].items()}
    texts |= {name: (text(*item),) for name, item in told["items"].items()}
    labels = {name: typeset(label, language) for name, label in told["labels"].items()}
    return Words(language, told["name"], texts, labels, typeset(told["disclaimer"], language), told["decimal"])
