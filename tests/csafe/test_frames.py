"""Frames: the worked ones, the way there and back, and everything that a line can do to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.csafe.frames import LONGEST, SHOWN, Decoder, Dropped, encode, stuff
from drivers.simulated.csafe.codec import Broken, Taker, pack
from tests.csafe.worked import WORKED

CONTENTS = st.binary(max_size=LONGEST - 1)
SPECIAL = st.lists(st.sampled_from([0xEF, 0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0x00, 0x03]), max_size=40).map(bytes)
LINE = st.lists(st.sampled_from([0xF0, 0xF1, 0xF2, 0xF3, 0x00, 0x01, 0x03, 0x04, 0x80, 0xA5]), max_size=60).map(bytes)


def kinds(said: list[bytes | Dropped]) -> list[str]:
    return [one.kind if isinstance(one, Dropped) else one.hex() for one in said]


def feed(text: str) -> list[str]:
    return kinds(Decoder().feed(bytes.fromhex(text)))


@pytest.mark.parametrize("name", WORKED)
def test_each_worked_frame_both_ways(name: str) -> None:
    contents, line = (bytes.fromhex(text) for text in WORKED[name])
    assert encode(contents) == line
    assert Decoder().feed(line) == [contents]
    assert pack(contents) == line


@given(CONTENTS | SPECIAL)
def test_there_and_back_and_the_other_codec_agrees(contents: bytes) -> None:
    line = encode(contents)
    assert Decoder().feed(line) == [contents]
    assert line == pack(contents)
    taker = Taker(1000)
    assert [said for byte in line if (said := taker.take(byte)) is not None] == [contents]


@given(CONTENTS | SPECIAL)
def test_trap_3_nothing_inside_a_frame_is_a_flag_the_checksum_no_more_than_the_rest(contents: bytes) -> None:
    assert not {0xF0, 0xF1, 0xF2} & set(encode(contents)[1:-1])
    assert set(stuff(bytes(range(256)))) == set(range(256)) - {0xF0, 0xF1, 0xF2}


def test_trap_4_stuffing_is_undone_forwards_and_leaves_nothing_behind() -> None:
    assert Decoder().feed(encode(b"\xf1\xf3\x03\xf3\x03\x03")) == [b"\xf1\xf3\x03\xf3\x03\x03"]
    assert feed("f1 f3 01 f3 01 f2") == ["f1"]
    assert feed("f1 f3 03 03 f3 00 f2") == ["f303"]
    assert feed("f1 f3 04 f3 04 f2") == ["stuffing", "noise"]


@given(st.lists(CONTENTS | SPECIAL, max_size=4), st.data())
def test_chunks_do_not_matter(many: list[bytes], data: st.DataObject) -> None:
    line, decoder = b"".join(map(encode, many)), Decoder()
    said: list[bytes | Dropped] = []
    while line:
        cut = data.draw(st.integers(1, len(line)))
        said += decoder.feed(line[:cut])
        line = line[cut:]
    assert said == many


@given(LINE | st.binary(max_size=200), CONTENTS)
def test_after_any_noise_the_next_frame_is_whole(noise: bytes, contents: bytes) -> None:
    decoder = Decoder()
    decoder.feed(noise)
    assert decoder.feed(encode(contents))[-1] == contents


@given(CONTENTS | SPECIAL, st.data())
def test_a_flipped_bit_is_never_taken_for_what_was_sent(contents: bytes, data: st.DataObject) -> None:
    line = bytearray(encode(contents))
    at, bit = data.draw(st.integers(0, len(line) - 1)), data.draw(st.integers(0, 7))
    line[at] ^= 1 << bit
    whole = [one for one in Decoder().feed(bytes(line)) if isinstance(one, bytes)]
    # one flip may make or unmake an F3, which changes two bytes; of the frames left, none claims to be the one sent
    assert contents not in whole


@given(CONTENTS, st.data())
def test_a_cut_frame_is_no_frame(contents: bytes, data: st.DataObject) -> None:
    line = encode(contents)
    assert not [
        one for one in Decoder().feed(line[: data.draw(st.integers(0, len(line) - 1))]) if isinstance(one, bytes)
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("f1 f2", ["no checksum"]),
        ("f1 00 f2", [""]),
        ("f2", ["noise"]),
        ("f2 f2 00 f1 05 05 f2", ["noise", "05"]),
        ("f1 05 f1 05 05 f2", ["cut", "05"]),
        ("f1 f1 f1 05 05 f2", ["05"]),
        ("f1 05 f3 f2", ["stuffing"]),
        ("f1 05 f3 f1 05 05 f2", ["cut", "05"]),
        ("f1 05 04 f2", ["checksum"]),
        ("f1 05 05 f2 f1 01 01 f2", ["05", "01"]),
        ("f0 fd 00 80 80 f2", ["noise"]),
        ("f1 f0 05 05 f2 f1 05 05 f2", ["extended", "noise", "05"]),
        ("f1 05 05", []),
    ],
)
def test_what_a_line_can_say(line: str, said: list[str]) -> None:
    assert feed(line) == said


def test_what_has_no_end_is_held_no_longer_than_a_frame() -> None:
    decoder = Decoder()
    said = decoder.feed(b"\xf1" + b"\x55" * 100_000)
    assert kinds(said) == ["too long", "noise"]
    assert all(isinstance(one, Dropped) and len(one.data) <= LONGEST + 1 for one in said)
    assert isinstance(said[1], Dropped)
    assert len(said[1].data) == SHOWN
    assert decoder.feed(encode(b"\x05")) == [b"\x05"]


@given(st.binary(max_size=2_000))
def test_garbage_never_raises_and_is_not_kept(data: bytes) -> None:
    decoder = Decoder()
    for one in decoder.feed(data):
        assert len(one.data if isinstance(one, Dropped) else one) <= LONGEST + 1


@given(LINE)
def test_the_two_codecs_take_the_same_frames_from_any_line_without_extended_ones(line: bytes) -> None:
    line = line.replace(b"\xf0", b"")
    taker = Taker(LONGEST)
    theirs = [said for byte in line if (said := taker.take(byte)) is not None and not isinstance(said, Broken)]
    assert [one for one in Decoder().feed(line) if isinstance(one, bytes)] == theirs
