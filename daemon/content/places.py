"""The places that a text may have, what fills each, and how wide that can be."""

from collections.abc import Iterable, Iterator, Mapping
from string import Formatter

from daemon.content.typeset import number
from daemon.content.words import Item, Language

MEANING: Mapping[str, str] = {
    "t": "an incline in %, written as the language writes it",
    "n": "seconds of a countdown, or minutes to cool down or given by staff",
    "m": "minutes: on the belt, left, or per person",
    "d": "an item's advice, such as `try the rower`",
}

PLACES: Mapping[str, frozenset[str]] = {
    name: frozenset(places)
    for name, places in {
        "raise_incline": "tm",
        "auto_raise_countdown": "tn",
        "raising": "t",
        "raised": "t",
        "time_10": "m",
        "time_5": "m",
        "time_1": "m",
        "limit_cooldown": "nm",
        "long_stay": "m",
        "extended": "n",
        "stop_countdown": "n",
        "modality": "dm",
        "why_R2": "m",
        "least": "t",
        "incl.min": "t",
    }.items()
}
"""What is given to each text, line, label and item; those that are not named here are given nothing."""


def places_of(words: str) -> list[str]:
    """Return the places in words, in turn. ValueError when a brace is odd or a place is more than a name."""
    return list(_places(words))


def _places(words: str) -> Iterator[str]:
    for _, name, form, conversion in Formatter().parse(words):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise ValueError(f"{{{name}}} is more than a name")
        yield name


def widest(language: Language, items: Iterable[Item] = ()) -> dict[str, str | int]:
    """Return what fills each place as widely as it can be; items are those whose advice may be given."""
    incline = number(15, language)
    advice = (item.advice.replace("{t}", incline) for item in items)
    return {"t": incline, "n": 120, "m": 120, "d": max(advice, key=len, default="")}
