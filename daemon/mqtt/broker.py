"""How the broker is reached; the only place that makes an MQTT client."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

import aiomqtt
import paho.mqtt.client as paho

from daemon.mqtt.client import Client
from daemon.mqtt.faults import old_broker
from daemon.mqtt.tls import tls_context
from daemon.mqtt.topics import OFFLINE, PUBLISHED, REFUSED, Tree

log = logging.getLogger(__name__)
library = logging.getLogger(f"{__name__}.library")
library.setLevel(logging.CRITICAL)  # what it has to say reaches us as errors, which are told once

LOST = (aiomqtt.MqttError, OSError)
"""What ends a connection; it is then tried again."""
LEAVE_S = 2.0
"""Longest goodbye; a broker that hangs must not hold up our own stop."""
QUEUED_IN = 256


@dataclass(frozen=True, slots=True)
class Broker:
    """Address and credentials of the broker."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = None
    password_file: Path | None = None  # its first line, in place of password; read anew for each connection
    keepalive: int = 30
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    version: int | None = None  # of MQTT: 5, or 4 for 3.1.1; None: 5, or 4 where the broker does not answer that

    @property
    def place(self) -> str:
        """The broker's address for a sentence."""
        return f"{self.host} port {self.port}"


@asynccontextmanager
async def connected(broker: Broker, tree: Tree, answer_s: float) -> AsyncIterator[Client]:
    """Yield a connected client that listens to the tree; one of LOST when that fails or ends.

    Leaving it because we stop says offline first: a broker keeps the will of a client that says goodbye to itself.
    """
    status = PUBLISHED["status"]
    will = aiomqtt.Will(tree.own("status"), OFFLINE, status.qos, status.retain)
    mqtt = await _client(broker, f"inclined-{tree.site}-{tree.machine}", will, answer_s)
    try:
        await _enter(mqtt)
        try:
            await _listen(mqtt, tree)
            yield mqtt
        finally:
            await _leave(mqtt, tree)
    finally:
        mqtt.drop()


async def knocked(broker: Broker, answer_s: float) -> None:
    """Return once the broker let us in under a client name of nobody's, and we left; one of LOST when it does not."""
    mqtt = await _client(broker, f"inclined-doctor-{token_hex(4)}", None, answer_s)
    try:
        await _enter(mqtt)
        mqtt.timeout = LEAVE_S
        await mqtt.__aexit__(None, None, None)
    except LOST as error:
        if broker.version is not None or not old_broker(error):
            raise
        await knocked(replace(broker, version=paho.MQTTv311), answer_s)
    finally:
        mqtt.drop()


async def _client(broker: Broker, name: str, will: aiomqtt.Will | None, answer_s: float) -> Client:
    context = await asyncio.to_thread(tls_context, broker.ca, broker.cert, broker.key) if broker.ca else None
    newest = broker.version in (None, paho.MQTTv5)
    password = await asyncio.to_thread(_first_line, broker.password_file) if broker.password_file else broker.password
    return Client(
        broker.host,
        broker.port,
        username=broker.username,
        password=password,
        identifier=name,
        will=will,
        protocol=aiomqtt.ProtocolVersion.V5 if newest else aiomqtt.ProtocolVersion.V311,
        clean_session=None
        if newest
        else True,  # what must not be lost is in the outbox; MQTT 5 begins anew at the first connect
        timeout=answer_s,
        keepalive=broker.keepalive,
        max_queued_incoming_messages=QUEUED_IN,
        tls_context=context,
        logger=library,
        socket_options=((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),),  # else a message waits up to 40 ms for an answer
    )


def _first_line(path: Path) -> str:
    """Return the password in the file at path; OSError says in words why there is none."""
    try:
        with path.open(encoding="utf-8") as file:
            found = file.readline().rstrip("\r\n")
        wrong = "" if found else "has an empty first line"
    except (OSError, UnicodeDecodeError) as error:
        found, wrong = "", f"cannot be read: {getattr(error, 'strerror', 'it is no UTF-8')}"
    if wrong:
        raise OSError(f"the password_file {path} {wrong}")
    return found


async def _enter(mqtt: aiomqtt.Client) -> None:
    try:
        await mqtt.__aenter__()
    except ValueError as error:  # a host such as `a..b` is no name at all
        raise OSError(f"no such host: {error}") from error


async def _listen(mqtt: aiomqtt.Client, tree: Tree) -> None:
    answers = await mqtt.subscribe([(topic, 1) for topic in tree.subscribed])
    codes = [answer if isinstance(answer, int) else answer.value for answer in answers]
    refused = [topic for topic, code in zip(tree.subscribed, codes, strict=False) if code >= REFUSED]
    if refused:
        log.warning("The broker does not let us listen to %s; check its access list.", ", ".join(refused))


async def _leave(mqtt: aiomqtt.Client, tree: Tree) -> None:
    mqtt.timeout = LEAVE_S
    status = PUBLISHED["status"]
    with suppress(*LOST):
        await mqtt.publish(tree.own("status"), OFFLINE, status.qos, status.retain)
    with suppress(*LOST):
        await mqtt.__aexit__(None, None, None)
