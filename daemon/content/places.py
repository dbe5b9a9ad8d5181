"""The places that a text may have, and how wide what fills them can be."""

from collections.abc import Iterator, Mapping
from string import Formatter

from daemon.content.typeset import number

MEANING: Mapping[str, str] = {
    "t": "an incline in %, written as the language writes it",
    "n": "seconds of a countdown, or minutes to cool down or given by staff",
    "m": "minutes: on the belt, left, or per person",
    "c": "a clock such as 4:05",
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
        "incl.min": "t",
        "least": "t",
        "minutes_left": "m",
        "seconds_left": "n",
        "cool_down": "c",
    }.items()
}
"""What is given to each text, label and item; those that are not named here are given nothing."""


def places_of(words: str) -> set[str]:
    """Return the places in words. ValueError when a brace is odd or a place is more than a name."""
    return set(_places(words))


def _places(words: str) -> Iterator[str]:
    for _, name, form, conversion in Formatter().parse(words):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise ValueError(f"{{{name}}} is more than a name")
        yield name


def widest(language: str) -> dict[str, str | int]:
    """Return what fills each place as widely as it can be."""
    return {"t": number(15, language), "n": 120, "m": 120, "c": "10:00"}
