"""The outbox: numbers without a gap, nothing handed out that is not on the disk, nothing lost that matters."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.messages import Event
from daemon.outbox import Outbox
from daemon.outbox.bounds import HELP_MS, WANTED_MS, Bounds
from daemon.outbox.fold import KEPT
from daemon.outbox.journal import entries
from daemon.outbox.rows import Changes
from daemon.policy.events import Happened
from daemon.store import Store
from tests.store.conftest import Opened
from tests.store.world import NOON, HandClock, link


def outbox_of(store: Store, clock: HandClock, most: int = 1000, *, sends: bool = True) -> Outbox:
    return Outbox(store, "t07", clock, Bounds(most), sends=sends)


def fault(at: int) -> Happened:
    return Happened(at, "fault", (("code", 7),))


def numbers(outbox: Outbox, seq: int = 0) -> list[int]:
    return [event.seq for event in outbox.after(seq, 10_000)]


async def test_an_event_comes_back_as_it_went_in(store: Store, clock: HandClock) -> None:
    outbox = outbox_of(store, clock)
    told = Happened(clock.now(), "command", (("what", "raise"), ("ok", True), ("goal", 10), ("none", None)), "a-1")
    event = outbox.append(told)
    assert store.flush()
    assert outbox.after(0, 10) == [event.model_copy(update={"ts": NOON})]
    assert event.id == f"t07-{store.origin}-1"
    assert (event.seq, event.session, event.data) == (1, "a-1", dict(told.data))


async def test_nothing_is_handed_out_before_it_is_on_the_disk(store: Store, path: Path, clock: HandClock) -> None:
    outbox = outbox_of(store, clock)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # the writer waits
        outbox.append(link(clock.now()))
        assert outbox.after(0, 10) == []
        assert not outbox.changed.is_set()
        other.execute("ROLLBACK")
    async with asyncio.timeout(10):
        await outbox.changed.wait()
    assert numbers(outbox) == [1]


async def test_numbers_go_on_after_a_restart_even_when_all_is_stored(opened: Opened, clock: HandClock) -> None:
    store = opened()
    outbox = outbox_of(store, clock)
    first = [outbox.append(link(clock.now())) for _ in range(5)]
    assert store.flush()
    assert numbers(outbox) == [1, 2, 3, 4, 5]
    outbox.stored(5)
    assert store.flush()
    store = opened()
    outbox = outbox_of(store, clock)
    assert len(outbox) == 0
    last = outbox.append(link(clock.now()))
    assert last.seq == 6
    assert last.id not in {event.id for event in first}


async def test_what_waits_is_there_after_a_restart(opened: Opened, clock: HandClock) -> None:
    outbox = outbox_of(opened(), clock)
    events = [outbox.append(link(clock.go(1000))) for _ in range(3)]
    outbox = outbox_of(opened(), clock)
    assert outbox.changed.is_set()
    assert outbox.after(0, 10) == events
    assert outbox.after(1, 1) == events[1:2]
    assert outbox.after(3, 10) == []


async def test_what_the_floor_has_stored_is_forgotten_once_for_all(opened: Opened, clock: HandClock) -> None:
    store = opened()
    outbox = outbox_of(store, clock)
    for _ in range(5):
        outbox.append(link(clock.now()))
    assert store.flush()
    assert numbers(outbox) == [1, 2, 3, 4, 5]
    outbox.delivered(4)
    outbox.stored(3)
    assert numbers(outbox) == [4, 5]
    assert numbers(outbox_of(opened(), clock)) == [4, 5]


async def test_a_new_pi_goes_on_after_the_numbers_that_the_floor_knows(opened: Opened, clock: HandClock) -> None:
    store = opened()
    outbox = outbox_of(store, clock)
    ids = [outbox.append(link(clock.now())).id for _ in range(3)]
    outbox.stored(200)
    assert numbers(outbox) == []  # not under their new numbers yet
    assert store.flush()
    assert [(event.seq, event.id) for event in outbox.after(200, 10)] == list(zip((201, 202, 203), ids, strict=True))
    outbox.stored(202)
    outbox.append(link(clock.now()))
    assert numbers(outbox_of(opened(), clock)) == [203, 204]


async def test_a_new_pi_with_many_events_loses_none_to_the_floors_old_numbers(store: Store, clock: HandClock) -> None:
    outbox = outbox_of(store, clock)
    for _ in range(300):
        outbox.append(link(clock.now()))
    outbox.stored(200)
    assert store.flush()
    assert numbers(outbox) == list(range(201, 501))


async def test_numbers_that_were_sent_in_the_last_run_are_ours(opened: Opened, clock: HandClock) -> None:
    store = opened()
    outbox = outbox_of(store, clock)
    for _ in range(3):
        outbox.append(link(clock.now()))
    outbox.delivered(3)
    store = opened()
    outbox = outbox_of(store, clock)
    outbox.stored(2)
    assert store.flush()
    assert numbers(outbox) == [3]


async def test_a_full_outbox_folds_the_oldest_telemetry_and_no_fault(opened: Opened, clock: HandClock) -> None:
    store = opened()
    outbox = outbox_of(store, clock, most=8)
    outbox.append(fault(clock.now()))
    for _ in range(20):
        outbox.append(link(clock.now()))
    assert store.flush()
    kept = outbox.after(0, 100)
    assert [event.seq for event in kept] == sorted({event.seq for event in kept})
    assert (kept[0].seq, kept[0].kind, kept[-1].seq) == (1, "fault", 21)
    assert kept[1].kind == "hours"
    assert (kept[1].data["first"], kept[1].data["from"]) == (2, 2)
    assert 8 >= len(kept) - 1 < 20
    assert sum(int(event.data.get("link_up") or 1) for event in kept[1:]) == 20
    for _ in range(15):
        outbox.append(fault(clock.now()))
    assert store.flush()
    assert sum(event.kind == "fault" for event in outbox.after(0, 100)) == 16
    left = outbox.after(0, 100)
    assert outbox_of(opened(), clock, most=8).after(0, 100) == left


async def test_bytes_are_bounded_as_well(store: Store, clock: HandClock) -> None:
    outbox = Outbox(store, "t07", clock, Bounds(size=10_000))
    for n in range(500):
        outbox.append(Happened(clock.now(), "link", (("state", "down"), ("reason", "x" * 200), ("n", n))))
        assert sum(row.size for row in outbox._rows) <= 10_000
    assert store.flush()
    assert sum(int(event.data.get("link_down") or 1) for event in outbox.after(0, 1000)) == 500


async def test_what_was_folded_is_handed_out_only_from_the_disk(store: Store, path: Path, clock: HandClock) -> None:
    outbox = outbox_of(store, clock, most=8)
    for _ in range(8):
        outbox.append(link(clock.now()))
    assert store.flush()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # the writer waits
        outbox.append(link(clock.now()))
        assert outbox.after(0, 10) == []
        other.execute("ROLLBACK")
    assert store.flush()
    assert [event.kind for event in outbox.after(0, 1)] == ["hours"]


async def test_safety_and_audit_wait_for_a_first_floor(store: Store, clock: HandClock) -> None:
    outbox = outbox_of(store, clock, most=5)
    for _ in range(15):
        outbox.append(fault(clock.now()))
    clock.go(WANTED_MS)
    assert store.flush()
    assert numbers(outbox) == list(range(1, 16))
    assert outbox.fault is None
    clock.go(1)
    outbox.append(fault(clock.now()))
    assert store.flush()
    assert numbers(outbox) == list(range(12, 17))


async def test_once_there_was_a_floor_they_wait_for_ever_and_say_so(store: Store, clock: HandClock) -> None:
    outbox = outbox_of(store, clock, most=5)
    outbox.stored(0)
    for _ in range(6):
        outbox.append(fault(clock.now()))
    clock.go(2 * WANTED_MS)
    outbox.append(fault(clock.now()))
    assert store.flush()
    assert numbers(outbox) == list(range(1, 8))
    assert outbox.fault is not None
    assert outbox.fault.startswith("7 safety and audit events wait")
    outbox.stored(7)
    assert outbox.fault is None


async def test_where_nothing_is_sent_the_journal_has_them(opened: Opened, clock: HandClock) -> None:
    store = opened()
    outbox = outbox_of(store, clock, most=5, sends=False)
    for _ in range(15):
        outbox.append(fault(clock.go(1)))
    outbox.append(Happened(clock.go(1), "help"))
    outbox.append(link(clock.go(1)))
    assert store.flush()
    assert len(outbox) <= 7
    found = opened().read(lambda db: entries(db, 100))
    assert [entry["id"] for entry in found] == [f"t07-{store.origin}-{n}" for n in range(15, 0, -1)]
    assert found[0] == found[0] | {"kind": "fault", "data": {"code": 7}, "session": None}
    assert found[0]["ts"] == round(NOON.timestamp() * 1000) + 15


async def test_the_journal_forgets_after_400_days(store: Store, clock: HandClock) -> None:
    outbox = outbox_of(store, clock)
    outbox.append(fault(clock.now()))
    clock.go(399 * 86_400_000)
    outbox.append(fault(clock.now()))
    assert store.flush()
    assert len(store.read(lambda db: entries(db, 100))) == 2
    clock.go(2 * 86_400_000)
    outbox.append(fault(clock.now()))
    assert store.flush()
    assert len(store.read(lambda db: entries(db, 100))) == 2


async def test_every_commit_is_on_the_disk_when_it_returns(store: Store) -> None:
    """Full: a power cut loses nothing that was confirmed (SQLite, PRAGMA synchronous)."""
    assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_kill_before_the_mark_was_written_makes_no_stranger_of_the_floor(
    opened: Opened, clock: HandClock
) -> None:
    store = opened()
    outbox = outbox_of(store, clock)
    outbox.stored(0)
    ids = [outbox.append(link(clock.now())).id for _ in range(5)]
    assert store.flush()
    assert len(outbox.after(0, 10)) == 5  # sent, and nobody wrote that down
    outbox = outbox_of(opened(), clock)
    outbox.stored(3)
    assert [(event.seq, event.id) for event in outbox.after(0, 10)] == [(4, ids[3]), (5, ids[4])]


async def test_help_is_forgotten_after_a_day(opened: Opened, clock: HandClock) -> None:
    outbox = outbox_of(opened(), clock)
    outbox.append(Happened(clock.now(), "help"))
    clock.go(HELP_MS)
    outbox.append(link(clock.now()))
    assert len(outbox) == 2
    later = HandClock("boot-2", 5, NOON + timedelta(milliseconds=HELP_MS + 1))
    store = opened(later)
    outbox = outbox_of(store, later)
    outbox.append(link(later.now()))
    assert store.flush()
    assert numbers(outbox) == [2, 3]


async def test_help_of_an_undated_boot_is_forgotten_within_a_day_of_this_one(opened: Opened, clock: HandClock) -> None:
    clock.right = None
    outbox_of(opened(), clock).append(Happened(clock.now(), "help"))
    later = HandClock("boot-2", 5, NOON)
    outbox = outbox_of(opened(later), later)
    outbox.append(link(later.go(HELP_MS - 5)))
    assert len(outbox) == 2
    outbox.append(link(later.go(1)))
    assert len(outbox) == 2


async def test_a_kind_that_is_none_is_refused_before_it_takes_a_number(store: Store, clock: HandClock) -> None:
    outbox = outbox_of(store, clock)
    with pytest.raises(ValueError, match="kind"):
        outbox.append(Happened(clock.now(), "gossip"))
    assert outbox.append(link(clock.now())).seq == 1


async def test_a_row_that_is_no_event_does_not_hold_up_those_behind(
    opened: Opened, path: Path, clock: HandClock
) -> None:
    outbox = outbox_of(opened(), clock)
    for _ in range(3):
        outbox.append(link(clock.now()))
    opened().close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE outbox SET data = 'x' WHERE seq = 2")
        db.execute("UPDATE note SET text = ? WHERE name = 'outbox'", (json.dumps({"last": 1, "who": 2}),))
        db.commit()
    outbox = outbox_of(opened(), clock)
    assert numbers(outbox) == [1, 3]
    assert outbox.append(link(clock.now())).seq == 4


async def test_events_are_dated_once_the_clock_is_right(opened: Opened, clock: HandClock) -> None:
    clock.right = None
    store = opened()
    outbox = outbox_of(store, clock)
    event = outbox.append(link(clock.now()))
    assert event.ts is None
    clock.go(1000)
    clock.right = NOON
    assert store.flush()
    assert [event.ts for event in outbox.after(0, 1)] == [NOON - timedelta(seconds=1)]


async def test_commits_after_the_loop_has_ended_are_commits_all_the_same(store: Store, clock: HandClock) -> None:
    outbox = outbox_of(store, clock)
    ended = asyncio.new_event_loop()
    ended.close()
    outbox._loop = ended
    outbox.append(link(clock.now()))
    assert store.flush()
    assert numbers(outbox) == [1]


def test_changes_of_single_numbers_say_nothing_where_all_is_new() -> None:
    assert (Changes({1}) | Changes({2})).seqs == {1, 2}
    assert Changes({1}) | Changes(set(), anew=True) == Changes(set(), anew=True)
    assert not Changes()


acts = st.lists(
    st.tuples(st.sampled_from(["link", "fault", "help", "stored", "foreign", "restart", "take"]), st.integers(0, 40)),
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(acts)
async def test_any_history_keeps_order_and_every_fault(
    tmp_path_factory: pytest.TempPathFactory, trace: list[tuple[str, int]]
) -> None:
    """Faults are lost only to a floor that stored them; numbers rise, and the disk has what is handed out."""
    clock, path = HandClock(), tmp_path_factory.mktemp("outbox") / "inclined.db"
    store = Store.open(path, clock, "t07")
    outbox = outbox_of(store, clock, most=8)
    outbox.stored(0)
    faults: set[str] = set()
    handed: list[Event] = []
    floor = 0
    for act, number in trace:
        if act in ("link", "fault", "help"):
            event = outbox.append(Happened(clock.go(1), act))
            faults |= {event.id} if act in KEPT else set()
        elif act == "take":
            assert store.flush()
            handed = outbox.after(floor, number)
            assert [event.seq for event in handed] == sorted({event.seq for event in handed})
        elif act == "stored" and handed:
            event = handed[min(number, len(handed) - 1)]
            floor = max(floor, event.seq)
            outbox.stored(floor)
            faults -= {event.id for event in handed if event.seq <= floor}
        elif act == "foreign":
            floor = outbox._marks.last + number + 1
            outbox.stored(floor)
            handed = []
        elif act == "restart":
            store.close()
            store = Store.open(path, clock, "t07")
            outbox = outbox_of(store, clock, most=8)
        assert faults <= {row.id for row in outbox._rows}
    assert store.flush()
    left = outbox.after(0, 10_000)
    assert [event.seq for event in left] == sorted({event.seq for event in left})
    assert faults <= {event.id for event in left}
    assert store.read(lambda db: [row[0] for row in db.execute("SELECT seq FROM outbox ORDER BY seq")]) == [
        event.seq for event in left
    ]
    store.close()
