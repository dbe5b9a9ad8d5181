"""The words on the screen, by language: files of data that a club may read and extend."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files


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
    """Return the variants of each text; English where the language is not there."""
    found = files(__name__).joinpath(f"{language}.json")
    source = found if found.is_file() else files(__name__).joinpath("en.json")
    nudges = json.loads(source.read_text(encoding="utf-8"))["nudges"]
    return {name: tuple(Text(v["headline"], v["body"]) for v in variants) for name, variants in nudges.items()}
