"""Every finding both ways: the facts that make it, and those that do not."""

import errno
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daemon.doctor import broker, clock, computer, configuration, disk, port, power, radio, service, traces
from daemon.doctor.broker import Reached
from daemon.doctor.certificate import Dates
from daemon.doctor.clock import Time
from daemon.doctor.computer import Computer
from daemon.doctor.configuration import Read
from daemon.doctor.disk import Disk
from daemon.doctor.finding import Finding, Level, worst
from daemon.doctor.port import Port
from daemon.doctor.power import Power
from daemon.doctor.radio import Block, Radio
from daemon.doctor.service import Health, Unit, health_of, unit_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ROOM = Disk("/var/lib/inclined", 2 * 1024**3, 10_000)
PI = Computer(900, 2000, 0, "0.1.0", "3.13.5", "6.12 aarch64", "Debian GNU/Linux 13 (trixie)", "13")
THERE = Radio(adapters={"hci0": True}, version="5.82")
WELL = Reached(NOW, "broker port 8883", tls=True, papers={"broker": Dates(NOW - DAY, NOW + 90 * DAY)})
RUNS = Unit(loaded=True, state="active")
FINE = Health({"treadmill": "ok", "broker": "none configured"})
SHOWN = "LoadState={}\nActiveState={}\nNRestarts=2\nResult=success\nConditionResult={}\nConditionTimestamp={}\n"


def door(**changes: object) -> list[Finding]:
    return list(broker.judged(replace(WELL, **changes)))  # type: ignore[arg-type]  # the table's own values


def paper(start: timedelta, end: timedelta) -> list[Finding]:
    return door(papers={"ca": Dates(NOW + start, NOW + end)})


def daemon_of(unit: Unit | None, answered: Health = FINE, *, claimed: bool = True) -> list[Finding]:
    return list(service.judged(unit, claimed=claimed, answered=answered))


def date(wall: datetime, *, synced: bool | None, trusted: bool = False) -> Iterable[Finding]:
    return clock.judged(Time(wall, NOW, synced, trusted))


TABLE: dict[str, tuple[Iterable[Finding], str]] = {
    "power: nothing told": (power.judged(Power()), "ok power does not tell|ok heat does not tell"),
    "power: well": (power.judged(Power(alarm=False, bits=0, heat=48_200)), "ok power no under|ok heat 48 degrees"),
    "power: alarm": (power.judged(Power(alarm=True)), "bad power too low now|ok heat"),
    "power: bit now": (power.judged(Power(bits=0x1)), "bad power too low now|ok heat"),
    "power: bit since": (power.judged(Power(bits=0x10000)), "look power since the start|ok heat"),
    "heat: now": (power.judged(Power(bits=0x4)), "ok power|look heat slowed down or too hot"),
    "heat: since": (power.judged(Power(bits=0x20000)), "ok power|look heat was slowed down"),
    "heat: hot": (power.judged(Power(heat=82_000)), "ok power|look heat (82 degrees"),
    "disk: well": (disk.judged(ROOM), "ok disk 2048 MB free"),
    "disk: nearly full": (disk.judged(replace(ROOM, free=50 * 1024**2)), "bad disk nearly full"),
    "disk: no files left": (disk.judged(replace(ROOM, inodes=0)), "bad disk nearly full"),
    "disk: little": (disk.judged(replace(ROOM, free=300 * 1024**2)), "look disk little room"),
    "disk: full": (disk.judged(replace(ROOM, error=errno.ENOSPC)), "bad disk No space left"),
    "disk: read-only": (disk.judged(replace(ROOM, read_only=True)), "bad disk can only be read"),
    "disk: turned read-only": (disk.judged(replace(ROOM, error=errno.EROFS)), "bad disk can only be read"),
    "disk: not ours": (disk.judged(replace(ROOM, error=errno.EACCES)), "bad disk run it with sudo"),
    "disk: broken": (disk.judged(replace(ROOM, error=errno.EIO)), "bad disk the card is failing"),
    "disk: slow": (disk.judged(replace(ROOM, took=3000)), "look disk took 3000 ms"),
    "disk: faults": (disk.judged(replace(ROOM, faults=7)), "ok disk|bad disk met 7 errors"),
    "disk: no faults": (disk.judged(replace(ROOM, faults=0)), "ok disk"),
    "wear: little": (disk.judged(replace(ROOM, wear=1)), "ok disk|ok wear less than 80"),
    "wear: much": (disk.judged(replace(ROOM, wear=3)), "ok disk|look wear more than 90"),
    "memory: well": (computer.judged(PI), "ok memory 900 of 2000|ok versions 0.1.0"),
    "memory: little": (computer.judged(replace(PI, available=100)), "look memory 100 of|ok versions"),
    "memory: hardly any": (computer.judged(replace(PI, available=30)), "bad memory 30 of|ok versions"),
    "memory: killed": (computer.judged(replace(PI, killed=2)), "look memory 2 programs were ended|ok versions"),
    "memory: not told": (computer.judged(replace(PI, available=None)), "look memory does not tell|ok versions"),
    "versions: older": (computer.judged(replace(PI, debian="12")), "ok memory|look versions tried on Debian 13"),
    "versions: another": (computer.judged(replace(PI, debian="", system="")), "ok memory|look versions unknown"),
    "clock: set": (date(NOW + DAY, synced=True), "ok clock 2026-06-02 12:00 UTC, set from"),
    "clock: too early": (date(NOW - 400 * DAY, synced=True), "bad clock before this version"),
    "clock: too late": (date(NOW + 9000 * DAY, synced=True), "bad clock many years after"),
    "clock: not set": (date(NOW, synced=False), "look clock nothing is dated"),
    "clock: nobody knows": (date(NOW, synced=None), "look clock nobody here tells"),
    "clock: trusted": (date(NOW, synced=False, trusted=True), 'look clock clock = "trust" believes it'),
    "adapter: well": (radio.judged(THERE), "ok bluez BlueZ 5.82|ok adapter hci0 is there and has power"),
    "adapter: not needed": (radio.judged(Radio(silent="no"), needed=False), "ok adapter not needed"),
    "adapter: none": (radio.judged(replace(THERE, adapters={})), "ok bluez|bad adapter there is no Bluetooth adapter"),
    "adapter: another": (radio.judged(THERE, "hci1"), "ok bluez|bad adapter hci1 is not there (there is: hci0)"),
    "adapter: no power": (radio.judged(Radio(adapters={"hci0": False})), "ok bluez|bad adapter bluetoothctl power on"),
    "adapter: soft": (
        radio.judged(replace(THERE, blocks=(Block("hci0", soft=True, hard=False),))),
        "bad adapter rfkill unblock|ok bluez",
    ),
    "adapter: hard": (
        radio.judged(replace(THERE, blocks=(Block("hci0", soft=False, hard=True),))),
        "bad adapter at its own switch|ok bluez",
    ),
    "adapter: not blocked": (
        radio.judged(replace(THERE, blocks=(Block("hci0", soft=False, hard=False),))),
        "ok bluez|ok adapter",
    ),
    "bluez: silent": (radio.judged(Radio(silent="it does not run", version="5.82")), "bad bluez systemctl enable"),
    "bluez: missing": (radio.judged(Radio(silent="it does not run")), "bad bluez apt install bluez"),
    "port: none": (port.judged(Port()), "ok port not needed"),
    "port: held": (port.judged(Port("/dev/serial0", held=True)), "ok port was not opened"),
    "port: opens": (port.judged(Port("/dev/serial0", about="FTDI", user="inclined")), "ok port user inclined (FTDI)"),
    "port: root": (port.judged(Port("/dev/serial0", user="root")), "look port no user inclined"),
    "port: refused": (port.judged(Port("/dev/serial0", wrong="it is gone: plug it in")), "bad port it is gone: plug"),
    "broker: none": (broker.judged(None), "ok broker none configured"),
    "broker: well": (door(), "ok broker lets us in|ok certificate holds from 2026-05-31 to 2026-08-30"),
    "broker: plain": (door(tls=False, papers={}), "ok broker without TLS"),
    "broker: no name": (door(unresolved="the name is not known; check it", papers={}), "bad broker known: check it"),
    "broker: no door": (door(unreached="nothing listens there", papers={}), "bad broker nothing listens"),
    "broker: refused": (door(refused="it refuses our name; check it", papers={}), "bad broker our name: check it"),
    "broker: no word": (door(refused="no", no_password="run it with sudo", papers={}), "look broker not tried"),
    "certificate: expired": (paper(-9 * DAY, -DAY), "ok broker|bad certificate tls ca holds from"),
    "certificate: early": (paper(DAY, 9 * DAY), "ok broker|bad certificate not valid yet"),
    "certificate: soon": (paper(-9 * DAY, 9 * DAY), "ok broker|look certificate 9 days are left"),
    "certificate: unread": (door(papers={"cert": None}), "ok broker|look certificate [mqtt] tls cert cannot be read"),
    "daemon: well": (daemon_of(RUNS), "ok daemon runs|ok health all 2 parts"),
    "daemon: often": (daemon_of(replace(RUNS, restarts=5)), "look daemon after 5 restarts|ok health"),
    "daemon: by hand": (daemon_of(None), "ok daemon not as a service|ok health"),
    "daemon: none": (daemon_of(None, Health(wrong="no"), claimed=False), "bad daemon there is no service"),
    "daemon: off": (
        daemon_of(replace(RUNS, state="inactive"), Health(wrong="no"), claimed=False),
        "bad daemon systemctl enable --now inclined",
    ),
    "daemon: fails": (
        daemon_of(replace(RUNS, state="failed", result="exit-code"), Health(wrong="no"), claimed=False),
        "bad daemon failed (exit-code): journalctl",
    ),
    "daemon: mute": (daemon_of(RUNS, Health(wrong="nothing answers")), "ok daemon|look health nothing answers"),
    "daemon: waits": (daemon_of(RUNS, Health(wrong="no"), claimed=False), "ok daemon|look health journalctl"),
    "health: a part": (daemon_of(RUNS, Health({"store": "disk full", "web": "ok"})), "ok daemon|look health disk full"),
    "screen: runs": (service.screen(RUNS), "ok screen runs"),
    "screen: often": (service.screen(replace(RUNS, restarts=9)), "look screen after 9 restarts"),
    "screen: none": (service.screen(None), "ok screen no screen's session"),
    "screen: unmet": (service.screen(replace(RUNS, condition=False)), "ok screen not started"),
    "screen: failed": (service.screen(replace(RUNS, state="failed")), "look screen systemctl restart"),
    "traces: none": (traces.judged([]), "ok traces 0 kept"),
    "traces: asked": (traces.judged([Path("/x/trace-000001-asked.jsonl")]), "ok traces 1 kept"),
    "traces: surprise": (
        traces.judged([Path("/x/trace-000001-unknown.jsonl"), Path("/x/trace-000002-asked.jsonl")]),
        "look traces inclined replay /x/trace-000001-unknown.jsonl",
    ),
    "configuration: none": (configuration.judged(Read(Path("/x"), unread="No such file")), "bad configuration setup"),
    "configuration: closed": (
        configuration.judged(Read(Path("/x"), unread="Permission denied")),
        "bad configuration sudo",
    ),
    "configuration: wrong": (configuration.judged(Read(Path("/x"), mistakes=["a", "b"])), "bad config a|bad config b"),
    "configuration: warned": (configuration.judged(Read(Path("/x"), warnings=["a"])), "look configuration a"),
}


@pytest.mark.parametrize("case", TABLE)
def test_a_finding(case: str) -> None:
    """Each has its level, its check's name and the words; only for what is well there is nothing to do."""
    found, wanted = list(TABLE[case][0]), TABLE[case][1].split("|")
    assert len(found) == len(wanted), found
    for finding, words in zip(found, wanted, strict=True):
        level, check, *rest = words.split(" ", 2)
        assert finding.level.word == level
        assert finding.check.startswith(check)
        assert "".join(rest) in finding.line()
        assert (finding.do == "") == (finding.level is Level.OK)
        assert "\n" not in finding.line()


def test_the_worst_counts() -> None:
    assert worst([]) is Level.OK
    assert worst(f for found, _ in (TABLE["disk: well"], TABLE["disk: full"]) for f in disk.judged(ROOM)) is Level.OK
    assert worst(disk.judged(replace(ROOM, free=0))) is Level.BAD


@pytest.mark.parametrize(
    ("shown", "unit"),
    [
        (
            SHOWN.format("loaded", "active", "yes", "Mon"),
            Unit(loaded=True, state="active", restarts=2, result="success"),
        ),
        (SHOWN.format("not-found", "inactive", "no", ""), Unit(False, "inactive", 2, "success")),  # noqa: FBT003
        (SHOWN.format("loaded", "inactive", "no", "Mon"), Unit(True, "inactive", 2, "success", condition=False)),  # noqa: FBT003
        ("", None),
        (None, None),
    ],
)
def test_what_systemctl_shows(shown: str | None, unit: Unit | None) -> None:
    assert unit_of(shown) == unit


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"checks": 7}', b"[" * 9000])
def test_another_program_at_the_port_is_told(body: bytes) -> None:
    assert health_of(body).wrong == "what answers there is not this daemon"
