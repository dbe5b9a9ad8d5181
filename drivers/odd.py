"""What a machine said that makes no sense: counted by kind, and logged once per kind with its bytes."""

import logging
from collections import Counter

logger = logging.getLogger(__name__)


class Odd:
    """Counts odd packets; one per driver, so that a reconnect does not log them again."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def note(self, kind: str, data: bytes, why: str = "") -> None:
        """Count one packet of this kind; why is logged with the first."""
        if not self.counts[kind]:
            logger.warning("odd from the treadmill, said once: %s: %s %s", kind, data.hex(" ") or "no bytes", why)
        self.counts[kind] += 1
