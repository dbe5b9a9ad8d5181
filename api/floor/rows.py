"""The forms of the floor's answers: JSON and CSV have the same names, units stand in them, null is unknown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from daemon.floor.board import MachineNow
from daemon.floor.columns import COLUMNS, COUNTS, Sums
from daemon.messages import Message
from daemon.store.usage import ratio, seconds

FEWEST: Final = 5
"""Sessions below which a rate would say more about one person than about the gym."""


class Figures(Message):
    """What was spent and what happened."""

    belt_s: int
    occupied_s: int
    eligible_s: int
    flat_s: int
    unknown_s: int
    gap_s: int
    distance_m: int
    sessions: int
    """Those that ended here."""
    flat_share: float | None
    """flat / eligible; null when nothing was eligible, and of fewer than 5 sessions."""
    coverage: float | None
    """(belt - unknown) / (belt + gap): how much of the belt time is known; grey the shares below 0.9."""
    acceptance: float | None
    """accepted / (accepted + declined + expired) nudges; null as above."""
    nudges_offered: int
    nudges_accepted_key: int
    nudges_accepted_self: int
    nudges_declined: int
    nudges_expired: int
    nudges_withdrawn: int
    nudges_undelivered: int
    nudges_raised: int
    suggestions_offered: int
    suggestions_taken: int
    suggestions_declined: int
    suggestions_not_today: int
    suggestions_expired: int
    suggestions_withdrawn: int
    suggestions_undelivered: int
    limits_announced: int
    limits_warned: int
    limits_reached: int
    limits_over: int
    limits_extended: int
    limits_lifted: int
    observed_eligible_s: int
    """Of eligible_s, what fell into sessions in `observe`, where nobody was asked."""
    observed_flat_s: int
    observed_share: float | None
    """observed_flat / observed_eligible, the baseline; null when nothing was, and of fewer than 5 such sessions."""
    observed_sessions: int
    spells_ended: int
    """Flat spells in `observe` that ended by themselves within a minute."""
    spells_stayed: int


class UsageLine(Figures):
    """One bucket of one group."""

    start: datetime
    """With offset; an hour that comes twice when clocks go back is two rows."""
    hours: int
    """How long the bucket is: a day of 23 or 25 h is told so."""
    group: str
    """The machine, zone, modality or site."""


class HeatCell(Figures):
    """One weekday and hour of one group."""

    group: str
    weekday: int
    """1 is Monday (ISO 8601)."""
    hour: int
    """Local, 0 to 23."""


class UsagePage(Message):
    """A page of usage."""

    site: str
    tz: str
    bucket: str
    by: str
    rows: list[UsageLine]
    next: str | None
    """`cursor` of the next page; null: there is none."""


class HeatTable(Message):
    """A week of hours, summed over all days that were asked for; what has no row is zero."""

    site: str
    tz: str
    by: str
    rows: list[HeatCell]


class MachineRow(MachineNow):
    """A machine as the floor knows it: now, and how far its events are stored."""

    stored: int
    """All its events up to this number are stored."""
    waiting: int
    """Numbers that were heard behind a gap."""
    unfit: int
    """Events that made no sense, see /api/v1/quarantine."""
    misdated: int
    """Events whose date cannot be: its clock was wrong."""
    undated_sessions: int
    """Sessions that count nowhere, because nobody knows when they were."""


class MachineTable(Message):
    """All machines, by their names."""

    machines: list[MachineRow]


class UnfitRow(Message):
    """An event that was set aside."""

    at: datetime
    machine: str
    topic: str
    reason: str
    payload: str


class QuarantineTable(Message):
    """What was set aside, newest first; at most 1000."""

    events: list[UnfitRow]


def figures(sums: Sums) -> Mapping[str, int | float | None]:
    """Return sums in their wire form; shares come from ms, not from rounded seconds."""
    n = dict(zip(COLUMNS, sums, strict=True))
    accepted = n["nudges_accepted_key"] + n["nudges_accepted_self"]
    enough, watched = n["sessions"] >= FEWEST, n["observed_sessions"] >= FEWEST
    return {
        "belt_s": seconds(n["belt"]),
        "occupied_s": seconds(n["belt"] + n["pause"]),
        "eligible_s": seconds(n["eligible"]),
        "flat_s": seconds(n["flat"]),
        "unknown_s": seconds(n["unknown"]),
        "gap_s": seconds(n["gap"]),
        "distance_m": n["distance"],
        "flat_share": ratio(n["flat"], n["eligible"]) if enough else None,
        "coverage": ratio(n["belt"] - n["unknown"], n["belt"] + n["gap"]),
        "acceptance": ratio(accepted, accepted + n["nudges_declined"] + n["nudges_expired"]) if enough else None,
        "observed_eligible_s": seconds(n["observed_eligible"]),
        "observed_flat_s": seconds(n["observed_flat"]),
        "observed_share": ratio(n["observed_flat"], n["observed_eligible"]) if watched else None,
        **{name: n[name] for name in COUNTS},
    }
