"""A page (stub)."""

from daemon.replay.compare import Comparison
from daemon.replay.text import About


def page(about: About, comparison: Comparison) -> str:
    """Return it."""
    return ""
