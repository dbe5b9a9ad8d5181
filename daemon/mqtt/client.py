"""aiomqtt's client with what it leaves undone; seen in 2.5.1, and each kept by a test of outages."""

import asyncio
from typing import Any, override

import aiomqtt
import paho.mqtt.client as paho


class Client(aiomqtt.Client):
    """Watches its socket at once, and leaves nothing behind."""

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
