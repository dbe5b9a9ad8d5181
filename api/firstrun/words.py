"""What the set-up's pages and the daemon say to each other."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from daemon.firstrun.questions import Kind


class Said(BaseModel):
    """What a page says; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Answered(Said):
    """All answers so far, by the key of their question."""

    answers: dict[str, str] = Field(max_length=40)


class CodeSaid(Said):
    """The code that stands on the screen."""

    code: str = Field(max_length=32)


class Entered(BaseModel):
    """The code was right; secret is what this device says from now on."""

    secret: str


class Another(BaseModel):
    """Another device at the set-up; code is told to the screen only, while it may be said."""

    door: Literal["open", "used", "spent", "expired", "closed"] | None
    code: str | None = None
    addresses: list[str] = []
    seconds: int = 0
    tries: int = 0
    fault: str | None = None


class Standing(BaseModel):
    """How things stand here."""

    state: Literal["missing", "mistakes", "good"]
    signed_in: bool
    """Whether who asks may set this computer up."""
    at_screen: bool
    file: str = ""
    mistakes: list[str] = []
    another: Another | None = None


class ChoiceTold(BaseModel):
    """One thing to choose."""

    value: str
    about: str


class QuestionTold(BaseModel):
    """One question of the form."""

    key: str
    ask: str
    hint: str
    kind: Kind
    choices: list[ChoiceTold]
    default: str
    optional: bool
    when: list[str]


class NearTold(BaseModel):
    """One treadmill in reach."""

    spec: str
    about: str
    signal: int | None


class NearbyTold(BaseModel):
    """All that were found, and why not more could be."""

    found: list[NearTold]
    fault: str | None


class Draft(BaseModel):
    """The file that would be written, or what is wrong with the answers, by question; empty: all that is asked."""

    text: str | None
    password_file: str | None = None
    mistakes: dict[str, str] = {}
    keeps: bool = False
    """Whether there is a file whose place it takes."""
