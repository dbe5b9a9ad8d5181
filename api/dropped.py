"""What was said to a socket and made no sense: counted, and the first of each kind logged."""

import logging
from collections import Counter

log = logging.getLogger(__name__)

SHOWN = 80
"""Most characters of a dropped message in the journal."""


class Dropped:
    """Counts messages that make no sense; the first of each kind is logged."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def drop(self, kind: str, message: object) -> None:
        """Count a message of this kind."""
        self.counts[kind] += 1
        if self.counts[kind] == 1:
            log.warning("console socket: a message was dropped (%s): %.*r; more are only counted", kind, SHOWN, message)
