"""A broker behind TLS, with certificates good and bad: each is one line in the health that says what to do."""

import gc
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import aiomqtt
import pytest

from daemon.mqtt.broker import Broker
from daemon.mqtt.faults import reason
from daemon.mqtt.tls import tls_context
from tests.mqtt.certificates import DAY, NOW, Authority
from tests.mqtt.mosquitto import Mosquitto, mosquitto
from tests.mqtt.world import NOON, QUICK, Ear, World, at, floor_at

LEFT = "ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"
"""paho leaves the socket of a handshake that failed to the garbage collector."""
HERE = "127.0.0.1"


@pytest.fixture
def gym(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "gym")


def sealed(certificate: tuple[Path, Path], more: str = "allow_anonymous true\n") -> str:
    """Return the lines of a broker that has this certificate."""
    cert, key = certificate
    return f"certfile {cert}\nkeyfile {key}\n{more}"


def asking(gym: Authority, more: str = "") -> str:
    """Return the lines of a broker that asks for a certificate, and takes its CN for the user's name."""
    wants = f"cafile {gym.file}\nrequire_certificate true\nuse_identity_as_username true\nallow_anonymous false\n"
    return sealed(gym.issue("broker", HERE), wants + more)


async def fault_at(broker: Broker, ear: Ear) -> str:
    """Return what the health says of this broker."""
    async with World(broker).running() as publisher:
        await ear.until("out of reach")
        gc.collect()
        return publisher.fault or ""


async def test_a_certificate_is_a_machine_s_name_and_password(gym: Authority, tmp_path: Path) -> None:
    access = tmp_path / "acl"
    access.write_text("user floor\ntopic readwrite #\npattern write inclined/v1/+/%u/#\n", encoding="utf-8")
    with mosquitto(tmp_path, asking(gym, f"acl_file {access}\n")) as broker:
        cert, key = gym.issue("t07")
        floor_cert, floor_key = gym.issue("floor")
        tls = aiomqtt.TLSParameters(str(gym.file), str(floor_cert), str(floor_key))
        async with (
            floor_at(broker.port, tls_params=tls) as floor,
            World(at(broker.port, ca=gym.file, cert=cert, key=key)).running(),
        ):
            await floor.message("state")


type Bad = Callable[[Authority, Path], tuple[Path, Path]]
BROKERS: dict[str, tuple[Bad, str]] = {
    "expired": (lambda gym, _: gym.issue("b", HERE, NOW - 2 * DAY, NOW - DAY), "its certificate has expired; renew"),
    "too early": (lambda gym, _: gym.issue("b", HERE, NOW + DAY, NOW + 2 * DAY), "its certificate is not valid yet"),
    "another name": (lambda gym, _: gym.issue("b", "broker.gym"), "its certificate is for another address"),
    "no name": (lambda gym, _: gym.issue("b"), "its certificate is for another address"),
    "another authority": (
        lambda _, folder: Authority(folder / "other", "Other").issue("b", HERE),
        "another authority signed it; check [mqtt] tls ca",
    ),
}


@pytest.mark.filterwarnings(LEFT)
@pytest.mark.parametrize("case", BROKERS)
async def test_a_broker_that_is_not_trusted_hears_nothing(case: str, gym: Authority, tmp_path: Path, ear: Ear) -> None:
    bad, words = BROKERS[case]
    with mosquitto(tmp_path, sealed(bad(gym, tmp_path))) as broker:
        fault = await fault_at(at(broker.port, ca=gym.file, username="t07", password="secret"), ear)
        assert words in fault
        assert "secret" not in fault
        assert "\n" not in fault


type Ours = Callable[[Authority, Path], tuple[Path, Path] | None]
MACHINES: dict[str, tuple[Ours, str]] = {
    "none": (lambda _, __: None, "it asks for a certificate of this machine"),
    "expired": (lambda gym, _: gym.issue("t07", None, NOW - 2 * DAY, NOW - DAY), "our certificate has expired"),
    "revoked": (lambda gym, _: gym.issue("t07", serial=77), "our certificate was revoked; this machine needs a new"),
    "another authority": (
        lambda _, folder: Authority(folder / "other", "Other").issue("t07"),
        "it does not know who signed our certificate",
    ),
}


@pytest.mark.filterwarnings(LEFT)
@pytest.mark.parametrize("case", MACHINES)
async def test_a_machine_that_is_not_trusted_is_told_why(case: str, gym: Authority, tmp_path: Path, ear: Ear) -> None:
    ours, words = MACHINES[case]
    with mosquitto(tmp_path, asking(gym, f"crlfile {gym.revoke(77)}\n")) as broker:
        cert, key = ours(gym, tmp_path) or (None, None)
        assert words in await fault_at(at(broker.port, ca=gym.file, cert=cert, key=key), ear)


FILES: dict[str, tuple[Callable[[Authority, Path], dict[str, Path]], str]] = {
    "no ca": (lambda _, __: {"ca": Path("/none/ca.pem")}, "tls ca, /none/ca.pem, is missing"),
    "a folder": (lambda _, folder: {"ca": folder}, "cannot be read: Is a directory"),
    "no certificate in it": (lambda gym, _: {"ca": gym.issue("x")[1]}, "holds no certificate"),
    "no key": (lambda gym, _: {"cert": gym.file, "key": Path("/none/t07.key")}, "tls key, /none/t07.key, is missing"),
    "another's key": (
        lambda gym, _: {"cert": gym.issue("a")[0], "key": gym.issue("b")[1]},
        "does not belong to the certificate in tls cert",
    ),
    "no key in it": (lambda gym, _: {"cert": gym.issue("a")[0], "key": gym.file}, "cannot be used with tls cert"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_not_good_is_named(case: str, gym: Authority, tmp_path: Path) -> None:
    files, words = FILES[case]
    given = {"ca": gym.file, "cert": None, "key": None} | files(gym, tmp_path)
    with pytest.raises(OSError, match=r"the file of \[mqtt\] tls") as caught:
        tls_context(given["ca"] or gym.file, given["cert"], given["key"])
    assert words in str(caught.value)
    assert reason(caught.value) == str(caught.value)


@pytest.mark.filterwarnings(LEFT)
async def test_a_broker_without_tls_is_told(broker: Mosquitto, gym: Authority, ear: Ear) -> None:
    assert "the connection was lost" in await fault_at(at(broker.port, ca=gym.file), ear)  # Mosquitto says nothing
    assert [line for line in ear.lines if "Connected" in line] == []


@pytest.mark.filterwarnings(LEFT)
async def test_a_clock_that_becomes_right_is_tried_with_at_once(
    gym: Authority, tmp_path: Path, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificate goes by this computer's own clock, which no test may set: the broker gets a good one instead."""
    monkeypatch.setattr("daemon.mqtt.publisher.delay", lambda *_: 3600.0)
    early = Mosquitto(tmp_path, sealed(gym.issue("early", HERE, NOW + DAY, NOW + 2 * DAY)))
    world = World(at(early.port, ca=gym.file), replace(QUICK, answer=5.0))
    world.clock.right = None
    early.start()
    try:
        async with world.running() as publisher:
            line = await ear.until("out of reach")
            assert line.endswith("This computer's own clock is not right yet: we try again as soon as it is.")
            early.kill()
            with mosquitto(tmp_path, sealed(gym.issue("good", HERE)), early.port) as good:
                world.clock.right = NOON
                async with floor_at(good.port, tls_params=aiomqtt.TLSParameters(str(gym.file))) as floor:
                    await floor.message("state")
                assert publisher.fault is None
    finally:
        early.kill()
        gc.collect()


def test_nothing_older_than_tls_1_2_is_spoken(gym: Authority) -> None:
    context = tls_context(gym.file, None, None)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
