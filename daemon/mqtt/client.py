"""aiomqtt's client with what it leaves undone; seen in 2.5.1, and each kept by a test of outages."""

import asyncio
import re
from typing import Any, override

import aiomqtt
import paho.mqtt.client as paho
from paho.mqtt.reasoncodes import ReasonCode

from daemon.mqtt.tls import Alert

SSL_REASON = re.compile(r"\[SSL: (\w+)\]")
DENIED = frozenset({0x87, 0x90})
"""Not authorized, topic name invalid (MQTT 5 section 3.4.2.1)."""


class Client(aiomqtt.Client):
    """Watches its socket at once, leaves nothing behind, and hears that a message was denied."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, aiomqtt's own
        super().__init__(*args, **options)
        self.denied = False
        """The broker's access list refused a message; only a broker of MQTT 5 says so."""
        self._alert: str | None = None
        self._client.on_log = lambda *said: self._hear(str(said[-1]))

    def _hear(self, text: str) -> None:
        """Hear why a handshake ended: with TLS 1.3 paho meets that while it reads, and tells nobody but its log."""
        if (found := SSL_REASON.search(text)) is not None:
            self._alert = found[1]

    @override
    def _on_disconnect(
        self, client: paho.Client, userdata: Any, flags: Any, reason_code: ReasonCode, properties: Any = None
    ) -> None:
        """Let a connect fail at once that the broker ended; aiomqtt waits for its own limit."""
        if not self._connected.done():
            error = aiomqtt.MqttError("the broker ended the connection before it answered")
            error.__cause__ = ConnectionResetError() if self._alert is None else Alert(self._alert)
            self._connected.set_exception(error)
        super()._on_disconnect(client, userdata, flags, reason_code, properties)

    @override
    def _on_publish(
        self, client: paho.Client, userdata: Any, mid: int, reason_code: ReasonCode, properties: Any
    ) -> None:
        self.denied |= reason_code.value in DENIED
        super()._on_publish(client, userdata, mid, reason_code, properties)

    @override
    def _on_socket_register_write(self, client: paho.Client, userdata: Any, sock: Any) -> None:
        """Watch the socket now where we can: a moment later it may be closed, and its number another socket's."""
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            here = False  # paho connects in a thread
        if here:
            self._loop.add_writer(sock.fileno(), self._write)
        else:
            super()._on_socket_register_write(client, userdata, sock)

    def _write(self) -> None:
        try:
            self._client.loop_write()
        except (OSError, ValueError) as error:  # a broken pipe, a closed socket
            if not self._disconnected.done():
                self._disconnected.set_exception(error)

    def drop(self) -> None:
        """Close the socket of a connect that was given up, and hear the error that nobody waited for."""
        self._client.disconnect()
        self._client.loop_write()
        for ended in (self._connected, self._disconnected):
            if ended.done() and not ended.cancelled():
                ended.exception()  # else asyncio writes a traceback into the journal
