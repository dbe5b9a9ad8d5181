"""Numbers and spaces as each language sets them, so that the files can be written with plain ones."""

import re
from collections.abc import Mapping

DECIMAL: Mapping[str, str] = {"en": ".", "de": ",", "es": ",", "fr": ","}
SPACED = frozenset({"de", "es", "fr"})
"""Where a number and its unit are kept together by a space that does not break; English has no space before %."""

NO_BREAK = "\N{NO-BREAK SPACE}"
THIN = "\N{NARROW NO-BREAK SPACE}"
UNIT = re.compile(r"(?<=[0-9}]) (?=%|(?:s|min|km)\b)")
FRENCH = re.compile(r" (?=[;:?!»])|(?<=«) ")


def number(value: float, language: str, places: int = 1) -> str:
    """Return value with so many digits after the language's decimal sign, such as 1,5."""
    return f"{value:.{places}f}".replace(".", DECIMAL.get(language, "."))


def typeset(words: str, language: str) -> str:
    """Return words with the spaces of the language: thin before : ; ? ! in French, unbroken before units."""
    if language in SPACED:
        words = UNIT.sub(NO_BREAK, words)
    return FRENCH.sub(THIN, words) if language == "fr" else words
