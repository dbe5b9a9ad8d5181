"""A club's own words: a file for each language beside the configuration, over ours, used whole or not at all."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from daemon.content.judge import faults_of_text
from daemon.content.typeset import typeset
from daemon.content.words import LANGUAGES, Text, Words, words

FOLDER = "words"
"""Beside inclined.toml."""
LARGEST = 256_000
"""Bytes of a file."""
PREFIX = "club."
"""Begins the name of each item of a club's own."""
MOST_ITEMS = 100


class ClubFile(BaseModel):
    """A file such as words/de.json; all of it may be left out."""

    model_config = ConfigDict(extra="forbid", strict=True)

    texts: dict[str, list[tuple[str, str]]] = Field(default_factory=dict)
    """In place of ours: name -> variants, each a headline and a body."""
    items: dict[str, tuple[str, str]] = Field(default_factory=dict, max_length=MOST_ITEMS)
    """In place of ours, or, beginning with `club.`, besides: name -> title and body."""


@dataclass(frozen=True, slots=True)
class ClubWords:
    """The words of every language, a club's over ours, and what was wrong with its files."""

    words: Mapping[str, Words]
    items: tuple[str, ...] = ()
    """The club's own items, which every language has: where a file leaves one out, another language's words stand."""
    faults: tuple[str, ...] = field(default=())


def read_club(folder: Path | None = None) -> ClubWords:
    """Return all words, with those of the files in folder over ours; a file with a mistake is left out whole."""
    if folder is None:
        return ClubWords({language: words(language) for language in LANGUAGES})
    ours = {language: words(language) for language in LANGUAGES}
    found, faults = dict(ours), list(_strange(folder))
    for language in LANGUAGES:
        path = folder / f"{language}.json"
        if path.exists():
            wrong, club = read_file(path, ours[language])
            faults.extend(f"{path}: {why}; this file is not used, and inclined's own words are" for why in wrong)
            found[language] = ours[language] if club is None else over(ours[language], club)
    own = {name: text for one in found.values() for name, text in one.texts.items() if name.startswith(PREFIX)}
    whole = {language: replace(one, texts={**own, **one.texts}) for language, one in found.items()}
    return ClubWords(whole, tuple(sorted(own)), tuple(faults))


def _strange(folder: Path) -> Iterator[str]:
    known = {f"{language}.json" for language in LANGUAGES}
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.name not in known:
            yield f"{path}: no language of inclined has this name; it may be {', '.join(sorted(known))}"


def read_file(path: Path, ours: Words) -> tuple[list[str], ClubFile | None]:
    """Return what is wrong with a file, each with its place, and what it says: None when anything is."""
    try:
        if path.stat().st_size > LARGEST:
            return [f"it is larger than {LARGEST} bytes"], None
        club = ClubFile.model_validate(_json(path))
    except OSError as error:
        return [f"it cannot be read: {error.strerror}"], None
    except ValidationError as error:
        return [f"{' '.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5]], None
    except (ValueError, RecursionError) as error:
        return [f"it is not JSON: {error}"], None
    faults = list(_faults(club, ours))
    return faults, None if faults else club


def _json(path: Path) -> object:
    told = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(told, dict):  # strict, and yet JSON has no tuples
        told["texts"] = _pairs_in_lists(told.get("texts", {}))
        told["items"] = _pairs(told.get("items", {}))
    return told


def _pairs_in_lists(table: object) -> object:
    if not isinstance(table, dict):
        return table
    return {name: [tuple(v) if isinstance(v, list) else v for v in vs] if isinstance(vs, list) else vs
            for name, vs in table.items()}  # fmt: skip


def _pairs(table: object) -> object:
    if not isinstance(table, dict):
        return table
    return {name: tuple(pair) if isinstance(pair, list) else pair for name, pair in table.items()}


def _faults(club: ClubFile, ours: Words) -> Iterator[str]:
    for name, variants in club.texts.items():
        if name not in ours.texts or "." in name:
            yield f"texts {name}: there is no such text"
        elif not variants:
            yield f"texts {name}: it has no variant"
        for headline, body in variants:
            yield from (f"texts {name}: {why}" for why in faults_of_text(name, headline, body, ours.language))
            if name in ours.texts and bool(ours.texts[name][0].body) != bool(body):
                yield f"texts {name}: a line has no body, and every other text has one"
    for name, (title, body) in club.items.items():
        if not (name.startswith(PREFIX) and len(name) > len(PREFIX)) and ("." not in name or name not in ours.texts):
            yield f"items {name}: there is no such item; one of your own begins with {PREFIX}"
        yield from (f"items {name}: {why}" for why in faults_of_text(name, title, body, ours.language))


def over(ours: Words, club: ClubFile) -> Words:
    """Return ours with the club's words over them."""

    def text(headline: str, body: str) -> Text:
        return Text(typeset(headline, ours.language), typeset(body, ours.language))

    texts = {name: tuple(text(*variant) for variant in variants) for name, variants in club.texts.items()}
    items = {name: (text(*item),) for name, item in club.items.items()}
    return replace(ours, texts={**ours.texts, **texts, **items})
