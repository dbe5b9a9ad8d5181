"""FTMS bytes into words: training status, machine status, and the control point both ways (FTMS 4.10, 4.16, 4.17)."""

from typing import NamedTuple

from drivers.contract import Key, Notice, Training

TRAINING_STATUS = 0x2AD3
CONTROL_POINT = 0x2AD9
MACHINE_STATUS = 0x2ADA

REQUEST_CONTROL = 0x00
SET_INCLINE = 0x03
STOP_OR_PAUSE = 0x08
SET_TRAINING_TIME = 0x0D
RESPONSE = 0x80
SUCCESS = 0x01
STOP = 0x01
PAUSE = 0x02
STOP_STATUS = 0x02

TRAININGS = {
    0x00: Training.OTHER,
    0x01: Training.IDLE,
    0x02: Training.WARM_UP,
    0x03: Training.PROGRAMME,  # low intensity interval
    0x04: Training.PROGRAMME,  # high intensity interval
    0x05: Training.PROGRAMME,  # recovery interval
    0x06: Training.OTHER,  # isometric
    0x07: Training.PROGRAMME,  # heart rate control
    0x08: Training.PROGRAMME,  # fitness test
    0x09: Training.OTHER,  # speed below the control region
    0x0A: Training.OTHER,  # speed above the control region
    0x0B: Training.COOL_DOWN,
    0x0C: Training.PROGRAMME,  # watt control
    0x0D: Training.MANUAL,
    0x0E: Training.OTHER,  # pre-workout
    0x0F: Training.COOL_DOWN,  # post-workout
}
"""Training Status codes (FTMS 4.10.1.2)."""

KEYS = {0x01: Key.RESET, 0x03: Key.SAFETY, 0x04: Key.STARTED, 0xFF: Key.CONTROL_LOST}
TARGETS = {0x05: (Key.SPEED, False), 0x06: (Key.INCLINE, True)}
OTHERS = frozenset(range(0x07, 0x16))
"""Other targets of FTMS 4.17: resistance, power, times; someone touched the machine, and that is all we need."""


def decode_training(data: bytes) -> Training:
    """Return the phase that Training Status says; UNKNOWN when it is cut or reserved. The string is not read."""
    return TRAININGS.get(data[1], Training.UNKNOWN) if len(data) >= 2 else Training.UNKNOWN


def decode_notice(data: bytes, at: int) -> Notice | None:
    """Return what Machine Status tells (FTMS 4.17), or None when it is empty or reserved."""
    if not data:
        return None
    op = data[0]
    if op == STOP_STATUS:
        # Which of the two a cut packet meant cannot be told; that the belt is being stopped can.
        return Notice(at, Key.PAUSED if data[1:2] == bytes([PAUSE]) else Key.STOPPED)
    if op in TARGETS:
        key, signed = TARGETS[op]
        return Notice(at, key, int.from_bytes(data[1:3], "little", signed=signed) if len(data) >= 3 else None)
    key_or_none = KEYS.get(op, Key.OTHER if op in OTHERS else None)
    return None if key_or_none is None else Notice(at, key_or_none)


class Answer(NamedTuple):
    """A control point's answer: to which request, with which result."""

    op: int
    result: int


def decode_answer(data: bytes) -> Answer | None:
    """Return the answer in an indication `80 op result` (FTMS 4.16.2.22), or None when it is none."""
    return Answer(data[1], data[2]) if len(data) >= 3 and data[0] == RESPONSE else None


def encode_request_control() -> bytes:
    """Return Request Control."""
    return bytes([REQUEST_CONTROL])


def encode_incline(target: int) -> bytes:
    """Return Set Target Inclination, target in 0.1 %; OverflowError beyond 16 bits."""
    return bytes([SET_INCLINE]) + target.to_bytes(2, "little", signed=True)


def encode_training_time(seconds: int) -> bytes:
    """Return Set Targeted Training Time in seconds, 0..65535; OverflowError outside."""
    return bytes([SET_TRAINING_TIME]) + seconds.to_bytes(2, "little")


def encode_stop() -> bytes:
    """Return Stop; never Pause."""
    return bytes([STOP_OR_PAUSE, STOP])


def echo_of(command: bytes) -> bytes | None:
    """Return the Machine Status that a machine may send back to its own commander, or None.

    FTMS 4.17.1 tells other clients only; machines that tell us too would look like a member's key.
    """
    status = {SET_INCLINE: 0x06, SET_TRAINING_TIME: 0x0E}.get(command[0])
    return None if status is None else bytes([status]) + command[1:]
