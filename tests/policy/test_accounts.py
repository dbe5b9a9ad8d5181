"""The definitions of docs/metrics.md: its worked examples, and what must hold for any evening."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given

from daemon.policy import fresh_state, step
from daemon.policy.events import Happened, Restored, Spent
from daemon.policy.guard import ENFORCE, NUDGE, RAISE
from daemon.policy.rules import Mode, Rules
from daemon.policy.session import Session, Totals
from drivers.contract import Machine, Reading
from tests.policy.plays import Play, plays
from tests.policy.test_invariants import EVENINGS

DOCS = Path(__file__).parents[2] / "docs"


class Belt:
    """A machine of which a test says each sample."""

    def __init__(self, *, warm_up: int = 0) -> None:
        rules = Rules(mode=Mode.OBSERVE, warm_up_ms=warm_up)
        self.state = fresh_state("run", rules, 0)
        self.spent: list[Spent] = []
        self.told: list[dict[str, object]] = []
        self.spelt: list[dict[str, object]] = []
        self.at = 0
        self.take(Machine(0, "test"))

    def take(self, event: Machine | Reading | Restored) -> None:
        self.state, effects = step(self.state, event)
        self.spent += [e for e in effects if isinstance(e, Spent)]
        self.told += [dict(e.data) for e in effects if isinstance(e, Happened) and e.kind == "session"]
        self.spelt += [dict(e.data) for e in effects if isinstance(e, Happened) and e.kind == "spell"]

    def spells(self) -> list[dict[str, object]]:
        """What was told of spells since the last look."""
        told, self.spelt = self.spelt, []
        return told

    def run(self, seconds: int, speed: int = 600, incline: int | None = 0, elapsed: int | None = None) -> None:
        """One sample a second; each second has the values of its beginning."""
        for _ in range(seconds):
            self.take(Reading(self.at, speed, incline, elapsed=elapsed))
            self.at += 1_000

    def end(self, speed: int = 600) -> Totals:
        self.take(Reading(self.at, speed, 0))
        assert self.state.session is not None
        return self.state.session.totals


def test_gap() -> None:
    belt = Belt()
    belt.run(20)
    belt.at += 11_000
    totals = belt.end()
    assert (totals.belt, totals.gap) == (20_000 + 4_000, 7_000)


def test_opening() -> None:
    short, whole = Belt(), Belt()
    short.run(9)
    short.run(2, speed=0)
    assert short.state.session is None
    assert short.told == []
    whole.run(10)
    assert whole.end().belt == 10_000
    assert whole.told[0]["started"] == 0
    assert sum(s.end - s.start for s in whole.spent) == 10_000


def test_pause() -> None:
    belt = Belt()
    belt.run(60)
    belt.run(30, speed=0)
    belt.run(30)
    totals = belt.end()
    assert (totals.belt, totals.pause, totals.occupied) == (90_000, 30_000, 120_000)


def test_eligible() -> None:
    belt = Belt(warm_up=180_000)
    belt.run(300)
    assert belt.end().eligible == 120_000


@pytest.mark.parametrize(("incline", "flat"), [(9, 120_000), (10, 0), (-10, 0)])
def test_flat(incline: int, flat: int) -> None:
    belt = Belt()
    belt.run(120, incline=incline)
    assert belt.end().flat == flat


def test_unknown() -> None:
    belt = Belt()
    belt.run(60, incline=None)
    totals = belt.end()
    assert (totals.unknown, totals.flat, totals.eligible) == (60_000, 0, 0)


def test_spell() -> None:
    belt = Belt(warm_up=180_000)
    spells: list[tuple[int, object]] = []
    for seconds, incline in ((365, 0), (30, 10), (400, 0)):
        for _ in range(seconds):
            belt.run(1, incline=incline)
            spells += [(belt.at // 1000, data.get("outcome", "began")) for data in belt.spells()]
    assert spells == [(301, "began"), (361, "stayed"), (601, "began"), (661, "stayed")]


def test_a_long_pause_ends_the_session() -> None:
    belt = Belt()
    belt.run(60)
    belt.run(125, speed=0)
    assert belt.state.session is None
    assert belt.told[-1]["reason"] == "stopped"


def test_the_consoles_clock_ends_it_when_it_falls_twice_but_not_when_it_wraps() -> None:
    glitch, fresh, wrap = Belt(), Belt(), Belt()
    for belt, first, then in ((glitch, 100, 3), (fresh, 100, 3), (wrap, 5_999, 0)):
        belt.run(30, elapsed=first)
        belt.run(1, elapsed=then)
        belt.run(3, elapsed=first + 4 if belt is glitch else then + 1)
    assert glitch.state.session is not None
    assert wrap.state.session is not None
    assert wrap.told[-1]["step"] == "new"
    assert fresh.told[-1]["reason"] == "elapsed_fell"


def test_two_minutes_of_silence_end_it_at_the_last_counted_moment() -> None:
    belt = Belt()
    belt.run(60)
    belt.at += 130_000
    belt.take(Reading(belt.at, 600, 0))
    ended = next(told for told in belt.told if told["step"] == "end")
    assert (ended["reason"], ended["ended"]) == ("gap", 64_000)


@pytest.mark.parametrize(("away", "goes_on"), [(100_000, True), (130_000, False)])
def test_a_restart_goes_on_after_a_short_gap(away: int, goes_on: bool) -> None:
    saved = Session("old-1", 0, 60_000, 10, opened=True, totals=Totals(belt=60_000), elapsed=60)
    belt = Belt()
    belt.state = fresh_state("new", Rules(), 60_000 + away)
    belt.take(Restored(60_000 + away, saved, same_boot=True))
    assert (belt.state.session is not None) is goes_on


@pytest.mark.parametrize(("elapsed", "goes_on"), [(90, True), (None, False), (5, False), (400, False)])
def test_a_reboot_goes_on_only_with_the_consoles_clock(elapsed: int | None, goes_on: bool) -> None:
    saved = Session("old-1", 0, 60_000, 10, opened=True, totals=Totals(belt=60_000), elapsed=60)
    state = fresh_state("new", Rules(), 5_000)
    state, _ = step(state, Restored(5_000, saved, same_boot=False))
    state, _ = step(state, Machine(6_000, "test"))
    state, _ = step(state, Reading(7_000, 600, 0, elapsed=elapsed))
    assert (state.session is not None and state.session.id == "old-1") is goes_on


@EVENINGS
@given(play=plays())
def test_parts_are_never_larger_than_the_whole(play: Play) -> None:
    spent: dict[str, list[Spent]] = {}
    for one in play.steps:
        for effect in one.effects:
            if isinstance(effect, Spent):
                spent.setdefault(effect.session, []).append(effect)
        session = one.after.session
        if session is not None:
            t = session.totals
            assert 0 <= t.flat <= t.eligible <= t.belt
            assert t.unknown <= t.belt
            assert t.belt + t.pause + t.gap == session.last - session.started
            if session.opened:
                parts = spent.get(session.id, [])
                assert sum(s.end - s.start for s in parts if s.belt) == t.belt
                assert sum(s.end - s.start for s in parts if s.flat) == t.flat
                assert sum(s.end - s.start for s in parts if s.eligible) == t.eligible
                assert sum(s.distance for s in parts) == t.distance
    for parts in spent.values():
        for before, after in pairwise(parts):
            assert before.end <= after.start


def test_each_example_of_the_page_is_a_test_here() -> None:
    examples = re.findall(r"Example `(\w+)`", (DOCS / "metrics.md").read_text(encoding="utf-8"))
    assert len(examples) >= 6
    assert all(f"test_{name}" in globals() for name in examples)


def test_every_check_is_explained() -> None:
    page = (DOCS / "why.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert explained == {name for name, _ in (*NUDGE, *RAISE, *ENFORCE)}
