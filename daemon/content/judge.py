"""What a text may not be: long, loud, an order, a promise. The same for our words and a club's."""

import re
from collections.abc import Iterator

from daemon.content.banned import MAY_SAY_STOP, STOP, banned
from daemon.content.places import PLACES, places_of, widest
from daemon.content.typeset import typeset

HEADLINE, BODY, LABEL = 60, 90, 26
"""Most characters of each, with its places filled as widely as they can be; a line is as long as a body."""
LINES = ("why_", "free_")
"""What begins so is a line: it has no body."""
LOUD = re.compile(r"\b[^\W\d_a-zß-ÿ]{4,}\b")


def faults_of_text(name: str, headline: str, body: str, language: str) -> Iterator[str]:
    """Yield what is wrong with a text or an item."""
    whole = f"{headline}. {body}"
    yield from _said(name, whole, language)
    if STOP[language].search(whole) and name not in MAY_SAY_STOP:
        yield "it tells the member to stop, which only the end of a time limit and pain may"
    if not headline.strip():
        yield "it has no headline"
    try:
        strange = places_of(whole) - PLACES.get(name, frozenset())
    except ValueError as error:
        yield f"its braces cannot be read: {error}"
        return
    if strange:
        yield f"nothing fills {', '.join(f'{{{place}}}' for place in sorted(strange))} here"
        return
    yield from _long("its headline", headline, BODY if name.startswith(LINES) else HEADLINE, language)
    yield from _long("its body", body, BODY, language)


def faults_of_label(name: str, label: str, language: str) -> Iterator[str]:
    """Yield what is wrong with a fixed word of the page."""
    yield from _said(name, label, language)
    if places_of(label) != PLACES.get(name, frozenset()):
        yield "its places are not those that are filled"
    yield from _long("it", label, LABEL, language)


def _said(name: str, words: str, language: str) -> Iterator[str]:
    for found in banned(words, language):
        yield f"the screen does not say {found!r}: it promises, scolds, or is contested"
    if "!" in words or LOUD.search(words):
        yield "it shouts: no exclamation mark, no word in capitals"
    if any(not (character.isprintable() or character.isspace()) for character in words):
        yield f"{name} holds a character that cannot be shown"


def _long(what: str, words: str, most: int, language: str) -> Iterator[str]:
    length = len(typeset(words, language).format(**widest(language)))
    if length > most:
        yield f"{what} has {length} characters where {most} fit"
