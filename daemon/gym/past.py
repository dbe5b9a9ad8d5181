"""Weeks of history, as events in the form in which machines tell them; seeded. Pure.

In the first two weeks nobody was asked, so that there is a baseline; one machine in ten is left so for good.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from daemon.floor.record import Record
from daemon.gym.people import Person, person, visits

OBSERVED: Final = 14
"""Days."""
HOLD_OUT: Final = 10
"""One machine in so many stays in observe."""
WARM_UP_MS: Final = 180_000
MIN_INCLINE: Final = 10
NO_LINK: Final = 0.012
"""Of the time, what nobody watched."""


@dataclass(slots=True)
class Past:
    """One machine's events so far; times are ms since it began."""

    machine: str
    began: datetime
    records: list[Record] = field(default_factory=list)

    def tell(self, kind: str, at: int, session: str | None = None, **data: Any) -> None:  # noqa: ANN401, as it comes
        """Let something have happened."""
        number = len(self.records) + 1
        ts = round(self.began.timestamp() * 1000) + at
        self.records.append(
            Record(self.machine, "past", number, number, number, kind, "past", at, ts, session, data)
        )  # fmt: skip


def past(seed: int, machine: str, number: int, until: datetime, weeks: int, zone: ZoneInfo) -> list[Record]:
    """Return all that machine number (from 0) told in so many weeks until a moment."""
    chance = Random(f"{seed} {machine}")  # noqa: S311, a story
    first = until.astimezone(zone).date() - timedelta(weeks=weeks)
    told = Past(machine, datetime(first.year, first.month, first.day, tzinfo=zone))
    share = chance.uniform(0.6, 1.3)
    free_at = 0
    for day in range(weeks * 7 + 1):
        today = first + timedelta(days=day)
        for second in visits(chance, today.weekday(), share):
            at = max(free_at, elapsed(told.began, today, second, zone))
            who = person(chance)
            if at + who.stays * 1000 >= (until - told.began).total_seconds() * 1000:
                return told.records
            observed = day < OBSERVED or number % HOLD_OUT == HOLD_OUT - 1
            visit(told, chance, who, at, observed=observed)
            free_at = at + who.stays * 1000 + 150_000
    return told.records


def elapsed(began: datetime, day: date, second: int, zone: ZoneInfo) -> int:
    """Return the ms from began to a second of a local day; summer time is no jump of it."""
    there = datetime(day.year, day.month, day.day, second // 3600, second % 3600 // 60, second % 60, tzinfo=zone)
    return round((there.timestamp() - began.timestamp()) * 1000)


def visit(told: Past, chance: Random, who: Person, at: int, *, observed: bool) -> None:
    """Let somebody have come."""
    name = f"past-{len(told.records)}"
    belt = who.stays * 1000
    end = at + belt
    told.tell("session", at, name, step="new", min_incline=MIN_INCLINE, started=at)
    eligible = max(0, belt - WARM_UP_MS - who.cools * 1000)
    flat = eligible if who.incline < MIN_INCLINE else 0
    if flat > 120_000:
        asked_at = at + WARM_UP_MS + 120_000
        flat = round(min(flat, flat_time(told, chance, who, name, asked_at, eligible, observed=observed)))
    if not observed and belt > 1_500_000 and chance.random() < 0.3:
        suggested(told, chance, name, at + 1_300_000)
    gap = round(belt * NO_LINK) if chance.random() < 0.2 else 0
    told.tell(
        "session", end, name, step="end", reason="stopped", started=at, ended=end, min_incline=MIN_INCLINE,
        mode="observe" if observed else "assist", belt=belt, pause=chance.choice((0, 0, 0, 20_000)), eligible=eligible,
        flat=flat, unknown=0, gap=gap, distance=belt * who.speed // 360_000,
    )  # fmt: skip


def flat_time(told: Past, chance: Random, who: Person, name: str, at: int, eligible: int, *, observed: bool) -> float:
    """Tell what became of a belt that stayed flat until at; return how long it was flat, ms."""
    by_hand = who.habit == "own" and chance.random() < 0.6
    if observed:
        told.tell("spell", at, name, step="began")
        told.tell("spell", at + 60_000, name, step="ended", outcome="ended" if by_hand else "stayed")
        return 150_000 if by_hand else eligible * chance.uniform(0.7, 1)
    told.tell("nudge", at, name, step="offered")
    seen = chance.random() < 0.94
    outcome = {"raise": "accepted_key", "decline": "declined"}.get(who.habit, "accepted_self" if by_hand else "expired")
    told.tell("nudge", at + who.thinks * 1000, name, step="ended", outcome=outcome if seen else "undelivered")
    accepted = seen and outcome.startswith("accepted")
    return 120_000 + who.thinks * 1000 if accepted else eligible * chance.uniform(0.7, 1)


def suggested(told: Past, chance: Random, name: str, at: int) -> None:
    """Tell of a suggestion."""
    told.tell("suggestion", at, name, step="offered", rule="R3", item="switch.rower")
    outcome = chance.choices(("taken", "declined", "not_today", "expired"), (3, 3, 1, 4))[0]
    told.tell("suggestion", at + 9_000, name, step="ended", rule="R3", item="switch.rower", outcome=outcome)


def days(records: list[Record]) -> Iterator[list[Record]]:
    """Yield the records in portions of a transaction."""
    yield from (records[start : start + 500] for start in range(0, len(records), 500))
