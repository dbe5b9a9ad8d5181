"""What went wrong with the broker, in a sentence that says what to do. Pure."""

import socket
import ssl
from collections.abc import Iterator

import aiomqtt

REFUSED = "it refuses our name or password; check [mqtt] username and password_file"
LOST = "the connection was lost"
SILENT = "there was no answer in time"
WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "the name is not known here; check [mqtt] host and the network's name server"),
    (ConnectionRefusedError, "nothing listens there; check [mqtt] host and port, and that the broker runs"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted; check [mqtt] tls ca, and this machine's clock"),
    (ssl.SSLError, "it does not speak TLS as we do; check [mqtt] port and tls"),
    (FileNotFoundError, "a file of [mqtt] tls is missing"),
    (PermissionError, "a file of [mqtt] tls may not be read"),
    (ConnectionError, LOST),
    (TimeoutError, SILENT),
)
ANSWERS = {
    133: "it does not take our client name",
    134: REFUSED,
    135: REFUSED,
    136: "it is not ready",
}
"""CONNACK's refusals as paho tells them: by the numbers of MQTT 5 section 3.2.2.2, also with MQTT 3.1.1."""


def reason(error: BaseException) -> str:
    """Return why the broker is out of reach, in one clause."""
    chain = list(causes(error))
    for cause in chain:
        if isinstance(cause, aiomqtt.exceptions.MqttConnectError):
            return ANSWERS.get(getattr(cause.rc, "value", -1), f"it refuses us: {cause.rc}")
        for kind, words in WORDS:
            if isinstance(cause, kind):
                return words
    if isinstance(chain[0], aiomqtt.MqttCodeError):
        return LOST
    return SILENT if "timed out" in str(chain[0]) else str(chain[0])  # aiomqtt's own limit comes as text only


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the first leaf of error, then what stood behind it, also where a library hid it with `from None`."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
