"""How the broker is reached; the only place that makes an MQTT client."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path

import aiomqtt

from daemon.mqtt.topics import PUBLISHED, Tree

TIMEOUT_S = 10.0
QUEUED_IN = 256


@dataclass(frozen=True, slots=True)
class Broker:
    """Address and credentials of the broker."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = None
    keepalive: int = 30
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    @property
    def place(self) -> str:
        """The broker's address for a sentence."""
        return f"{self.host} port {self.port}"


async def client(broker: Broker, tree: Tree) -> aiomqtt.Client:
    """Return a client that is not connected yet; certificates are read in a thread. OSError, ssl.SSLError."""
    context = await asyncio.to_thread(_context, broker) if broker.ca else None
    status = PUBLISHED["status"]
    return aiomqtt.Client(
        broker.host,
        broker.port,
        username=broker.username,
        password=broker.password,
        identifier=f"inclined-{tree.site}-{tree.machine}",
        will=aiomqtt.Will(tree.own("status"), "offline", status.qos, status.retain),
        clean_session=True,  # what must not be lost is in the outbox, and wishes of yesterday are refused anyway
        timeout=TIMEOUT_S,
        keepalive=broker.keepalive,
        max_queued_incoming_messages=QUEUED_IN,
        tls_context=context,
    )


def _context(broker: Broker) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=broker.ca)
    if broker.cert is not None:
        context.load_cert_chain(broker.cert, broker.key)
    return context
