"""A clock that is years off for a while takes nothing away."""

from datetime import timedelta

import pytest

from daemon.outbox import Outbox
from daemon.outbox.journal import STEADY_MS, entries
from daemon.policy.events import Happened
from daemon.store import Store
from tests.store.conftest import Opened
from tests.store.world import NOON, HandClock

YEARS = [timedelta(days=days) for days in (11_000, -19_000)]


def fault(at: int) -> Happened:
    return Happened(at, "fault", (("code", 7),))


def told(store: Store, clock: HandClock, outbox: Outbox) -> int:
    """Write one more entry, and return how many there are."""
    outbox.append(fault(clock.go(1)))
    assert store.flush()
    return len(store.read(lambda db: entries(db, 100)))


@pytest.mark.parametrize("step", YEARS)
async def test_the_journal_of_earlier_boots_outlives_a_wrong_clock(
    opened: Opened, clock: HandClock, step: timedelta
) -> None:
    store = opened()
    assert told(store, clock, Outbox(store, "t07", clock)) == 1
    later = HandClock("boot-2", 5_000, NOON + timedelta(days=1))
    store = opened(later)
    outbox = Outbox(store, "t07", later)
    assert told(store, later, outbox) == 2
    assert later.right is not None
    later.right += step
    assert told(store, later, outbox) == 3
    later.go(STEADY_MS - 60_000)
    later.right -= step
    assert told(store, later, outbox) == 4
    later.go(STEADY_MS + 1)
    assert told(store, later, outbox) == 5


async def test_a_clock_that_goes_on_evenly_is_believed(opened: Opened, clock: HandClock) -> None:
    store = opened()
    assert told(store, clock, Outbox(store, "t07", clock)) == 1
    later = HandClock("boot-2", 5_000, NOON + timedelta(days=500))
    store = opened(later)
    outbox = Outbox(store, "t07", later)
    assert told(store, later, outbox) == 2
    later.go(STEADY_MS + 1)
    assert told(store, later, outbox) == 2  # the one of 500 days ago is gone
