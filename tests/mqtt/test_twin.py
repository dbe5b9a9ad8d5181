"""Two computers with one name: no fight for the broker, and each of them says so."""

import heapq
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.mqtt.inbox import Inbox
from daemon.mqtt.topics import Tree
from daemon.mqtt.twin import SHORT_S, SUSPECT, Rivalry, ended, pause
from tests.mqtt.forgetful import Forgetful
from tests.mqtt.mosquitto import Mosquitto
from tests.mqtt.world import QUICK, TREE, Ear, Floor, World, at

FIRST_S, MOST_S = 60.0, 3_600.0
DAY_S = 86_400.0


def contest(hours: float, seed: int, *, told: bool, back_s: float = 0.5) -> tuple[int, list[Rivalry]]:
    """Let two with one name play a broker for so long; return how often they connected, and what each thinks.

    told: whether the one that is thrown out learns why; back_s: its wait after an ordinary loss.
    """
    chance = random.Random(seed)
    know = [Rivalry(), Rivalry()]
    came: list[float | None] = [None, None]
    plans = [(0.0, 0), (7_200.0, 1)]
    connects = 0
    while plans[0][0] < hours * 3_600:
        now, who = heapq.heappop(plans)
        connects, came[who] = connects + 1, now
        other = 1 - who
        since = came[other]
        if since is not None:
            came[other] = None
            know[other] = ended(know[other], now - since, MOST_S, taken_over=told)
            away = pause(know[other], FIRST_S, MOST_S, chance.random()) if know[other].takeovers else back_s
            heapq.heappush(plans, (now + away, other))
    return connects, know


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("told", [True, False])
def test_a_day_of_two_is_no_storm(seed: int, told: bool) -> None:
    connects, know = contest(26, seed, told=told)
    assert 4 < connects < 100
    words = [one.text("gym/t07") for one in know]
    assert all(words) if told else any(words)  # untold, the first to give way is enough for peace


def test_without_pauses_it_would_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test above would see: a connect each half second."""
    monkeypatch.setattr("tests.mqtt.test_twin.ended", lambda before, *_, **__: before)
    connects, _ = contest(3, 0, told=True)
    assert connects > 7_000


@given(st.lists(st.floats(SHORT_S, MOST_S - 1), max_size=50))
def test_an_ordinary_bad_network_is_nobody_s_twin(lives: list[float]) -> None:
    know = Rivalry()
    for lived in lives:
        know = ended(know, lived, MOST_S, taken_over=False)
    assert know == Rivalry()


def test_short_connections_count_only_in_a_row() -> None:
    know = Rivalry()
    for lived in [1, 2] * SUSPECT:
        know = ended(ended(know, lived, MOST_S, taken_over=False), 60, MOST_S, taken_over=False)
    assert know.text("gym/t07") is None
    for lived in range(SUSPECT):
        know = ended(know, lived, MOST_S, taken_over=False)
    assert (know.text("gym/t07") or "").startswith("The broker ends each connection")


def test_a_calm_hour_ends_it() -> None:
    know = ended(Rivalry(), 5_000, MOST_S, taken_over=True)
    assert know.takeovers == 1
    assert ended(know, MOST_S - 1, MOST_S, taken_over=False).takeovers == 1
    assert ended(know, MOST_S, MOST_S, taken_over=False) == Rivalry()


@given(st.integers(1, 1000), st.floats(0, 1))
def test_pauses_grow_within_bounds(takeovers: int, chance: float) -> None:
    one, next_ = (pause(Rivalry(n), FIRST_S, MOST_S, chance) for n in (takeovers, takeovers + 1))
    assert FIRST_S / 2 <= one <= next_ <= MOST_S


async def test_the_one_that_is_thrown_out_says_so_once(broker: Mosquitto, floor: Floor, ear: Ear) -> None:
    """A broker that says nothing, as Mosquitto: our own topic tells."""
    pace = replace(QUICK, rival=0.3, rival_most=100.0)
    ours, theirs = World(at(broker.port), pace), World(at(broker.port), pace)
    theirs.name_run("run-2")
    async with ours.running() as publisher:
        await floor.until(lambda heard: [one for one in heard if one.name == "info" and one.json["run"] == "run-1"])
        async with theirs.running():
            await ear.until("Another computer uses the name of this machine, gym/t07")
            assert publisher.twin is not None
            seq = ours.tell(speed=1).seq  # the treadmill is read all the same
            assert ours.feed.latest.seq == seq
    assert len([line for line in ear.lines if "Another computer" in line]) <= 2  # each of the two, once


async def test_a_broker_that_says_why_is_believed_at_once(ear: Ear) -> None:
    async with Forgetful() as broker:
        world = World(at(broker.port), replace(QUICK, rival=3600.0, rival_most=3600.0))
        async with world.running() as publisher:
            await broker.until(lambda: broker.taken)
            broker.take_over()
            await ear.until("Another computer uses the name of this machine")
            assert publisher.twin is not None
            assert broker.connects == 1


def inbox_of() -> Inbox:
    return Inbox(Tree("gym", "t07"), World(at(1)).ports)


@pytest.mark.parametrize(
    ("told", "known", "retained", "payload", "twin"),
    [
        (False, False, True, b'{"run": "run-0"}', None),  # the Pi before this one, or this one before its restart
        (True, False, True, b'{"run": "run-0"}', None),  # as above, come late
        (True, True, True, b'{"run": "run-2"}', "run-2"),
        (True, False, False, b'{"run": "run-2"}', "run-2"),  # live, beside ours: under another client name
        (True, True, True, b'{"run": "run-1"}', None),
        (True, True, False, b'{"run": "run-1"}', None),
        (True, True, True, b'{"machine": "t07"}', None),  # of a version that told no run
        (True, True, True, b"", None),
        (True, True, True, b"{", None),
        (True, True, False, b"7", None),
        (True, True, False, b"x" * 10_000, None),
    ],
)
def test_whose_info_it_is(told: bool, known: bool, retained: bool, payload: bytes, twin: str | None) -> None:
    inbox = inbox_of()
    inbox.told, inbox.known = told, known
    assert inbox.take(f"{TREE}/info", payload, retained=retained) is None
    assert inbox.twin == twin
