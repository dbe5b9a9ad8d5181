"""The worked examples of docs/definitions.md, by their names."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from api.floor.rows import figures
from daemon.floor.columns import COLUMNS
from daemon.floor.store import About, FloorStore
from daemon.floor.usage import Question, heat, lines
from tests.floor.lives import Life, hear

MONDAY = datetime(2026, 6, 1, 15, 30, tzinfo=UTC)
"""17:30 in Berlin."""
JUNE = (date(2026, 6, 1), date(2026, 7, 1))


def told(
    store: FloorStore, bucket: Literal["hour", "day", "week"] = "day", by: Literal["site", "zone"] = "site"
) -> dict[str, dict[str, Any]]:
    """Return what the floor says of June, by the beginning of each row."""
    found = lines(store, Question(*JUNE, bucket, by))
    return {f"{line.start:%a %H:%M}" if by == "site" else line.group: dict(figures(line.sums)) for line in found}


def spread(store: FloorStore) -> None:
    life = Life(began=MONDAY)
    life.session(3600)
    hear(store, life, life.rows)
    hours = told(store, "hour")
    assert (hours["Mon 17:00"]["belt_s"], hours["Mon 18:00"]["belt_s"]) == (1800, 1800)


def counted(store: FloorStore) -> None:
    spread(store)
    assert {hour: row["sessions"] for hour, row in told(store, "hour").items()} == {"Mon 17:00": 0, "Mon 18:00": 1}


def occupied(store: FloorStore) -> None:
    life = Life(began=MONDAY)
    life.session(1200, pause_s=300)
    hear(store, life, life.rows)
    (day,) = told(store).values()
    assert (day["belt_s"], day["occupied_s"]) == (1200, 1500)


def pooled(store: FloorStore) -> None:
    life = Life(began=MONDAY)
    life.session(600, 600)
    for _ in range(4):
        life.session(1200)
    hear(store, life, life.rows)
    (day,) = told(store).values()
    assert (day["eligible_s"], day["flat_share"]) == (3000, 0.2)


def coverage(store: FloorStore) -> None:
    life = Life(began=MONDAY)
    row = life.session(2400, pause_s=600)
    spent = row.data.replace('"unknown": 0, "gap": 0', '"unknown": 600000, "gap": 600000')
    life.rows[-1] = replace(row, data=spent.replace('"pause": 600000', '"pause": 0'))
    hear(store, life, life.rows)
    (day,) = told(store).values()
    assert day["coverage"] == 0.6


def acceptance(store: FloorStore) -> None:
    life = Life(began=MONDAY)
    for _ in range(5):
        life.session(60)
    for outcome, count in (
        ("accepted_key", 2), ("accepted_self", 1), ("declined", 2), ("expired", 1), ("withdrawn", 3), ("raised", 1),
    ):  # fmt: skip
        for _ in range(count):
            life.tell("nudge", step="ended", outcome=outcome)
    hear(store, life, life.rows)
    (day,) = told(store).values()
    assert (day["acceptance"], day["nudges_withdrawn"]) == (0.5, 3)


def few(store: FloorStore) -> None:
    life = Life(began=MONDAY)
    for _ in range(4):
        life.session(100, 15)
    hear(store, life, life.rows)
    (day,) = told(store).values()
    assert (day["flat_s"], day["flat_share"], day["coverage"]) == (60, None, 1.0)


def autumn(store: FloorStore) -> None:
    life = Life(began=datetime(2026, 10, 25, 0, tzinfo=UTC))
    life.session(7200)
    hear(store, life, life.rows)
    asked = Question(date(2026, 10, 25), date(2026, 10, 26), "hour")
    found = [line for line in lines(store, asked) if line.sums[0]]  # at 3:00 it is told, and no time falls there
    assert [f"{line.start:%H:%M%z}" for line in found] == ["02:00+0200", "02:00+0100"]
    assert [figures(line.sums)["belt_s"] for line in found] == [3600, 3600]


def by_hour_and_weekday(store: FloorStore) -> None:
    for week in range(2):
        life = Life(origin=f"a{week}", boot=f"boot-{week}", began=MONDAY + timedelta(days=7 * week, minutes=30))
        life.number = 100 * week
        life.session(3600)
        hear(store, life, life.rows)
    ((group, weekday, hour, sums), last) = heat(store, Question(*JUNE))
    assert (group, weekday, hour, sums[COLUMNS.index("belt")]) == ("north", 1, 18, 7_200_000)
    assert last[1:3] == (1, 19)  # they were told at 19:00 sharp
    assert not any(last[3][:7])


def folded(store: FloorStore) -> None:
    life = Life(began=MONDAY - timedelta(minutes=25))
    life.session(600)
    life.session(600)
    life.fold(4)
    assert [row.kind for row in life.rows] == ["hours"]
    hear(store, life, life.rows)
    (day,) = told(store).values()
    assert (day["belt_s"], day["sessions"]) == (1200, 2)


def baseline(store: FloorStore) -> None:
    life = Life(began=MONDAY)
    for _ in range(5):
        life.session(600, 300, mode="observe")
        life.tell("spell", step="ended", outcome="stayed")
    for _ in range(5):
        life.session(600, 60)
    hear(store, life, life.rows)
    (day,) = told(store).values()
    assert (day["flat_share"], day["observed_share"], day["spells_stayed"]) == (0.6, 1.0, 5)


def moved(store: FloorStore) -> None:
    store.learn("t07", About("No 7", "window", "treadmill"))
    occupied(store)
    store.learn("t07", About("No 7", "wall", "treadmill"))
    assert {zone: row["belt_s"] for zone, row in told(store, by="zone").items()} == {"wall": 1200}


EXAMPLES: dict[str, Callable[[FloorStore], None]] = {
    "spread": spread, "counted": counted, "occupied": occupied, "pooled": pooled, "coverage": coverage,
    "acceptance": acceptance, "few": few, "autumn": autumn, "heat": by_hour_and_weekday, "folded": folded,
    "baseline": baseline, "moved": moved,
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example(store: FloorStore, name: str) -> None:
    EXAMPLES[name](store)
    assert store.differences() == []


def test_every_example_of_the_page_is_here(checkout: Path) -> None:
    page = (checkout / "docs/definitions.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\*Example `(\w+)`", page)) == set(EXAMPLES)
