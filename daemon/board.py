"""A word of staff on the screen, for a while; never while a countdown, a raise or a stop is on."""

from daemon.clock import Clock
from daemon.snapshot import Feed

SHOWN_MS = 60_000


class Board:
    """Holds at most one notice; the newest wins."""

    def __init__(self, feed: Feed, clock: Clock) -> None:
        self._feed = feed
        self._clock = clock
        self._text: str | None = None
        self._until = 0

    def show(self, text: str) -> bool:
        """Show text for a minute; False, and nothing shown, while the deck may be about to move."""
        if self._feed.latest.raising or self._feed.latest.stopping:
            return False
        self._text, self._until = text, self._clock.now() + SHOWN_MS
        return True

    def text(self) -> str | None:
        """Return what is to be shown now."""
        seen = self._feed.latest
        hidden = seen.raising or seen.stopping or self._clock.now() >= self._until
        return None if hidden else self._text
