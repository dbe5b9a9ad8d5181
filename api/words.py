"""What a console page may say, and the event that it becomes. Pure."""

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from daemon.messages import Confirm, Hello, Touch
from daemon.policy.events import (
    Answer,
    Answered,
    Confirmed,
    Event,
    HelpAsked,
    LendAsked,
    ReturnAsked,
    TrainerAsked,
    WaitingTold,
)

type Said = Hello | Confirm | Touch

_SAID: TypeAdapter[Said] = TypeAdapter(Annotated[Hello | Confirm | Touch, Field(discriminator="type")])
ANSWERS: Mapping[str, Answer] = {
    "raise": Answer.RAISE,
    "decline": Answer.DECLINE,
    "cancel": Answer.CANCEL,
    "take": Answer.TAKE,
    "not_today": Answer.NOT_TODAY,
}
ASKS: Mapping[str, Callable[[int], Event]] = {
    "help": HelpAsked,
    "trainer": TrainerAsked,
    "lend": LendAsked,
    "return": ReturnAsked,
    "waiting": lambda at: WaitingTold(at, waiting=True),
    "nobody_waits": lambda at: WaitingTold(at, waiting=False),
}


def read(frame: str | bytes) -> Said | None:
    """Return what a frame says, or None when it makes no sense; pages send text, so bytes never do."""
    if isinstance(frame, bytes):
        return None
    try:
        return _SAID.validate_json(frame)
    except ValidationError:
        return None


def is_cancel(said: Said) -> bool:
    """Tell whether it is the Cancel key, which everyone may touch at any time."""
    return isinstance(said, Touch) and said.key == "cancel"


def event(said: Confirm | Touch, at: int, screen: str) -> Event:
    """Return the event that said, by screen, is to the policy."""
    if isinstance(said, Confirm):
        return Confirmed(at, screen, said.prompt, said.digit)
    if said.key in ANSWERS:
        return Answered(at, said.prompt, ANSWERS[said.key])
    return ASKS[said.key](at)
