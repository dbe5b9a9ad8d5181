"""A command that was answered stays answered: over a restart, and not for ever."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from daemon.messages import Ack
from daemon.outbox.answers import REMEMBERED, Answers
from tests.store.conftest import Opened
from tests.store.world import NOON, HandClock

SOON = NOON + timedelta(seconds=10)


def ack(number: int, result: str = "accepted") -> Ack:
    return Ack.model_validate({"id": f"c-{number}", "verb": "identify", "result": result})


async def test_an_answer_outlasts_a_restart(opened: Opened, clock: HandClock) -> None:
    answers = Answers(opened(), clock)
    answers.remember(ack(1), SOON)
    answers.remember(ack(2), SOON)
    answers.remember(ack(1, "rejected"), SOON)
    answers = Answers(opened(), clock)
    assert [answers.earlier(f"c-{n}") for n in (1, 2, 3)] == [ack(1, "rejected"), ack(2), None]


async def test_what_could_not_be_read_is_remembered_for_this_run_only(opened: Opened, clock: HandClock) -> None:
    answers = Answers(opened(), clock)
    answers.remember(ack(1, "rejected"), None)
    assert answers.earlier("c-1") == ack(1, "rejected")
    assert Answers(opened(), clock).earlier("c-1") is None


async def test_those_that_are_too_old_go_first(opened: Opened, clock: HandClock) -> None:
    store = opened()
    answers = Answers(store, clock)
    answers.remember(ack(0), SOON + timedelta(hours=1))
    for number in range(1, REMEMBERED):
        answers.remember(ack(number), SOON)
    clock.go(11_000)
    answers.remember(ack(REMEMBERED), SOON + timedelta(hours=1))
    assert answers.earlier("c-0") == ack(0)
    assert answers.earlier("c-1") is None
    assert store.flush()
    assert store.read(lambda db: db.execute("SELECT count(*) FROM answered").fetchone()) == (REMEMBERED,)


async def test_without_a_right_clock_the_oldest_goes(opened: Opened, clock: HandClock) -> None:
    clock.right = None
    answers = Answers(opened(), clock)
    for number in range(REMEMBERED + 1):
        answers.remember(ack(number), SOON)
    assert answers.earlier("c-0") is None
    assert answers.earlier(f"c-{REMEMBERED}") is not None


async def test_an_answer_that_cannot_be_read_is_left_out(opened: Opened, path: Path, clock: HandClock) -> None:
    store = opened()
    Answers(store, clock).remember(ack(1), SOON)
    assert store.flush()
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO answered VALUES ('c-2', 5, 'x')")
        db.commit()
    answers = Answers(opened(), clock)
    assert [answers.earlier("c-1"), answers.earlier("c-2")] == [ack(1), None]
