"""A word of staff on the screen: a minute long, the newest only, and never over a raise."""

from dataclasses import replace

import pytest

from daemon.board import SHOWN_MS, Board
from daemon.policy.rules import Mode
from daemon.policy.state import Link
from daemon.snapshot import Feed, Phase, Snapshot
from tests.store.world import HandClock

CALM = Snapshot(at=0, seq=0, link=Link.UP, phase=Phase.RUNNING, mode=Mode.ENFORCE)


@pytest.fixture
def feed() -> Feed:
    return Feed(CALM)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def board(feed: Feed, clock: HandClock) -> Board:
    return Board(feed, clock)


def raising(feed: Feed, *, on: bool) -> None:
    feed.publish(replace(feed.latest, raising=on))


def test_it_shows_a_text_for_a_minute(board: Board, clock: HandClock) -> None:
    assert board.text() is None
    assert board.show("Hello.")
    clock.go(SHOWN_MS - 1)
    assert board.text() == "Hello."
    clock.go(1)
    assert board.text() is None


def test_the_newest_wins_and_has_its_own_minute(board: Board, clock: HandClock) -> None:
    board.show("One.")
    clock.go(SHOWN_MS - 1)
    board.show("Two.")
    clock.go(SHOWN_MS - 1)
    assert board.text() == "Two."


def test_nothing_is_taken_during_a_raise(board: Board, feed: Feed) -> None:
    raising(feed, on=True)
    assert not board.show("Hello.")
    raising(feed, on=False)
    assert board.text() is None


def test_a_raise_hides_what_was_there(board: Board, feed: Feed, clock: HandClock) -> None:
    board.show("Hello.")
    raising(feed, on=True)
    assert board.text() is None
    raising(feed, on=False)
    assert board.text() == "Hello."
    raising(feed, on=True)
    clock.go(SHOWN_MS)
    raising(feed, on=False)
    assert board.text() is None
