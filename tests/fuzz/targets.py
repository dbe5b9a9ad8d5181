"""Every parser of what a machine says, as a function of bytes that must hold for all of them.

Run by hand for longer: python -m tests.fuzz.targets 60, which writes what it kept to tests/corpus/.
"""

import logging
import sys
from pathlib import Path
from random import Random

from drivers.contract import DriverError
from drivers.csafe.frames import LONGEST, Decoder, encode
from drivers.csafe.units import DISTANCE, GRADE, SPEED, scaled, seconds
from drivers.csafe.words import decode_reply
from drivers.ftms import words
from drivers.ftms.codec import Joiner, decode_data, decode_feature, decode_range
from drivers.ftms.identity import decode_string
from drivers.ftms.uart import framing
from drivers.ftms.uart.answers import channels_of
from drivers.trackmaster.codec import Value, answer_to
from drivers.trackmaster.meaning import incline_of, speed_of
from drivers.trackmaster.variants import VARIANTS, Ask
from drivers.transports.recording import parse
from tests.fuzz.guided import Target, explore

CORPUS = Path(__file__).parents[1] / "corpus"


def csafe(data: bytes) -> None:
    """The same frames in whatever chunks, bounded, and no answer of a console breaks the reading of it."""
    whole = [said for said in Decoder().feed(data) if isinstance(said, bytes)]
    by_bytes, decoder = [], Decoder()
    for byte in data:
        by_bytes += [said for said in decoder.feed(bytes([byte])) if isinstance(said, bytes)]
    assert whole == by_bytes
    assert all(encode(contents) in data for contents in whole)
    for contents in [*whole, data]:
        assert len(contents) <= max(LONGEST, len(data))
        reply = decode_reply(contents)
        for value in reply.values.values() if reply else ():
            for table in (SPEED, DISTANCE, GRADE):
                scaled(value, table)
            assert (seconds(value) or 0) < 1_000_000


def uart(data: bytes) -> None:
    """The same frames in whatever chunks; what is taken for a frame is written as it was read."""
    whole = framing.Decoder().feed(data)
    by_bytes, decoder = [], framing.Decoder()
    for byte in data:
        by_bytes += decoder.feed(bytes([byte]))
    frames = [said for said in whole if isinstance(said, framing.Frame)]
    assert frames == [said for said in by_bytes if isinstance(said, framing.Frame)]
    for frame in frames:
        assert framing.decode(framing.encode(frame)[:-1]) == frame
        refused(lambda frame=frame: channels_of(frame.value))


def refused(work: object) -> None:
    """Call work; it may raise a DriverError and nothing else."""
    assert callable(work)
    try:
        work()
    except DriverError:
        return


def ftms(data: bytes) -> None:
    """Each value of a characteristic is read or refused by a DriverError; a record's fields are in their widths."""
    joiner = Joiner()
    for at, part in enumerate((data[:20], data[20:40])):
        refused(lambda at=at, part=part: joiner.join(decode_data(part), at))
    words.decode_training(data)
    words.decode_notice(data, 0)
    words.decode_answer(data)
    decode_feature(data)
    decode_string(data)
    for signed in (False, True):
        found = decode_range(data, signed=signed)
        assert found is None or found.least < found.most


def family(data: bytes) -> None:
    """An answer is of the right length and of digits where it should be, and its number is one that a treadmill has."""
    for variant in VARIANTS.values():
        for ask, code in variant.codes.items():
            digits = ask not in (Ask.STATE, Ask.FIRMWARE)
            answer = answer_to(bytes([code]), data, variant.length(ask), digits=digits)
            assert answer is not None or len(data) <= 1 + variant.length(ask)
            if isinstance(answer, Value) and digits:
                assert 0 <= (incline_of(answer.data) or 0) <= 300
                assert 0 <= (speed_of(answer.data, variant, "mph") or 0) <= 3_000
    answer_to(b"\xa40010", data, 0)


def recording(data: bytes) -> None:
    """A file that is no recording is refused by a DriverError."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    refused(lambda: parse(text.splitlines(keepends=True)))


def well_made() -> list[bytes]:
    """Return frames with a right CRC, which chance does not find."""
    values = (b"", b"\x01", bytes.fromhex("cd 2a d9 2a"), bytes(range(40)))
    made = [framing.Frame(message, 1, 0, 0x2ACD, value) for message in range(1, 7) for value in values]
    return [framing.encode(frame) for frame in made]


def recorded() -> list[bytes]:
    """Return the beginnings of recordings, short enough to be changed."""
    texts = (CORPUS.parent / "recordings").glob("*.jsonl")
    return [b"".join(path.read_bytes().splitlines(keepends=True)[:3])[:280] for path in sorted(texts)]


SEEDS = {"uart": well_made(), "recording": recorded()}
TARGETS: dict[str, Target] = {each.__name__: each for each in (csafe, uart, ftms, family, recording)}


def corpus(name: str) -> list[bytes]:
    """Return what is kept for a target: one input a line, in hex."""
    path = CORPUS / f"{name}.txt"
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return [*SEEDS.get(name, ()), *(bytes.fromhex(line) for line in lines if not line.startswith("#"))]


def main() -> None:
    logging.disable()
    for name, target in TARGETS.items():
        kept = explore(target, corpus(name), float(sys.argv[1]), Random())
        lines = sorted(
            {data.hex() for data in kept if data and data not in SEEDS.get(name, ())},
            key=lambda line: (len(line), line),
        )
        text = f"# {(target.__doc__ or '').splitlines()[0]}\n" + "".join(f"{line}\n" for line in lines)
        (CORPUS / f"{name}.txt").write_text(text, encoding="ascii")
        sys.stdout.write(f"{name}: {len(lines)} inputs kept\n")


if __name__ == "__main__":
    main()
