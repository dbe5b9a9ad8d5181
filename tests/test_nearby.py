"""Machines nearby, by what they advertise: free only where it is sure, and nothing is ever connected."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, override

import bleak
import pytest
from bleak.backends.scanner import AdvertisementData
from hypothesis import given
from hypothesis import strategies as st

from daemon.nearby import FRESH_MS, Ear, Sign, heard, standing
from daemon.policy import step
from daemon.policy.core import fresh_state
from daemon.policy.rules import Rules
from daemon.settings.model import Nearby, Neighbour
from daemon.snapshot import snapshot
from drivers.contract import LinkLost, Machine, Reading, Training
from drivers.ftms.nearby import advertised, says_available
from drivers.transports.bluez import FTMS_SERVICE
from tests.drivers.radio import RadioScanner, install

ROWER = "C0:FF:EE:00:00:21"
FLAGS = st.sampled_from([True, False, None])


@given(st.lists(st.tuples(FLAGS, st.integers(0, 400_000)), max_size=20), st.integers(0, 400_000))
def test_free_is_said_only_when_it_is_sure(said: list[tuple[bool | None, int]], later: int) -> None:
    sign, at, seen = Sign(), 0, set()
    for flag, passed in said:
        at += passed
        sign = heard(sign, at, available=flag)
        seen |= {flag} - {None}
    word = standing(sign, at + later)
    if word != "unknown":
        assert said[-1][0] is (word == "free")
        assert seen == {True, False}
        assert later <= FRESH_MS
    elif said and said[-1][0] is not None and len(seen) == 2:
        assert later > FRESH_MS


class Clock:
    boot = "boot"
    at = 1_000

    def now(self) -> int:
        return self.at

    def wall(self) -> datetime:
        return datetime(2026, 6, 1, tzinfo=UTC)


async def test_an_ear_tells_what_it_heard_and_why_it_hears_nothing() -> None:
    air: list[Mapping[str, bool | None] | Exception] = [
        {ROWER: True, "C0:FF:EE:00:00:99": False},
        {ROWER: False},
        LinkLost("listening: no adapter"),
        {ROWER: True},
    ]

    async def listen() -> Mapping[str, bool | None]:
        now = air.pop(0)
        if isinstance(now, Exception):
            raise now
        return now

    ear = Ear({ROWER.lower(): Neighbour(machine="r01", kind="rower")}, 60, listen, Clock())
    told = []
    for _ in range(4):
        await ear.once()
        assert ear.message is not None
        (one,) = ear.message.machines
        told.append((one.machine, one.kind, one.standing, ear.fault))
    no = "listening: no adapter"
    assert told == [
        ("r01", "rower", "unknown", None),
        ("r01", "rower", "busy", None),
        ("r01", "rower", "busy", no),
        ("r01", "rower", "free", None),
    ]


@pytest.mark.parametrize(
    ("data", "says"), [("010100", True), ("001000", False), ("", None), (None, None), ("03", True), ("fe1000", False)]
)
def test_the_flag_is_bit_0_of_the_service_data(data: str | None, says: bool | None) -> None:
    service_data = {} if data is None else {FTMS_SERVICE: bytes.fromhex(data)}
    assert says_available(AdvertisementData(None, {}, service_data, [], None, -50, ())) is says


async def test_advertisements_are_heard_and_nothing_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    radio = install(monkeypatch)

    class Scanner(RadioScanner):
        @override
        def advertise(self) -> None:
            radio.in_air = [ROWER]
            super().advertise()

    def no_client(*_: Any) -> None:
        raise AssertionError("somebody connects")

    monkeypatch.setattr(bleak, "get_platform_scanner_backend_type", lambda: (Scanner, "served"))
    monkeypatch.setattr(bleak, "get_platform_client_backend_type", no_client)
    assert await advertised(0.05) == {ROWER: None}


async def test_no_bluetooth_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    with pytest.raises(LinkLost, match="listening on hci1: no D-Bus system bus"):
        await advertised(0.05, "hci1")


@pytest.mark.parametrize("address", ["C0:FF", "C0-FF-EE-00-00-21", "ZZ:FF:EE:00:00:21"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        Nearby.model_validate({"machines": {address: {"machine": "r01", "kind": "rower"}}})


@pytest.mark.parametrize(
    ("speed", "training", "later", "says"),
    [
        (None, Training.OTHER, 0, True),
        (None, Training.IDLE, 0, False),
        (None, Training.UNKNOWN, 0, None),
        (None, None, 0, None),
        (None, Training.OTHER, 5_001, None),
        (600, Training.IDLE, 0, True),
        (0, Training.OTHER, 0, False),
    ],
)
def test_a_console_without_a_speed_says_by_its_word_whether_it_is_in_use(
    speed: int | None, training: Training | None, later: int, says: bool | None
) -> None:
    state = fresh_state("run", Rules(), 0)
    for event in (Machine(1, "csafe"), Reading(2, speed, training=training)):
        state, _ = step(state, event)
    assert snapshot(state, 1, 2 + later).occupied is says
