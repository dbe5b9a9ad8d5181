"""The parts without a database: what makes no sense, marks, what is free, and the settings."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.floor.account import midnight
from daemon.floor.inbox import MOST, Inbox
from daemon.floor.marks import Mark
from daemon.floor.presence import SILENT_MS, WAITING_MS, Seen, Waiting, floor_state, standing, waiting
from daemon.floor.record import Record
from daemon.floor.settings import load
from daemon.floor.sift import Unfit, sift
from daemon.settings import SettingsError
from tests.floor.lives import ZONE, Life

GOOD: dict[str, Any] = {
    "id": "t07-a-2", "seq": 2, "kind": "session", "ts": "2026-06-01T12:00:00Z", "boot": "b", "uptime_ms": 900_000,
    "session": "s", "data": {"step": "end", "reason": "stopped", "started": 0, "ended": 800_000, "min_incline": 10,
    "belt": 600_000, "pause": 0, "eligible": 300_000, "flat": 0, "unknown": 0, "gap": 0, "distance": 900},
}  # fmt: skip
HOURS: dict[str, Any] = GOOD | {
    "id": "t07-a-1..61", "seq": 61, "kind": "hours", "session": None,
    "data": {"first": 1, "last": 61, "from": 1, "since": 5_000, "events": 58, "session_end": 3, "belt": 600_000},
}  # fmt: skip


def heard(body: dict[str, Any]) -> Record | Unfit:
    return sift("t07", f"inclined/v1/north/t07/event/{body['kind']}", json.dumps(body).encode())


def test_good_events_pass() -> None:
    assert isinstance(heard(GOOD), Record)
    assert isinstance(heard(HOURS), Record)
    over_a_reboot = GOOD | {"data": GOOD["data"] | {"started": -500_000}}
    assert isinstance(heard(over_a_reboot), Record)


@pytest.mark.parametrize(
    ("base", "change", "why"),
    [
        (GOOD, {"id": "t08-a-2"}, "none of machine t07"),
        (GOOD, {"id": "t07"}, "none of machine t07"),
        (GOOD, {"id": "t07-a-2..5"}, "only hours"),
        (GOOD, {"seq": 0}, "seq: 0"),
        (GOOD, {"seq": 1 << 60}, "is no number"),
        (GOOD, {"uptime_ms": -1}, "uptime_ms"),
        (GOOD, {"boot": "a\0b"}, "NUL"),
        (GOOD, {"kind": "party"}, "kind"),
        (GOOD, {"data": {"belt": -1}}, "belt is no sum"),
        (GOOD, {"data": {"belt": True}}, "belt is no sum"),
        (GOOD, {"data": {"belt": None}}, "belt is no sum"),
        (GOOD, {"data": {"flat": 300_001}}, "larger than the whole"),
        (GOOD, {"data": {"eligible": 700_000}}, "larger than the whole"),
        (GOOD, {"data": {"unknown": 700_000}}, "larger than the whole"),
        (GOOD, {"data": {"started": 900_000}}, "begin before it ends"),
        (GOOD, {"data": {"ended": 1_000_000}}, "begin before it ends"),
        (GOOD, {"data": {"started": -(10**15)}}, "days"),
        (HOURS, {"data": {"first": 2}}, "not those of the id"),
        (HOURS, {"data": {"from": 62}}, "from or events"),
        (HOURS, {"data": {"events": 62}}, "from or events"),
        (HOURS, {"data": {"events": 0}}, "from or events"),
        (HOURS, {"data": {"since": 900_001}}, "since"),
        (HOURS, {"data": {"nudge_declined": -3}}, "nudge_declined is no sum"),
        (HOURS, {"data": {"since": None}}, "since is no sum"),
    ],
)
def test_what_cannot_be_is_set_aside(base: dict[str, Any], change: dict[str, Any], why: str) -> None:
    body = base | change | {"data": base["data"] | change.get("data", {})}
    found = heard(body)
    assert isinstance(found, Unfit)
    assert why in found.reason
    assert found.seq == (body["seq"] if 0 < body["seq"] < 1 << 53 else None)


@given(st.one_of(st.binary(max_size=200), st.text().map(str.encode), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*GOOD, *GOOD["data"]]), inner), max_leaves=20,
).map(lambda body: json.dumps(body).encode())))  # fmt: skip
def test_nothing_makes_it_fail(payload: bytes) -> None:
    sift("t07", "inclined/v1/north/t07/event/session", payload)
    inbox = Inbox("north")
    for name in ("event/limit", "info", "state", "status", "link", "x"):
        inbox.take(f"inclined/v1/north/t07/{name}", payload, 0, retained=False)
    floor_state(inbox.seen, (), inbox.waiting, 0)


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 5)), max_size=40),
    st.integers(0, 40),
)
def test_a_mark_is_never_beyond_a_gap(ranges: list[tuple[int, int]], last: int) -> None:
    mark, numbers = Mark(), set[int]()
    for first, more in ranges:
        mark = mark.heard(first, first + more, 0)
        numbers |= set(range(first, first + more + 1))
        assert set(range(1, mark.stored + 1)) <= numbers
        assert mark.stored + 1 not in numbers
    for number in range(1, last + 1):
        mark = mark.heard(number, number, 0)
    assert mark.stored >= last


def test_a_gap_needs_time_and_passes() -> None:
    mark = Mark(5)
    for _ in range(20):
        mark = mark.heard(7, 9, 0)
    assert mark.stored == 5  # many times at once are one flood
    assert mark.heard(7, 9, 149_999).stored == 5
    assert mark.heard(7, 9, 150_000).stored == 9
    late = Mark(5).heard(7, 7, 0).heard(7, 7, 600_000)
    assert (late.stored, late.heard(6, 6, 600_001).stored) == (5, 7)
    after = mark.heard(12, 12, 150_000).heard(7, 9, 150_000)
    assert (after.stored, after.heard(12, 12, 150_001).stored) == (9, 9)  # the next gap waits by itself


STATE = {
    "ts": "2026-06-01T12:00:00Z", "boot": "b", "uptime_ms": 1, "seq": 1, "link": "up", "phase": "idle", "mode": "nudge",
    "speed_kmh": 0, "incline_pct": 0, "min_incline_pct": 1, "incline_target_pct": None, "session": None, "elapsed_s": 0,
    "distance_m": 0, "flat_s": 0, "blocked": None, "fault": None,
}  # fmt: skip
AT = 1_780_315_200_000
"""The ts of STATE."""


def seen(**changes: Any) -> Seen:
    more = {name: changes.pop(name) for name in ("status", "link", "kept", "at") if name in changes and name != "link"}
    link = changes.pop("outer", "online")
    return Seen(**({"status": "online", "link": link, "at": AT} | more), state=json.dumps(STATE | changes).encode())


@pytest.mark.parametrize(
    ("what", "is_"),
    [
        (seen(), "free"),
        (seen(phase="running"), "busy"),
        (seen(phase="paused"), "busy"),
        (seen(phase="unknown"), "unknown"),
        (seen(phase="unknown", occupied=True), "busy"),
        (seen(phase="unknown", occupied=True, outer="stale"), "busy"),
        (seen(phase="unknown", occupied=False, outer="stale"), "free"),
        (seen(phase="unknown", occupied=False, outer="offline"), "unknown"),
        (seen(phase="unknown", occupied=False, link="lent"), "unknown"),
        (seen(link="lent"), "unknown"),
        (seen(outer="stale"), "unknown"),
        (seen(outer="offline"), "unknown"),
        (seen(status="offline"), "unknown"),
        (seen(at=AT - SILENT_MS), "free"),
        (seen(at=AT - SILENT_MS - 1), "unknown"),
        (seen(at=AT + 1), "unknown"),
        (seen(kept=True), "free"),
        (seen(kept=True, ts=None), "unknown"),
        (seen(kept=True, ts="2026-06-01T11:58:00Z"), "unknown"),
        (Seen(status="online", link="online", at=AT, state=b"{"), "unknown"),
        (Seen(), "unknown"),
    ],
)
def test_doubt_is_never_free(what: Seen, is_: str) -> None:
    assert standing(what, AT) == is_
    assert standing(what, AT, broken=True) == "out"


def test_nothing_is_said_of_what_nobody_knows() -> None:
    busy, silent, free = seen(phase="running"), seen(status="offline"), seen()
    assert floor_state({"a": busy, "b": silent}, (), (), AT).free == {}
    assert floor_state({"a": busy}, (), (), AT).free == {"treadmill": 0}
    both = floor_state({"a": free, "b": silent, "c": busy, "d": free}, {"d"}, (), AT)
    assert (both.free, both.busy, both.out_of_order, both.unknown) == ({"treadmill": 1},) * 4


def test_machines_nearby_count_as_they_were_heard_last() -> None:
    def hears(at: str, *rows: tuple[str, str, str]) -> bytes:
        machines = [dict(zip(("machine", "kind", "standing"), row, strict=True)) for row in rows]
        return json.dumps({"ts": at, "machines": machines}).encode()

    one, other = seen(), seen()
    one.nearby = hears("2026-06-01T11:59:00Z", ("r1", "rower", "busy"), ("r2", "rower", "free"), ("b", "bike", "free"))
    other.nearby = hears("2026-06-01T11:59:30Z", ("r1", "rower", "free"), ("a", "treadmill", "busy"))
    said = floor_state({"a": one, "b": other}, {"r2"}, (), AT)
    assert (said.free, said.busy["treadmill"], said.out_of_order["rower"]) == ({"treadmill": 2, "rower": 1}, 0, 1)
    for old in ("2026-06-01T11:56:59Z", "2026-06-01T12:00:01Z"):
        one.nearby = hears(old, ("r2", "rower", "free"))
        assert floor_state({"a": one}, (), (), AT).unknown["rower"] == 1
    one.nearby, one.status = hears("2026-06-01T11:59:00Z", ("r2", "rower", "free")), "offline"
    assert "rower" not in floor_state({"a": one}, (), (), AT).free
    one.nearby = b"{"
    assert "rower" not in floor_state({"a": one}, (), (), AT).unknown


def test_who_waits() -> None:
    yes, no = Waiting(AT, people=True), Waiting(AT + 1000, people=False)
    assert waiting([], AT) is None
    assert waiting([yes], AT) == 1
    assert waiting([no, yes], AT + 2000) == 0
    assert waiting([yes], AT + WAITING_MS + 1) is None
    assert waiting([no], AT) is None  # of tomorrow


def test_people_who_wait_are_heard_at_once() -> None:
    inbox, life = Inbox("north"), Life()
    for step in ("announced", "waiting", "nobody_waits"):
        inbox.take(
            "inclined/v1/north/t07/event/limit", life.payload(life.tell("limit", step=step)), 1 << 50, retained=False
        )
    assert [one.people for one in inbox.waiting] == [True, False]


def test_an_inbox_has_an_end() -> None:
    inbox = Inbox("north")
    for _ in range(MOST + 7):
        inbox.take("inclined/v1/north/t07/event/link", b"{}", 0, retained=False)
    assert inbox.dropped == 7
    assert len(inbox.some()) == 500
    for number in range(10_500):
        inbox.take(f"inclined/v1/north/m{number}/status", b"online", 0, retained=True)
    assert len(inbox.seen) == 10_000


def test_midnight_where_there_is_none() -> None:
    from datetime import date
    from zoneinfo import ZoneInfo

    chile = ZoneInfo("America/Santiago")  # clocks go from 0:00 to 1:00 on 6 September 2026
    assert midnight(date(2026, 9, 7), chile) - midnight(date(2026, 9, 6), chile) == 23 * 3_600_000
    assert midnight(date(2026, 10, 26), ZONE) - midnight(date(2026, 10, 25), ZONE) == 25 * 3_600_000


def test_the_example_is_a_configuration(checkout: Path) -> None:
    settings = load(checkout / "deploy/floor.example.toml")
    assert (settings.floor.site, settings.store.keep_days, settings.api.port) == ("north", 400, 8090)


def test_every_key_is_on_the_page(checkout: Path) -> None:
    from daemon.floor.settings import Api, Floor, Store

    page = (checkout / "docs/floor.md").read_text(encoding="utf-8")
    for section in (Floor, Store, Api):
        assert [key for key in section.model_fields if f"`{key}`" not in page and f" {key}`" not in page] == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace('site = "north"', 'site = "North!"'), "[floor] site"),
        (lambda text: text.replace("[floor]", "[flor]"), "[flor]"),
        (lambda text: text.replace("Europe/Berlin", "Europe/Bedlam"), "no time zone"),
        (lambda text: text + "\n[store2]\n", "[store2]"),
        (lambda text: text.replace("port = 8090", 'port = "8090"'), "[api] port"),
        (lambda _: "= 3", "is not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    checkout: Path, tmp_path: Path, change: Callable[[str], str], words: str
) -> None:
    file = tmp_path / "floor.toml"
    file.write_text(change((checkout / "deploy/floor.example.toml").read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(SettingsError) as told:
        load(file)
    assert words in str(told.value)


def test_the_openapi_page_is_current(checkout: Path) -> None:
    from docs.floor import document

    assert (checkout / "docs/floor-openapi.json").read_text(encoding="utf-8") == document()
