"""What went wrong with the broker, in a sentence that says what to do. Pure."""

import socket
import ssl
from collections.abc import Iterator

import aiomqtt
from paho.mqtt.reasoncodes import ReasonCode

from daemon.mqtt.tls import Alert, BadFile, tls_reason
from daemon.mqtt.twin import TAKEN_OVER

REFUSED = "it refuses our name or password; check [mqtt] username and password_file"
LOST = "the connection was lost"
SILENT = "there was no answer in time"
WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "the name is not known here; check [mqtt] host and the network's name server"),
    (ConnectionRefusedError, "nothing listens there; check [mqtt] host and port, and that the broker runs"),
    (ConnectionError, LOST),
    (TimeoutError, SILENT),
)
ANSWERS = {
    132: "it does not speak this version of MQTT",
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
        if isinstance(cause, BadFile):
            return str(cause)
        if isinstance(cause, ssl.SSLError | Alert):
            return tls_reason(cause)
        for kind, words in WORDS:
            if isinstance(cause, kind):
                return words
    if any(isinstance(cause, aiomqtt.MqttCodeError) for cause in chain) or str(chain[0]).startswith("Disconnected"):
        return LOST
    return SILENT if "timed out" in str(chain[0]) else str(chain[0])  # aiomqtt's own limit comes as text only


def taken_over(error: BaseException) -> bool:
    """Tell whether the broker said that another client came with our name."""
    codes = (cause.rc for cause in causes(error) if isinstance(cause, aiomqtt.MqttCodeError))
    return any(isinstance(code, ReasonCode) and code.value == TAKEN_OVER for code in codes)


def old_broker(error: BaseException) -> bool:
    """Tell whether the broker says that it does not speak MQTT 5."""
    first = next(causes(error))
    answer = first.rc if isinstance(first, aiomqtt.exceptions.MqttConnectError) else None
    return getattr(answer, "value", None) == 132


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the first leaf of error, then what stood behind it, also where a library hid it with `from None`."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
