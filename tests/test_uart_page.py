"""The page for makers of gateways says what the code does: its frames, its example, its tables."""

import re
from pathlib import Path
from typing import Any

import pytest

from drivers.ftms.uart.answers import RESPONSES
from drivers.ftms.uart.framing import DISCOVER, LONGEST, LONGEST_VALUE, NOTIFY, READ, SUBSCRIBE, WRITE, Decoder, encode
from drivers.ftms.uart.framing import Frame as Ours
from drivers.registry import UART_SPEED
from drivers.simulated.framing import Unpacker
from drivers.simulated.ftms import FtmsServer
from drivers.simulated.gateway import Gateway

PAGE = (Path(__file__).parents[1] / "docs/uart.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("<!-- frames -->")[2].partition("<!-- end -->")[0]
ROWS = [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in TABLE.strip().splitlines()[2:]]
CODE = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLE: dict[str, Any] = {}
exec(CODE[0], EXAMPLE)


def frame_of(row: list[str]) -> Ours:
    message, seq, response, uuid = (int(cell, 16) for cell in row[2:6])
    return Ours(message, seq, response, uuid, bytes.fromhex(row[6].replace("-", "")))


def test_there_are_frames() -> None:
    assert len(ROWS) == 18
    assert len(CODE) == 1


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {row[7]}")
def test_each_worked_frame_is_what_it_says(row: list[str]) -> None:
    wire, frame = bytes.fromhex(row[1]), frame_of(row)
    assert Decoder().feed(wire) == [frame]
    assert encode(frame) == wire
    assert EXAMPLE["frame"](frame.message, frame.seq, frame.response, frame.channel, frame.value) == wire


def test_a_gateway_answers_as_the_page_does() -> None:
    """Let the page's host speak to the simulated gateway: what is answered is what stands there, value by value."""
    answers: list[bytes] = []
    server = FtmsServer()
    gateway = Gateway(server, answers.append)
    taker = Unpacker()
    for row in ROWS:
        if row[0] == "host":
            answers.clear()
            gateway.take(b"\0" + bytes.fromhex(row[1]))
            continue
        if row[2] == "06" or row[2] == "02":  # what the machine says, and which characteristics it has, is its own
            server.advance(40)
            continue
        (said,) = [said for byte in answers[0] if (said := taker.take(byte)) is not None]
        assert [f"{said.message:02x}", f"{said.seq:02x}", f"{said.response:02x}", f"{said.uuid:04x}"] == row[2:6]
        assert said.value.hex(" ") == row[6].replace("-", "")


@pytest.mark.parametrize("code", RESPONSES)
def test_each_response_is_in_the_table(code: int) -> None:
    assert f"| `{code:02x}` |" in PAGE


@pytest.mark.parametrize(
    ("message", "name"),
    [(DISCOVER, "discover"), (READ, "read"), (WRITE, "write"), (SUBSCRIBE, "subscribe"), (NOTIFY, "notification")],
)
def test_each_message_is_in_the_table(message: int, name: str) -> None:
    assert f"| `{message:02x}` | {name} |" in PAGE


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"{UART_SPEED} bits a second" in PAGE
    assert f"| 0-{LONGEST_VALUE} | FTMS" in PAGE
    assert f"{LONGEST} bytes at most" in PAGE
    assert EXAMPLE["crc"](b"123456789") == 0x29B1
