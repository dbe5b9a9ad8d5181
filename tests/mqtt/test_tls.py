"""A broker behind TLS: trusted, not trusted, and none at all."""

import gc
import subprocess
from collections.abc import Iterator
from pathlib import Path

import aiomqtt
import pytest

from tests.mqtt.mosquitto import Mosquitto, mosquitto
from tests.mqtt.world import Ear, World, at, floor_at


def certificate(folder: Path, name: str) -> Path:
    """Make a certificate for 127.0.0.1, with its key beside it."""
    made = folder / f"{name}.pem"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=gym"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(made.with_suffix(".key")), "-out", str(made)]
    subprocess.run(["/usr/bin/openssl", "req", *kind, *names], check=True, capture_output=True)
    return made


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    return certificate(tmp_path, "trusted")


@pytest.fixture
def sealed(tmp_path: Path, trusted: Path) -> Iterator[Mosquitto]:
    """A broker that speaks TLS and asks who is there."""
    theirs = f"certfile {trusted}\nkeyfile {trusted.with_suffix('.key')}\n"
    ours = f"cafile {trusted}\nrequire_certificate true\n"
    with mosquitto(tmp_path, f"allow_anonymous true\n{theirs}{ours}") as running:
        yield running


async def test_a_trusted_broker_and_we_know_each_other(sealed: Mosquitto, trusted: Path) -> None:
    key = trusted.with_suffix(".key")
    world = World(at(sealed.port, ca=trusted, cert=trusted, key=key))
    tls = aiomqtt.TLSParameters(str(trusted), str(trusted), str(key))
    async with floor_at(sealed.port, tls_params=tls) as floor, world.running():
        await floor.message("state")


LEFT = "ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"
"""paho leaves the socket of a handshake that failed to the garbage collector."""


@pytest.mark.filterwarnings(LEFT)
async def test_a_broker_that_is_not_trusted_hears_nothing(sealed: Mosquitto, tmp_path: Path, ear: Ear) -> None:
    world = World(at(sealed.port, ca=certificate(tmp_path, "other")))
    async with world.running():
        await ear.until("its certificate is not trusted")
    gc.collect()


@pytest.mark.filterwarnings(LEFT)
async def test_a_broker_without_tls_is_told(broker: Mosquitto, trusted: Path, ear: Ear) -> None:
    world = World(at(broker.port, ca=trusted))
    async with world.running():
        await ear.until("out of reach")
    assert [line for line in ear.lines if "Connected" in line] == []
    gc.collect()
