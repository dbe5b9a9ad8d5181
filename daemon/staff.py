"""What staff may do for a member's time, from the API and from the floor: checked here, decided by the core."""

from collections.abc import Callable
from dataclasses import dataclass

from daemon.author import Author, author
from daemon.clock import Clock
from daemon.policy.events import Event, Extended, Happened, Lifted, WaitingTold
from daemon.policy.rules import EXTENSIONS_MS
from daemon.refusal import Refusal
from daemon.snapshot import Feed

REASON = 120
"""Longest reason, in characters."""


@dataclass(frozen=True, slots=True)
class Staff:
    """The staff's hands: each method raises Refusal with every reason, and writes to the audit what it did."""

    feed: Feed
    clock: Clock
    submit: Callable[[Event], None]
    tell: Callable[[Happened], None]

    def extend(self, minutes: int, by: str | Author, reason: str, session: str | None = None) -> None:
        """Give the session more minutes: 5, 10 or 15; session: only if it is this one."""
        allowed = [ms // 60_000 for ms in EXTENSIONS_MS]
        wrong = [] if minutes in allowed else [f"minutes: {minutes} is none of {', '.join(map(str, allowed))}"]
        now = self._session(session, reason, wrong)
        self._act(Extended(self.clock.now(), now, minutes * 60_000), "extend", by, reason, minutes=minutes)

    def lift(self, by: str | Author, reason: str, session: str | None = None) -> None:
        """Take the limit off the session."""
        now = self._session(session, reason, [])
        self._act(Lifted(self.clock.now(), now), "lift", by, reason)

    def waiting(self, by: str | Author, *, on: bool) -> None:
        """Say that people wait, for 15 minutes, or that nobody does."""
        self._act(WaitingTold(self.clock.now(), on), "waiting", by, "", on=on)

    def _session(self, wanted: str | None, reason: str, wrong: list[str]) -> str:
        current = self.feed.latest.session
        if not reason.strip() or len(reason) > REASON or not reason.isprintable():
            wrong.append(f"reason: needs 1 to {REASON} printable characters")
        if current is None:
            wrong.append("session: nobody is on this machine now")
        elif wanted is not None and wanted != current:
            wrong.append("session: it has ended, another one is under way")
        if wrong or current is None:
            raise Refusal(wrong)
        return current

    def _act(self, event: Event, what: str, by: str | Author, reason: str, **more: int | str) -> None:
        data = (("what", what), *author(by).told(), ("reason", reason), *more.items())
        self.tell(Happened(event.at, "audit", data, self.feed.latest.session))
        self.submit(event)
