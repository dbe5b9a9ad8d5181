"""A treadmill's gateway on a serial line: takes frames, asks the FTMS server, answers and tells. No port, no clock."""

from collections.abc import Callable
from typing import Final

from drivers.simulated import ftms
from drivers.simulated.framing import VERSION, Message, Request, Response, Unpacker, pack
from drivers.simulated.ftms import DEVICE_INFORMATION, Can, FtmsServer

ATT: Final = {
    ftms.WRITE_NOT_PERMITTED: Response.NOT_SUPPORTED,
    ftms.NOT_SUBSCRIBED: Response.UNEXPECTED,
    ftms.IN_PROGRESS: Response.WRITE_FAILED,
}
"""What an error of the machine's attribute layer is on the line."""

type Answer = tuple[Response, bytes]


class Gateway:
    """Between a line and a server. A session begins with discover, and the one before it is forgotten."""

    def __init__(self, server: FtmsServer, send: Callable[[bytes], None]) -> None:
        self.server, self._send = server, send
        self.alone = False
        """No machine is behind it."""
        self._unpacker = Unpacker()
        self._table = dict(server.characteristics) | DEVICE_INFORMATION

    @property
    def bad(self) -> int:
        """How many frames made no sense."""
        return self._unpacker.bad

    def take(self, data: bytes) -> None:
        """Take bytes from the line and answer what they complete."""
        for byte in data:
            request = self._unpacker.take(byte)
            if request is not None and request.message != Message.NOTIFY:
                response, value = self._answer(request)
                self._send(pack(request.message, request.seq, response, request.uuid, value))

    def forget(self) -> None:
        """Restart: session, subscriptions and control are gone."""
        self._unpacker = Unpacker()
        self.server.disconnect()

    def _answer(self, request: Request) -> Answer:
        if request.version != VERSION:
            return Response.OTHER_VERSION, b""
        if request.message == Message.DISCOVER:
            return self._discover()
        if request.message not in (Message.READ, Message.WRITE, Message.SUBSCRIBE):
            return Response.UNKNOWN_MESSAGE, b""
        if not self.server.connected:
            return Response.UNEXPECTED, b""
        if request.uuid not in self._table:
            return Response.NO_SUCH_CHARACTERISTIC, b""
        match request.message:
            case Message.READ:
                return self._read(request.uuid)
            case Message.WRITE:
                return self._write(request)
            case _:
                return self._subscribe(request)

    def _discover(self) -> Answer:
        self.server.disconnect()
        if self.alone:
            return Response.UNEXPECTED, b""
        self.server.connect(self._notify, lambda: None)
        return Response.OK, b"".join(uuid.to_bytes(2, "little") for uuid in sorted(self._table))

    def _read(self, uuid: int) -> Answer:
        if Can.READ not in self._table[uuid]:
            return Response.NOT_SUPPORTED, b""
        return Response.OK, self.server.read(uuid)

    def _write(self, request: Request) -> Answer:
        error = self.server.write(request.uuid, request.value)
        return Response.OK if error is None else ATT[error], b""

    def _subscribe(self, request: Request) -> Answer:
        if not self._table[request.uuid] & (Can.NOTIFY | Can.INDICATE) or request.value not in (b"\0", b"\1"):
            return Response.NOT_SUPPORTED, b""
        self.server.subscribe(request.uuid, on=request.value == b"\1")
        return Response.OK, b""

    def _notify(self, uuid: int, data: bytes) -> None:
        self._send(pack(Message.NOTIFY, 0, Response.OK, uuid, data))
