"""Whether the screen shows anything: each confirmation comes from a frame that a visible page has drawn. Pure."""

from dataclasses import dataclass, replace

SILENT_MS = 60_000
"""A page that shows nothing for so long stands still; it confirms several times a second."""
AGAIN_MS = 120_000
"""The earliest next call: a small computer takes its time to start a browser."""
FIRST_MS = 120_000
"""After the daemon's own start."""


@dataclass(frozen=True, slots=True)
class Heart:
    """`due` is when a silent screen counts as standing still, ms; `silent`: it was told already."""

    due: int
    silent: bool = False


def begun(at: int) -> Heart:
    """Return the heart at the daemon's start."""
    return Heart(at + FIRST_MS)


def shown(heart: Heart, at: int) -> Heart:
    """Return the heart after a page has drawn something, or need not."""
    return replace(heart, due=max(heart.due if not heart.silent else 0, at + SILENT_MS), silent=False)


def judged(heart: Heart, at: int) -> tuple[Heart, bool]:
    """Return the heart after a look at it, and whether the screen is to be started anew now."""
    if at < heart.due:
        return heart, False
    return Heart(at + AGAIN_MS, silent=True), True
