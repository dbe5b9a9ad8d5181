"""Settings that are words, not numbers: how each is written, read and explained. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from daemon.policy.catalogue import PLACEMENT
from daemon.policy.hours import EXAMPLE, windows
from daemon.policy.rules import Rules, When


@dataclass(frozen=True, slots=True)
class Word:
    """One setting: its field of Rules, how text becomes its value and back, and a line for its reader."""

    field: str
    doc: str
    may_be: str
    read: Callable[[str], Any]
    """ValueError says what is wrong with the text."""
    write: Callable[[Rules], str]


def _when(text: str) -> When:
    try:
        return When(text)
    except ValueError:
        raise ValueError(f"{text!r} is none of its values") from None


def _peak(text: str) -> str:
    windows(text)
    return text


def _items(text: str) -> frozenset[str]:
    items = frozenset(part.strip() for part in text.split(",") if part.strip())
    unknown = sorted(items - PLACEMENT.keys())
    if unknown:
        raise ValueError(f"{', '.join(unknown)[:200]}: no such item")
    return items


WORDS: Mapping[str, Word] = {
    word.field: word
    for word in (
        Word(
            "limit_when",
            "when the time limit counts",
            "waiting (in peak hours, while people wait or no treadmill is free) or always",
            _when,
            lambda rules: rules.limit_when.value,
        ),
        Word("peak", "peak hours, in the machine's time zone", f"windows such as {EXAMPLE}", _peak, lambda r: r.peak),
        Word(
            "items_off",
            "items that this club does not show",
            "names such as mod.swim, mod.stair",
            _items,
            lambda rules: ", ".join(sorted(rules.items_off)),
        ),
    )
}
