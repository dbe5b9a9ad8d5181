"""What a gateway's answers mean: whether one fits its request, and which error a response code is (docs/uart.md)."""

from collections import Counter

from drivers.contract import DriverError, ProtocolError, Refused, Unsupported
from drivers.ftms.uart.framing import DISCOVER, READ, Frame, encode

OK = 0x00
UNEXPECTED = 0x02
RESPONSES: dict[int, tuple[type[DriverError], str]] = {
    0x01: (Unsupported, "it does not know this message"),
    UNEXPECTED: (Refused, "not now: discover, or subscribe, comes first"),
    0x03: (Unsupported, "it has no such service"),
    0x04: (Unsupported, "it has no such characteristic"),
    0x05: (Unsupported, "this characteristic cannot do that"),
    0x06: (Refused, "the machine did not take the write"),
    0x07: (Unsupported, "it speaks another version of the framing"),
}
"""Response codes, as Wahoo's Direct Connect numbers them."""


def fits(asked: Frame, said: Frame) -> bool:
    """Say whether this frame answers the request.

    An answer never looks like its request, so that our own echo on a two-wire line is none: a value stands in the
    answer to discover and read, and in no other.
    """
    same = (said.message, said.seq, said.channel) == (asked.message, asked.seq, asked.channel)
    return same and (said.response != OK or bool(said.value) == (asked.message in {DISCOVER, READ}))


def accept(asked: Frame, said: Frame) -> bytes:
    """Return the value of an answer; Refused, Unsupported or ProtocolError when it is no success."""
    if said.response == OK:
        return said.value
    if asked.message == DISCOVER and said.response == UNEXPECTED:
        raise Refused("the gateway is there, the treadmill behind it is not: is it switched on?")
    request = f"the gateway answered {encode(asked).hex(' ')} with {said.response:02x}"
    if said.response not in RESPONSES:
        raise ProtocolError(f"{request}, which means nothing")
    kind, meaning = RESPONSES[said.response]
    raise kind(f"{request}: {meaning}")


def channels_of(value: bytes) -> frozenset[int]:
    """Return the characteristics that discover lists, 2 bytes each, LE; ProtocolError when it is cut."""
    if len(value) % 2:
        raise ProtocolError(f"the gateway's list of characteristics is cut: {value.hex(' ')}")
    return frozenset(int.from_bytes(value[at : at + 2], "little") for at in range(0, len(value), 2))


def mute(name: str, speed: int, heard: int, odd: Counter[str]) -> str:
    """Return the sentence for a line on which discover was never answered, by what was heard instead."""
    if not heard:
        return f"{name} is silent: is the treadmill on, the cable in, and are RX and TX the right way round?"
    if odd["version"]:
        return f"{name} speaks another version of this framing: update inclined or the gateway"
    if odd:
        return f"{name} says nothing that makes sense: is {speed} its speed, and FTMS over a UART what it speaks?"
    return f"{name} talks, yet answers nothing: is the line from here to it broken, or joined to itself?"
