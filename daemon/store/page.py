"""What waits to be written: sums and newest values only, so that it stays small however long the disk is away."""

import json
from collections import Counter
from dataclasses import dataclass, field

from daemon.policy.events import Happened, Spent
from daemon.policy.session import Totals
from daemon.store.slices import Slice, cut, plus, totals_of, values

MOST_SLICES = 20_000
"""Two weeks of belt time without a disk; then the oldest minutes go from the hours, never from sessions and sums."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """What is new of one session; None and 0 leave what is written as it is."""

    boot: str
    started: int
    stopped: int
    totals: Totals = Totals()
    min_incline: int | None = None
    reason: str | None = None

    def __add__(self, later: "Chapter") -> "Chapter":
        """Return both as one."""
        return Chapter(
            self.boot,
            min(self.started, later.started),
            max(self.stopped, later.stopped),
            plus(self.totals, later.totals),
            self.min_incline if later.min_incline is None else later.min_incline,
            later.reason or self.reason,
        )


@dataclass(slots=True)
class Page:
    """Changes of one boot since the last commit; pages add up."""

    boot: str
    slices: dict[tuple[int, str], Slice] = field(default_factory=dict)  # by minute and session
    sessions: dict[str, Chapter] = field(default_factory=dict)
    tallies: Counter[str] = field(default_factory=Counter)
    notes: dict[str, str | None] = field(default_factory=dict)
    lost: int = 0  # slices

    def __bool__(self) -> bool:
        """Tell whether there is anything to write."""
        return bool(self.slices or self.sessions or self.tallies or self.notes)

    def spend(self, spent: Spent, offset: int) -> None:
        """Add time spent, cut at the minutes of the wall clock that offset tells."""
        if spent.end <= spent.start:
            return
        for minute, piece in cut(spent, offset):
            self._slice((minute, spent.session), piece)
        totals = totals_of(spent)
        self._session(spent.session, Chapter(self.boot, spent.start, spent.end, totals))
        self.tallies.update(dict(zip(Totals.__slots__, values(totals), strict=True)))

    def happened(self, event: Happened) -> None:
        """Add what an event changes in sessions and sums; most change nothing."""
        data = dict(event.data)
        if event.kind == "session" and event.session is not None:
            self._session(event.session, _chapter(self.boot, event.at, data))
            self.tallies["sessions"] += data.get("step") == "new"
        elif event.kind == "nudge":
            self.tallies[f"nudge.{data.get('outcome') or data.get('step')}"] += 1
        elif event.kind == "spell" and "outcome" in data:
            self.tallies[f"spell.{data['outcome']}"] += 1
        elif event.kind == "command" and data.get("what") == "raise":
            self.tallies[f"raise.{data.get('result')}"] += 1

    def note(self, name: str, value: object) -> None:
        """Keep value, as JSON, under name; None forgets it."""
        self.notes[name] = None if value is None else json.dumps(value, separators=(",", ":"))

    def absorb(self, later: "Page") -> None:
        """Add what came later."""
        for key, piece in later.slices.items():
            self._slice(key, piece)
        for session, chapter in later.sessions.items():
            self._session(session, chapter)
        self.tallies.update(later.tallies)
        self.notes |= later.notes
        self.lost += later.lost

    def _slice(self, key: tuple[int, str], piece: Slice) -> None:
        before = self.slices.get(key)
        if before is None and len(self.slices) >= MOST_SLICES:
            del self.slices[next(iter(self.slices))]
            self.lost += 1
        self.slices[key] = piece if before is None else before + piece

    def _session(self, session: str, chapter: Chapter) -> None:
        before = self.sessions.get(session)
        self.sessions[session] = chapter if before is None else before + chapter


def _chapter(boot: str, at: int, data: dict[str, str | int | bool | None]) -> Chapter:
    started, ended, minimum, reason = (data.get(name) for name in ("started", "ended", "min_incline", "reason"))
    began = started if isinstance(started, int) else at
    return Chapter(
        boot,
        began,
        ended if isinstance(ended, int) else began,
        min_incline=minimum if isinstance(minimum, int) else None,
        reason=reason if isinstance(reason, str) else None,
    )
