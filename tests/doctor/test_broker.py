"""A real Mosquitto, looked at by the doctor: each thing that can be wrong with it, and all that is well."""

import asyncio
import gc
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from daemon.doctor import broker as checked
from daemon.doctor.certificate import Dates, all_dates, dates
from daemon.doctor.finding import Finding
from daemon.mqtt import Broker
from tests.mqtt.certificates import DAY, NOW, Authority
from tests.mqtt.mosquitto import Mosquitto, free_port, mosquitto
from tests.mqtt.world import World, at, floor_at

LEFT = "ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"
"""paho leaves the socket of a handshake that failed to the garbage collector."""
HERE = "127.0.0.1"
pytestmark = pytest.mark.filterwarnings(LEFT)


@pytest.fixture
def gym(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "gym")


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as running:
        yield running


def found(broker: Broker, no_password: str | None = None) -> list[str]:
    seen = list(checked.judged(checked.seen(broker, no_password)))
    gc.collect()
    return [brief(finding) for finding in seen]


def brief(finding: Finding) -> str:
    return finding.line()


def sealed(gym: Authority, start: timedelta, end: timedelta, more: str = "allow_anonymous true\n") -> str:
    cert, key = gym.issue("broker", HERE, NOW + start, NOW + end)
    return f"certfile {cert}\nkeyfile {key}\n{more}"


def test_a_broker_that_lets_us_in(plain: Mosquitto) -> None:
    (line,) = found(at(plain.port))
    assert line.startswith("ok    broker")
    assert "without TLS and lets us in" in line


async def test_the_daemon_s_own_connection_is_not_disturbed(plain: Mosquitto) -> None:
    async with floor_at(plain.port) as floor, World(at(plain.port)).running() as publisher:
        await floor.message("state")
        (line,) = await asyncio.to_thread(found, at(plain.port))
        assert line.startswith("ok ")
        assert publisher.fault is None
        assert publisher.twin is None


def test_nothing_listens() -> None:
    (line,) = found(at(free_port()))
    assert line.startswith("bad   broker")
    assert "nothing listens there: check [mqtt] host and port" in line


def test_a_name_that_nobody_knows() -> None:
    (line,) = found(Broker("no-such-broker.invalid", 1883))
    assert line.startswith("bad   broker")
    assert "no-such-broker.invalid port 1883" in line


def test_a_name_server_that_holds_its_tongue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The C library's own patience cannot be set for a test: it stands still here until the end."""
    over = threading.Event()
    monkeypatch.setattr("daemon.doctor.broker.STEP_S", 0.2)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: over.wait(60))
    try:
        (line,) = found(Broker("broker.gym.example", 1883))
    finally:
        over.set()
    assert "no name server answered in time: check the network" in line


def test_a_broker_that_holds_its_tongue(plain: Mosquitto) -> None:
    plain.signal(signal.SIGSTOP)
    try:
        (line,) = found(at(plain.port))
    finally:
        plain.signal(signal.SIGCONT)
    assert "there was no answer in time" in line


def test_a_wrong_password(tmp_path: Path) -> None:
    with mosquitto(tmp_path, "allow_anonymous false\n") as broker:
        (line,) = found(at(broker.port, username="t07", password="hunter2"))
        assert line.startswith("bad   broker")
        assert "refuses our name or password: check [mqtt] username" in line
        assert "hunter2" not in line
        (line,) = found(at(broker.port, username="t07"), "run it with sudo")
        assert line.startswith("look  broker")


def test_a_certificate_that_holds(gym: Authority, tmp_path: Path) -> None:
    with mosquitto(tmp_path, sealed(gym, -DAY, 400 * DAY)) as broker:
        door, theirs, ca = found(at(broker.port, ca=gym.file))
    assert "reached by TLS and lets us in" in door
    assert theirs.startswith("ok    certificate   the broker's")
    assert "days are left" in ca  # the authority of the tests lives for 30 days


@pytest.mark.parametrize(
    ("start", "end", "door_says", "paper_says"),
    [
        (-3 * DAY, -DAY, "its certificate has expired", "bad   certificate   the broker's certificate holds"),
        (DAY, 9 * DAY, "is not valid yet by this computer's clock", "it is not valid yet: check this computer's clock"),
        (-DAY, 9 * DAY, "lets us in", "8 days are left"),
    ],
)
def test_a_certificate_that_does_not(
    gym: Authority, tmp_path: Path, start: timedelta, end: timedelta, door_says: str, paper_says: str
) -> None:
    with mosquitto(tmp_path, sealed(gym, start, end)) as broker:
        door, theirs, _ = found(at(broker.port, ca=gym.file))
    assert door_says in door
    assert paper_says in theirs


def test_another_authority(gym: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other", "Other")
    with mosquitto(tmp_path, sealed(gym, -DAY, 9 * DAY)) as broker:
        door, theirs, _ = found(at(broker.port, ca=other.file))
    assert "another authority signed it: check [mqtt] tls ca" in door
    assert theirs.startswith("look ")  # it is read, though not trusted


def test_a_file_that_is_none(tmp_path: Path, plain: Mosquitto) -> None:
    door, ca = found(at(plain.port, ca=tmp_path / "none.pem"))
    assert "is missing" in door
    assert ca.startswith("look  certificate")


def test_no_broker_at_all() -> None:
    assert checked.seen(None) is None


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return Authority(tmp_path_factory.mktemp("gym")).file.read_bytes()


@hypothesis(max_examples=25)
@given(start=st.datetimes(datetime(1951, 1, 1), datetime(2100, 1, 1)), days=st.integers(1, 20_000))  # noqa: DTZ001, made UTC below
def test_dates_are_what_a_library_wrote(tmp_path_factory: pytest.TempPathFactory, start: datetime, days: int) -> None:
    begin = start.replace(microsecond=0, tzinfo=UTC)
    cert, _ = Authority(tmp_path_factory.mktemp("dated")).issue("x", None, begin, begin + timedelta(days=days))
    assert all_dates(cert.read_bytes()) == [Dates(begin, begin + timedelta(days=days))]


@given(st.binary(max_size=80))
def test_what_is_no_certificate_is_told(data: bytes) -> None:
    with pytest.raises(ValueError, match="no certificate"):
        dates(data)


def test_a_certificate_that_is_cut_off(pem: bytes) -> None:
    der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    for cut in range(len(der)):
        with pytest.raises(ValueError, match="no certificate"):
            dates(der[:cut])
    assert dates(der).end > dates(der).start
