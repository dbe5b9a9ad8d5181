"""The words on the screen, by language: files of data that a club may read and extend."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """A headline of at most 60 and a body of at most 90 characters; {t} %, {n} seconds, {m} minutes are filled in."""

    headline: str
    body: str

    def filled(self, **values: str | int) -> "Text":
        """Return the text with its places filled."""
        return Text(self.headline.format(**values), self.body.format(**values))


type Texts = Mapping[str, tuple[Text, ...]]


def texts(language: str = "en") -> Texts:
    """Return the variants of each text, and each item of the catalogue; English where the language is not there."""
    nudges = _source(language)["nudges"]
    found = {name: tuple(Text(v["headline"], v["body"]) for v in variants) for name, variants in nudges.items()}
    items = {item["id"]: (Text(item["title"], item["body"]),) for item in _source(language)["catalogue"]}
    return found | items


def _source(language: str) -> Any:  # noqa: ANN401, JSON
    found = files(__name__).joinpath(f"{language}.json")
    source = found if found.is_file() else files(__name__).joinpath("en.json")
    return json.loads(source.read_text(encoding="utf-8"))
