"""aiomqtt's client with what it leaves undone; seen in 2.5.1, and each kept by a test of outages."""

import asyncio
from typing import Any, override

import aiomqtt
import paho.mqtt.client as paho
from paho.mqtt.reasoncodes import ReasonCode

DENIED = frozenset({0x87, 0x90})
"""Not authorized, topic name invalid (MQTT 5 section 3.4.2.1)."""


class Client(aiomqtt.Client):
    """Watches its socket at once, leaves nothing behind, and hears that a message was denied."""

    denied = False
    """The broker's access list refused a message; only a broker of MQTT 5 says so."""

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
        if self._disconnected.done():
            self._disconnected.exception()  # else asyncio writes a traceback into the journal
