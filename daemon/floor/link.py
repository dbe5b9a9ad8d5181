"""The floor's side of the broker: one connection that listens to every machine of the site."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiomqtt
import paho.mqtt.client as paho

from daemon.mqtt.broker import Broker
from daemon.mqtt.client import Client
from daemon.mqtt.tls import tls_context
from daemon.mqtt.topics import REFUSED, ROOT

log = logging.getLogger(__name__)
library = logging.getLogger(f"{__name__}.library")
library.setLevel(logging.CRITICAL)  # what it has to say reaches us as errors, which are told once

LISTENED: Final = ("event/+", "info", "status", "link", "state", "settings", "ack", "alert/+")
ANSWER_S: Final = 10.0
QUEUED_IN: Final = 65_536
"""Messages that may wait for us; what does not fit is sent again by its machine."""


@asynccontextmanager
async def connected(broker: Broker, site: str, name: str, *, share: bool = False) -> AsyncIterator[Client]:
    """Yield a client that listens to all machines of site; one of daemon.mqtt.broker.LOST when that fails or ends.

    name tells this floor from another one at the same broker; share: each event goes to only one of those that say so.
    """
    mqtt = await _client(broker, f"inclined-floor-{site}-{name}")
    try:
        async with mqtt:
            await _listen(mqtt, site, share=share)
            yield mqtt
    except ValueError as error:  # a host such as `a..b` is no name at all
        raise OSError(f"no such host: {error}") from error
    finally:
        mqtt.drop()


async def _client(broker: Broker, identifier: str) -> Client:
    context = await asyncio.to_thread(tls_context, broker.ca, broker.cert, broker.key) if broker.ca else None
    password = await asyncio.to_thread(_first_line, broker.password_file) if broker.password_file else broker.password
    old = broker.version == paho.MQTTv311
    return Client(
        broker.host,
        broker.port,
        username=broker.username,
        password=password,
        identifier=identifier,
        protocol=aiomqtt.ProtocolVersion.V311 if old else aiomqtt.ProtocolVersion.V5,
        clean_session=True if old else None,  # machines keep what we have not stored, so that the broker need not
        timeout=ANSWER_S,
        keepalive=broker.keepalive,
        max_queued_incoming_messages=QUEUED_IN,
        tls_context=context,
        logger=library,
        socket_options=((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),),
    )


def _first_line(path: Path) -> str:
    try:
        found = path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        raise OSError(f"the password_file {path} is no UTF-8") from None
    if not found:
        raise OSError(f"the password_file {path} has an empty first line")
    return found


def topics_of(site: str, *, share: bool) -> list[str]:
    """Return what is listened to; what is kept by the broker is never shared, since a share gets nothing kept."""
    topics = [f"{ROOT}/{site}/+/{name}" for name in LISTENED]
    return [f"$share/inclined-floor/{topic}" if share and "/event/" in topic else topic for topic in topics]


async def _listen(mqtt: Client, site: str, *, share: bool) -> None:
    topics = [(topic, 1) for topic in topics_of(site, share=share)]
    answers = await mqtt.subscribe(topics)
    codes = [answer if isinstance(answer, int) else answer.value for answer in answers]
    refused = [topic for (topic, _), code in zip(topics, codes, strict=False) if code >= REFUSED]
    if refused:
        log.warning("The broker does not let us listen to %s; check its access list.", ", ".join(refused))
