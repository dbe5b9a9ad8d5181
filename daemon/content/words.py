"""What the words are made of: texts, lines, labels, items, and the page about it all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal, get_args

from pydantic import ConfigDict, Field

type Language = Literal["en", "de", "es", "fr"]
"""A language that the screen speaks."""

LANGUAGES: tuple[Language, ...] = get_args(Language.__value__)
STRICT = ConfigDict(extra="forbid")


class Placement(StrEnum):
    """Where an item may show."""

    ON_BELT = "on_belt"  # while the belt moves
    OFF_BELT = "off_belt"  # only while it stands
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Text:
    """A headline of at most 60 and a body of at most 90 characters, with places such as {t} to be filled."""

    headline: str
    body: str
    __pydantic_config__ = STRICT

    def filled(self, **values: str | int) -> "Text":
        """Return the text with its places filled; `daemon.content.places` says what each stands for."""
        return Text(self.headline.format(**values), self.body.format(**values))


type Texts = Mapping[str, tuple[Text, ...]]


@dataclass(frozen=True, slots=True)
class Item:
    """A suggestion of the catalogue; advice is a whole phrase, such as "try the rower", for use inside a sentence."""

    id: str
    title: str
    body: str
    advice: str
    placement: Placement
    seed: str | None = None
    """The words of the article that it rests on; None for a club's own."""
    more_url: str | None = None
    """Where a club's members can read more."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What a language does not change about an item of ours."""

    placement: Placement
    seed: str
    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True)
class ItemWords:
    """The words of one of our items in one language."""

    title: str
    body: str
    advice: Annotated[str, Field(alias="try")]
    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True)
class Claim:
    """What the article says, and what we found to be known about it."""

    says: str
    known: str
    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True)
class About:
    """The page about the product: what it rests on, and what of that is contested."""

    title: str
    paragraphs: tuple[str, ...]
    claims: tuple[Claim, ...]
    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True)
class Words:
    """All that the screen says in one language."""

    language: Language
    texts: Texts
    lines: Mapping[str, str]
    """One line of at most 90 characters each: why something is suggested, and whether a machine is free."""
    labels: Mapping[str, str]
    """The fixed words of the page."""
    items: Mapping[str, Item]
    disclaimer: str
    about: About
    sources: tuple[str, ...] = field(default=())
    """The works that `about` leans on, by name."""
