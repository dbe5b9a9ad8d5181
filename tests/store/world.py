"""What the store's tests share: a clock that is set by hand, and short words for what happens."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from daemon.policy.events import Happened, Spent

HOUR = 3_600_000
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass
class HandClock:
    """Counts only when told to; wall is None until it is right."""

    boot: str = "boot-1"
    at: int = 1_000_000
    right: datetime | None = NOON

    def now(self) -> int:
        return self.at

    def wall(self) -> datetime | None:
        return self.right

    def go(self, ms: int) -> int:
        """Let ms pass on both clocks; return the new monotonic time."""
        self.at += ms
        if self.right is not None:
            self.right += timedelta(milliseconds=ms)
        return self.at


def flat(start: int, end: int, session: str = "a-1", distance: int = 0) -> Spent:
    return Spent(session, start, end, belt=True, eligible=True, flat=True, distance=distance)


def new(at: int, session: str = "a-1", min_incline: int = 10) -> Happened:
    return Happened(at, "session", (("step", "new"), ("min_incline", min_incline), ("started", at)), session)


def end(at: int, session: str = "a-1", reason: str = "stopped") -> Happened:
    return Happened(at, "session", (("step", "end"), ("reason", reason), ("ended", at)), session)


def nudge(at: int, outcome: str) -> Happened:
    return Happened(at, "nudge", (("step", "ended"), ("outcome", outcome)), "a-1")


def link(at: int) -> Happened:
    return Happened(at, "link", (("state", "up"),))


def say(*words: object) -> None:
    """Tell the test that started this process."""
    print(*words, flush=True)  # noqa: T201, a line for the parent
