"""Elements of HTML and SVG as text, everything in them escaped. Pure."""

from html import escape
from typing import NewType

Markup = NewType("Markup", str)
"""Text that is markup already."""

VOID = frozenset({"meta"})


def text(words: str) -> Markup:
    """Return words as they are to be read."""
    return Markup(escape(words, quote=False))


def el(name: str, /, *inside: Markup, **attributes: str | float) -> Markup:
    """Return an element; `_` in an attribute's name is `-`, one at its end is left out (`class_`)."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_written(value))}"' for key, value in attributes.items()
    )
    if name in VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{''.join(inside)}</{name}>")


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
