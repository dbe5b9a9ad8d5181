"""What a page may say."""

import json

from hypothesis import given
from hypothesis import strategies as st

from api.words import event, is_cancel, read
from daemon.messages import Confirm, Hello, Touch
from daemon.policy.events import (
    Answer,
    Answered,
    Confirmed,
    HelpAsked,
    LendAsked,
    ReturnAsked,
    TrainerAsked,
)

NUMBERS = st.integers(-(2**53), 2**53)
KEYS = {
    "raise": Answered(7, 3, Answer.RAISE),
    "decline": Answered(7, 3, Answer.DECLINE),
    "cancel": Answered(7, 3, Answer.CANCEL),
    "help": HelpAsked(7),
    "trainer": TrainerAsked(7),
    "lend": LendAsked(7),
    "return": ReturnAsked(7),
}


@given(NUMBERS, NUMBERS)
def test_a_confirmation_is_taken_as_it_is(prompt: int, digit: int) -> None:
    said = read(json.dumps({"type": "confirm", "prompt": prompt, "digit": digit, "more": "is ignored"}))
    assert said == Confirm(type="confirm", prompt=prompt, digit=digit)
    assert event(Confirm(type="confirm", prompt=prompt, digit=digit), 7, "s") == Confirmed(7, "s", prompt, digit)


def test_each_key_has_its_event() -> None:
    for key, expected in KEYS.items():
        said = read(json.dumps({"type": "touch", "key": key, "prompt": 3}))
        assert isinstance(said, Touch)
        assert event(said, 7, "s") == expected
        assert is_cancel(said) == (key == "cancel")


@given(st.text() | st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_garbage_says_nothing(frame: str | bytes) -> None:
    assert read(frame) is None


@given(
    st.dictionaries(
        st.sampled_from(["type", "key", "prompt", "digit"]),
        st.sampled_from(["hello", "confirm", "touch", "raise", "cancel", "start", "", None, 1, 1.5, [], {}, True]),
    )
)
def test_only_words_of_ours_are_understood(message: dict[str, object]) -> None:
    said = read(json.dumps(message))
    assert said is None or isinstance(said, Hello | Confirm | Touch)
    if isinstance(said, Touch):
        assert message["type"] == "touch"
        assert said.key in KEYS
