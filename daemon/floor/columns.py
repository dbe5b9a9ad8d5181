"""What the floor adds up, as data: the columns of its rollups, and under which name an event brings them."""

from collections.abc import Iterable, Mapping
from typing import Final

TIMES: Final = (
    "belt", "pause", "eligible", "flat", "unknown", "gap", "distance", "observed_eligible", "observed_flat",
)  # fmt: skip
"""Spread over the time in which they fell: ms, and distance in m. As daemon.outbox.fold.sums_of has them."""
COUNTS: Final[Mapping[str, str]] = {
    "sessions": "session_end",
    "nudges_offered": "nudge_offered",
    "nudges_accepted_key": "nudge_accepted_key",
    "nudges_accepted_self": "nudge_accepted_self",
    "nudges_declined": "nudge_declined",
    "nudges_expired": "nudge_expired",
    "nudges_withdrawn": "nudge_withdrawn",
    "nudges_undelivered": "nudge_undelivered",
    "nudges_raised": "nudge_raised",
    "suggestions_offered": "suggestion_offered",
    "suggestions_taken": "suggestion_taken",
    "suggestions_declined": "suggestion_declined",
    "suggestions_not_today": "suggestion_not_today",
    "suggestions_expired": "suggestion_expired",
    "suggestions_withdrawn": "suggestion_withdrawn",
    "suggestions_undelivered": "suggestion_undelivered",
    "limits_announced": "limit_announced",
    "limits_warned": "limit_warned",
    "limits_reached": "limit_reached",
    "limits_over": "limit_over",
    "limits_extended": "limit_extended",
    "limits_lifted": "limit_lifted",
    "observed_sessions": "observed_sessions",
    "spells_ended": "spell_ended",
    "spells_stayed": "spell_stayed",
}
"""Counted in the hour in which they were told: column -> the name that daemon.outbox.fold.sums gives it."""
COLUMNS: Final = (*TIMES, *COUNTS)
COUNTING: Final = frozenset({"session", "nudge", "suggestion", "limit", "spell", "hours"})
"""Kinds of events that bring any of them."""

type Sums = tuple[int, ...]
"""One number for each of COLUMNS, in their order."""

NOTHING: Final[Sums] = (0,) * len(COLUMNS)


def plus(one: Sums, other: Sums) -> Sums:
    """Return the sums of both."""
    return tuple(a + b for a, b in zip(one, other, strict=True))


def minus(sums: Sums) -> Sums:
    """Return what takes sums back."""
    return tuple(-n for n in sums)


def total(parts: Iterable[Sums]) -> Sums:
    """Return the sums of all parts."""
    whole = NOTHING
    for part in parts:
        whole = plus(whole, part)
    return whole
