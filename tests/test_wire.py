"""Whole numbers of the wire become km/h and % exactly; unknown stays unknown."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from daemon.messages import Info, State
from daemon.policy.rules import Mode
from daemon.policy.session import Totals
from daemon.policy.state import Kind, Link, Prompt
from daemon.snapshot import Phase, Snapshot
from daemon.wire import Identity, info_message, state_message
from drivers.contract import InclineRange

IDENTITY = Identity("gym", "t07", "Treadmill 7", "hall", "simulated:", "0.1.0")
PLAIN = Snapshot(at=1000, seq=3, link=Link.UP, phase=Phase.RUNNING, mode=Mode.NUDGE)


class Clock:
    boot = "boot-1"
    right: datetime | None = datetime(2026, 6, 1, 12, tzinfo=UTC)

    def now(self) -> int:
        return 61_000

    def wall(self) -> datetime | None:
        return self.right


def printed(message: State | Info, name: str) -> Decimal:
    """The number as its reader sees it."""
    number: Decimal = json.loads(message.model_dump_json(), parse_float=Decimal, parse_int=Decimal)[name]
    return number


@given(st.integers(0, 65_535), st.integers(-32_768, 32_767), st.integers(0, 15))
def test_numbers_are_exact(speed: int, incline: int, minimum: int) -> None:
    message = state_message(replace(PLAIN, speed=speed, incline=incline, min_incline=minimum), Clock())
    assert printed(message, "speed_kmh") * 100 == speed
    assert printed(message, "incline_pct") * 10 == incline
    assert printed(message, "min_incline_pct") * 10 == minimum


@given(st.integers(-300, 0), st.integers(1, 400), st.integers(1, 50))
def test_the_range_is_exact(least: int, most: int, step: int) -> None:
    message_range = InclineRange(least, most, step)
    message = info_message(IDENTITY, replace(PLAIN, range=message_range))
    names = ("incline_min_pct", "incline_max_pct", "incline_step_pct")
    assert [printed(message, name) * 10 for name in names] == [least, most, step]
    assert message.control == "unverified"
    assert info_message(replace(IDENTITY, proved=True), replace(PLAIN, range=message_range)).control == "verified"


def test_unknown_is_null_and_never_zero() -> None:
    state, info = state_message(PLAIN, Clock()), info_message(IDENTITY, PLAIN)
    assert (state.speed_kmh, state.incline_pct, state.incline_target_pct, state.session) == (None, None, None, None)
    assert (info.incline_min_pct, info.maker, info.control) == (None, None, "none")


def test_a_state_is_dated_by_its_own_moment() -> None:
    assert state_message(PLAIN, Clock()).ts == datetime(2026, 6, 1, 11, 59, tzinfo=UTC)
    unset = Clock()
    unset.right = None
    assert state_message(PLAIN, unset).ts is None
    assert state_message(PLAIN, unset).uptime_ms == 1000


def test_a_target_is_told_only_while_the_deck_rises() -> None:
    asked = replace(PLAIN, prompt=Prompt(1, Kind.COUNTDOWN, 0, None, target=10))
    assert state_message(asked, Clock()).incline_target_pct is None
    assert state_message(replace(asked, raising=True), Clock()).incline_target_pct == 1.0


def test_every_link_phase_and_mode_has_its_word() -> None:
    for link in Link:
        for phase in Phase:
            for mode in Mode:
                message = state_message(replace(PLAIN, link=link, phase=phase, mode=mode), Clock())
                assert (message.link, message.phase, message.mode) == (link.value, phase.value, mode.name.lower())


def test_times_are_whole_seconds() -> None:
    totals = Totals(**{field.name: 61_999 for field in fields(Totals)})
    message = state_message(replace(PLAIN, totals=totals), Clock())
    assert (message.elapsed_s, message.flat_s, message.distance_m) == (61, 61, 61_999)
