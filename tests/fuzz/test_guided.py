"""Every parser: what was found before, and a little more each time; and that the fuzzer finds what there is."""

from random import Random, SystemRandom

import pytest

from drivers.contract import Unsupported
from drivers.csafe import frames
from drivers.transports.recording import parse
from tests.fuzz.guided import Found, explore
from tests.fuzz.targets import CORPUS, TARGETS, corpus

SECONDS = 0.8


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_parser_stands_what_was_found_before_and_what_is_found_now(name: str) -> None:
    number = SystemRandom().getrandbits(32)
    print(f"the seed is {number}")  # noqa: T201, pytest shows it with a failure
    kept = explore(TARGETS[name], corpus(name), SECONDS, Random(number))
    assert len(kept) >= 4  # it was guided by something


def test_each_file_of_the_corpus_has_its_parser() -> None:
    assert {path.stem for path in CORPUS.glob("*.txt")} == TARGETS.keys()


def test_a_recording_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(Unsupported, match="line 1 of the recording cannot be read"):
        parse(["[" * 100_000])


def test_it_finds_a_mistake_that_lies_behind_several_branches() -> None:
    """A frame whose checksum is right, from nothing: chance alone does not come there so soon."""

    def target(data: bytes) -> None:
        for said in frames.Decoder().feed(data):
            assert not (isinstance(said, bytes) and len(said) > 1)

    with pytest.raises(Found, match=r"AssertionError on [0-9a-f]*f1"):
        explore(target, [], 20, Random(5))
