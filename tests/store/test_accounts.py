"""Sessions, hours and sums agree, whatever the wall clock does."""

from dataclasses import replace
from datetime import UTC, timedelta
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.policy.events import Happened, Spent
from daemon.policy.session import Session, Totals
from daemon.store import Store, queries
from daemon.store.slices import NAMES, plus, values
from tests.store.conftest import Opened
from tests.store.world import HOUR, NOON, HandClock, end, flat, new, nudge

BERLIN = ZoneInfo("Europe/Berlin")
FAR = (NOON - timedelta(days=4000), NOON + timedelta(days=4000))


def hours(store: Store) -> Totals:
    """Return the sum of all hours, in ms."""
    span = [round(moment.timestamp() * 1000) for moment in FAR]
    return store.read(lambda db: reduce(plus, (totals for _, totals in queries.parts(db, span[0], span[1])), Totals()))


def sessions(store: Store) -> Totals:
    """Return the sum of all sessions, in ms."""
    columns = ", ".join(f"sum({name})" for name in NAMES)
    return store.read(lambda db: Totals(*db.execute(f"SELECT {columns} FROM session").fetchone()))


def tallies(store: Store) -> Totals:
    return store.read(
        lambda db: Totals(*(dict(db.execute("SELECT name, n FROM tally")).get(name, 0) for name in NAMES))
    )


lengths = st.integers(1, 7 * 60_000)
flags = st.lists(st.booleans(), min_size=6, max_size=6)
jumps = st.one_of(st.just(0), st.integers(-(10**8), 10**8))
stretches = st.lists(
    st.tuples(lengths, flags, st.integers(0, 3000), jumps, st.sampled_from("abc"), st.booleans()),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(stretches)
def test_hours_sessions_and_sums_agree_through_clock_jumps_and_reboots(
    trace: list[tuple[int, list[bool], int, int, str, bool]],
) -> None:
    clock = HandClock(right=None)
    expected = Totals()
    with TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "x.db", clock, "t07")
        for number, (ms, kinds, metres, jump, session, reboot) in enumerate(trace):
            if reboot:
                assert store.flush()
                store.close()
                clock = HandClock(f"boot-{number}", 5_000, clock.right)
                store = Store.open(Path(folder) / "x.db", clock, "t07")
            start = clock.now()
            store.spend(Spent(session, start, clock.go(ms), **dict(zip(NAMES, kinds, strict=False)), distance=metres))
            expected = plus(expected, Totals(*[ms * kind for kind in kinds] + [metres]))
            clock.right = (clock.right or NOON) + timedelta(milliseconds=jump)
            assert store.flush()
        assert hours(store) == sessions(store) == tallies(store) == expected
        store.close()


async def test_hours_are_local_hours(store: Store, clock: HandClock) -> None:
    start = clock.now()
    clock.go(2 * HOUR)  # noon to two, UTC
    assert store.flush()
    store.spend(flat(start + HOUR // 2, start + 2 * HOUR, distance=900))
    assert store.flush()
    rows = await store.usage(NOON, NOON + timedelta(hours=3), BERLIN)
    assert [(row.start.isoformat(), row.flat_s, row.distance_m) for row in rows] == [
        ("2026-06-01T14:00:00+02:00", 1800, 300),
        ("2026-06-01T15:00:00+02:00", 3600, 600),
    ]
    assert {(row.flat_share, row.coverage) for row in rows} == {(1.0, 1.0)}


async def test_the_range_cuts_at_its_quarters(store: Store, clock: HandClock) -> None:
    start = clock.now()
    assert store.flush()
    store.spend(flat(start, clock.go(HOUR)))
    assert store.flush()
    rows = await store.usage(NOON + timedelta(minutes=15), NOON + timedelta(minutes=30), BERLIN)
    assert [row.belt_s for row in rows] == [900]


async def test_shares_are_unknown_where_there_is_nothing_to_share(store: Store, clock: HandClock) -> None:
    start = clock.now()
    store.spend(Spent("a-1", start, clock.go(60_000), pause=True))
    assert store.flush()
    (row,) = await store.usage(*FAR, BERLIN)
    assert (row.occupied_s, row.flat_share, row.coverage) == (60, None, None)


async def test_time_before_the_clock_was_right_is_dated_later(opened: Opened, clock: HandClock) -> None:
    clock.right = None
    store = opened()
    start = clock.now()
    store.spend(flat(start, clock.go(20 * 60_000)))
    store.happened(new(start))
    assert store.flush()
    assert await store.usage(*FAR, BERLIN) == []
    assert [row.started for row in await store.sessions(9)] == [None]
    assert (await store.counters()).flat_s == 1200
    clock.right = NOON + timedelta(minutes=10)  # so it began at 11:50
    assert store.flush()
    assert [row.flat_s for row in await store.usage(*FAR, BERLIN)] == [600, 600]
    assert [row.started for row in await store.sessions(9)] == [NOON - timedelta(minutes=10)]


async def test_a_wrong_clock_put_right_puts_right_what_was_before(store: Store, clock: HandClock) -> None:
    clock.right = NOON + timedelta(days=900)
    store.spend(flat(clock.now(), clock.go(60_000)))
    assert store.flush()
    clock.right = NOON + timedelta(minutes=1)
    assert store.flush()
    (row,) = await store.usage(*FAR, BERLIN)
    assert (row.start.astimezone(UTC), row.belt_s) == (NOON, 60)


async def test_a_session_from_its_beginning_to_its_end(store: Store, clock: HandClock) -> None:
    start = clock.now()
    store.spend(flat(start, clock.go(90_400), distance=77))
    store.happened(new(start, min_incline=15))
    assert store.flush()
    (row,) = await store.sessions(9)
    assert (row.started, row.ended, row.end_reason, row.short) == (NOON, None, None, False)
    store.happened(end(clock.now()))
    assert store.flush()
    (row,) = await store.sessions(9)
    assert (row.ended, row.end_reason) == (NOON + timedelta(milliseconds=90_400), "stopped")
    assert (row.min_incline_pct, row.belt_s, row.flat_s, row.distance_m) == (1.5, 90, 90, 77)


async def test_a_session_that_goes_on_after_a_reboot_keeps_its_beginning(opened: Opened, clock: HandClock) -> None:
    store = opened()
    store.spend(flat(clock.now(), clock.go(60_000)))
    store.happened(new(clock.now() - 60_000))
    store.save(Session("a-1", clock.now() - 60_000, clock.now(), 10, opened=True))
    clock.go(30_000)
    assert store.flush()
    later = HandClock("boot-2", 4_000, clock.right)
    store = opened(later)
    store.spend(flat(4_000, later.go(60_000)))
    store.happened(end(later.now()))
    assert store.flush()
    (row,) = await store.sessions(9)
    assert row.started == NOON
    assert row.ended == NOON + timedelta(milliseconds=150_000)
    assert row.belt_s == 120


async def test_sessions_come_newest_first_and_in_pages(store: Store, clock: HandClock) -> None:
    for number in range(5):
        store.happened(new(clock.go(1000), f"a-{number}"))
        assert store.flush()
    page = await store.sessions(2)
    assert [row.id for row in page] == ["a-4", "a-3"]
    assert [row.id for row in await store.sessions(9, page[-1].id)] == ["a-2", "a-1", "a-0"]
    assert all(row.short for row in page)


async def test_counters_grow_over_restarts_and_name_what_became_of_nudges(opened: Opened, clock: HandClock) -> None:
    store = opened()
    for _ in range(2):
        store.happened(new(clock.now()))
        store.happened(nudge(clock.now(), "declined"))
        store.happened(Happened(clock.now(), "command", (("what", "raise"), ("result", "done"))))
        store.happened(Happened(clock.now(), "command", (("what", "identify"),)))
        store.spend(Spent("a-1", clock.now(), clock.go(1_500), belt=True, unknown=True))
        store = opened()
    counters = await store.counters()
    assert (counters.sessions, counters.nudges, counters.raises) == (2, {"declined": 2}, {"done": 2})
    assert (counters.belt_s, counters.unknown_s, counters.ts) == (3, 3, clock.wall())


async def test_events_and_what_is_used_up_are_written_without_being_asked(store: Store, clock: HandClock) -> None:
    assert store.flush()
    store.happened(new(clock.now()))
    assert store._writer.wait(store._writer._asked, 2)
    assert [row.id for row in await store.sessions(9)] == ["a-1"]
    store.save(saved(clock))
    assert store._writer.wait(store._writer._asked, 2)
    note = store.recall("session")
    assert isinstance(note, dict)
    assert note["declines"] == 1
    asked = store._writer._asked
    store.save(replace(saved(clock), last=clock.now() + 250, used=250))  # only time passed: that can wait
    assert store._writer._asked == asked


def saved(clock: HandClock) -> Session:
    return Session("a-1", clock.now() - 60_000, clock.now(), 10, opened=True, declines=1, raising_over=True)


def test_a_restart_finds_the_session_with_all_that_it_used_up(opened: Opened, clock: HandClock) -> None:
    store = opened()
    store.spend(flat(clock.now(), clock.go(60_000), distance=5))
    store.save(saved(clock))
    store = opened()
    session = replace(saved(clock), totals=Totals(belt=60_000, eligible=60_000, flat=60_000, distance=5))
    assert store.restored() == (session, True)
    store = opened(HandClock("boot-2"))
    assert store.restored() == (session, False)
    store.save(None)
    assert opened().restored() is None


def test_the_accounts_outdo_an_older_note(opened: Opened, clock: HandClock) -> None:
    store = opened()
    store.save(saved(clock))
    store.spend(flat(clock.now(), clock.go(2_000)))
    found = opened().restored()
    assert found is not None
    assert (found[0].last, found[0].totals.belt) == (clock.now(), 2_000)


async def test_a_session_that_ended_is_not_found_again(opened: Opened, clock: HandClock) -> None:
    store = opened()
    store.save(saved(clock))
    store.happened(end(clock.now()))
    assert opened().restored() is None


async def test_sessions_that_a_killed_run_left_open_end_as_a_gap(opened: Opened, clock: HandClock) -> None:
    store = opened()
    store.happened(new(clock.now(), "lost"))
    store.happened(new(clock.now()))
    store.save(saved(clock))
    rows = {row.id: row.end_reason for row in await opened().sessions(9)}
    assert rows == {"lost": "gap", "a-1": None}


def test_a_note_of_another_form_is_no_session(opened: Opened) -> None:
    for note in ("x", {"id": "a"}, {"id": "a", "boot": "b", "totals": {"belts": 1}}, [1]):
        opened().note("session", note)
        assert opened().restored() is None


def test_notes_are_kept_and_forgotten(opened: Opened) -> None:
    opened().note("settings", {"rev": 3})
    store = opened()
    assert store.recall("settings") == {"rev": 3}
    store.note("settings", None)
    assert opened().recall("settings") is None


def test_values_are_in_the_order_of_their_names() -> None:
    assert values(Totals(*range(7))) == tuple(range(7))
