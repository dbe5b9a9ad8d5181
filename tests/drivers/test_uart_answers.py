"""Which frame ends a question on a serial line, and which value is told: a far end that a test plays by hand."""

import asyncio
from collections.abc import Callable

import pytest

from drivers.contract import LinkLost, Permit
from drivers.ftms.gate import gate
from drivers.ftms.uart.link import UartLink
from drivers.simulated.framing import Message, Request, Response, Unpacker, pack
from drivers.transports.stream import StreamListener
from tests.drivers.pty import until
from tests.drivers.test_uart_link import DATA, POINT, RANGE, Heard


class Played:
    """A stream.ByteStream whose far end says, to each request, what `script` makes of it."""

    name, speed, open_limit = "the line", 115_200, 1.0

    def __init__(self, script: Callable[[Request], list[bytes]]) -> None:
        self.script, self.unpacker = script, Unpacker()
        self.listener: StreamListener | None = None

    async def open(self, listener: StreamListener, /) -> None:
        self.listener = listener

    async def write(self, data: bytes, permit: Permit, /) -> None:
        assert permit()
        for byte in data:
            if request := self.unpacker.take(byte):
                self.say(*self.script(request))

    def say(self, *frames: bytes) -> None:
        assert self.listener
        for frame in frames:
            self.listener.arrived(frame)

    async def close(self) -> None:
        self.listener = None


TRUE, FALSE = b"true", b"false"


def right(asked: Request) -> bytes:
    value = bytes.fromhex("cd 2a d5 2a d9 2a")
    return pack(asked.message, asked.seq, 0, asked.uuid, value if asked.message == Message.DISCOVER else TRUE)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda asked: pack(asked.message, asked.seq - 1 or 255, 0, asked.uuid, FALSE),
        lambda asked: pack(asked.message, asked.seq, 0, POINT, FALSE),
        lambda asked: pack(Message.SUBSCRIBE, asked.seq, 0, asked.uuid, FALSE),
        lambda asked: pack(asked.message, asked.seq, 0, asked.uuid),
        lambda asked: pack(asked.message, asked.seq - 1 or 255, Response.WRITE_FAILED, asked.uuid),
    ],
    ids=["late", "another channel", "another message", "no value", "a late no"],
)
async def test_no_other_answer_ends_a_question(wrong: Callable[[Request], bytes]) -> None:
    line = Played(lambda asked: [right(asked)])
    link = UartLink(line, gate())
    await link.open(Heard())
    line.script = lambda asked: [wrong(asked), right(asked), wrong(asked)]
    assert await link.read(RANGE) == TRUE
    assert link.odd.counts == {"on the line: an answer to nothing asked": 2}


async def test_only_what_was_subscribed_is_told() -> None:
    line, ear = Played(lambda asked: [right(asked)]), Heard()
    link = UartLink(line, gate())
    await link.open(ear)
    line.say(pack(Message.NOTIFY, 0, 0, DATA, FALSE))
    line.script = lambda asked: [pack(asked.message, asked.seq, 0, asked.uuid), pack(Message.NOTIFY, 0, 0, DATA, TRUE)]
    await link.subscribe(DATA)
    line.say(pack(Message.NOTIFY, 0, 0, POINT, FALSE), pack(Message.NOTIFY, 3, 0, DATA, FALSE))
    assert ear.values == [(DATA, TRUE)]
    assert link.odd.counts == {"on the line: a value that nobody subscribed": 3}
    await link.close()
    line.script = lambda asked: [right(asked)]
    await link.open(ear)
    line.say(pack(Message.NOTIFY, 0, 0, DATA, FALSE))
    assert ear.values == [(DATA, TRUE)]


async def test_one_question_at_a_time() -> None:
    line = Played(lambda asked: [right(asked)])
    link = UartLink(line, gate())
    await link.open(Heard())
    asked: list[Request] = []
    line.script = lambda request: asked.append(request) or []  # type: ignore[func-returns-value]  # it notes
    questions = [asyncio.create_task(link.read(channel)) for channel in (RANGE, DATA)]
    for count in (1, 2):
        await until(lambda count=count: len(asked) >= count)  # type: ignore[misc]  # a default for B023
        assert len(asked) == count
        line.say(right(asked[-1]))
    assert await asyncio.gather(*questions) == [TRUE, TRUE]


@pytest.mark.parametrize("value", ["cd", "cd 2a d9"])
async def test_a_list_of_characteristics_that_is_cut_is_no_list(value: str) -> None:
    line = Played(lambda asked: [pack(asked.message, asked.seq, 0, 0, bytes.fromhex(value))])
    with pytest.raises(LinkLost, match="is cut"):
        await UartLink(line, gate()).open(Heard())
