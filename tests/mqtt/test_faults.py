"""What went wrong with a broker, in words."""

import socket
import ssl

import aiomqtt
import pytest
from aiomqtt.exceptions import MqttConnectError
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from daemon.backoff import FIRST_S, LONGEST_S, delay
from daemon.mqtt.faults import ANSWERS, LOST, REFUSED, SILENT, reason


def hidden(cause: BaseException) -> aiomqtt.MqttError:
    """Make the error that aiomqtt makes of one: the cause is only in its context."""
    try:
        try:
            raise cause
        except OSError as error:
            raise aiomqtt.MqttError(str(error)) from None
    except aiomqtt.MqttError as error:
        return error


CASES: list[tuple[BaseException, str]] = [
    (MqttConnectError(ReasonCode(PacketTypes.CONNACK, "Bad user name or password")), REFUSED),
    (MqttConnectError(ReasonCode(PacketTypes.CONNACK, "Not authorized")), REFUSED),
    (MqttConnectError(ReasonCode(PacketTypes.CONNACK, "Server unavailable")), ANSWERS[136]),
    (MqttConnectError(ReasonCode(PacketTypes.CONNACK, "Banned")), "it refuses us: Banned"),
    (hidden(ConnectionRefusedError(111, "Connection refused")), "nothing listens there"),
    (hidden(socket.gaierror(-2, "Name or service not known")), "the name is not known here"),
    (hidden(ssl.SSLCertVerificationError("self-signed")), "its certificate is not trusted"),
    (hidden(ssl.SSLError("wrong version number")), "it does not speak TLS as we do"),
    (aiomqtt.MqttCodeError(4, "Could not publish message"), LOST),
    (aiomqtt.MqttError("Operation timed out"), SILENT),
    (BaseExceptionGroup("", [ExceptionGroup("", [TimeoutError()])]), SILENT),
    (OSError(113, "No route to host"), "[Errno 113] No route to host"),
]


@pytest.mark.parametrize(("error", "words"), CASES)
def test_an_error_is_told_in_words(error: BaseException, words: str) -> None:
    assert reason(error).startswith(words)


@given(st.integers(0, 100_000), st.floats(0, 1), st.floats(0, 1))
def test_waits_grow_within_bounds_and_are_spread(attempt: int, chance: float, other: float) -> None:
    assert delay(0) == FIRST_S
    assert FIRST_S / 2 <= delay(attempt, chance) <= LONGEST_S
    assert delay(attempt, 1) <= delay(attempt + 1, 1) <= 2 * delay(attempt, 1)
    assert (delay(attempt, chance) < delay(attempt, other)) == (chance < other) or abs(chance - other) < 1e-9
