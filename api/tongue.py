"""In which language one screen speaks: the site's, or another for one session. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from daemon.content import Words
from daemon.snapshot import Phase

BACK_MS = 60_000
"""A language that was chosen, and after which nobody ran, is given up then."""


@dataclass
class Tongue:
    """Which of the languages counts now; the first of them is the site's."""

    words: Mapping[str, Words]
    languages: tuple[str, ...]
    _at: int = 0
    _chosen: int = 0
    _ran: bool = False

    def now(self, phase: Phase, at: int) -> Words:
        """Return the words that count: the site's own again once the session is over that they were chosen for."""
        if phase is not Phase.IDLE:
            self._ran = self._ran or phase is not Phase.UNKNOWN
        elif self._ran or at - self._chosen >= BACK_MS:
            self._at, self._ran = 0, False
        return self.words[self.languages[self._at]]

    def next(self) -> str | None:
        """Return what the next language calls itself; None when there is only one."""
        return self.words[self.languages[self._turned()]].name if len(self.languages) > 1 else None

    def touched(self, phase: Phase, at: int) -> None:
        """Choose the next language; only while nobody runs."""
        if phase is Phase.IDLE:
            self._at, self._chosen, self._ran = self._turned(), at, False

    def _turned(self) -> int:
        return (self._at + 1) % len(self.languages)
