"""What staff are asked, as data: the screen, another device and the terminal ask the same, in the same order.

An answer is text, by the key of its question: `section.key` of the file, or one of BROKER and PASSWORD. What an
answer may be is said by the settings themselves (`daemon.firstrun.answers`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

BROKER: Final = "mqtt"
"""Whether there is a broker: yes or no."""
PASSWORD: Final = "mqtt.password"  # noqa: S105, the key of the question
"""Goes into a file of its own."""
YES: Final = "yes"
NO: Final = "no"

type Answers = Mapping[str, str]


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    TREADMILL = "treadmill"  # one that was found, or the simulated one
    ZONE = "zone"  # a time zone of this computer
    TEXT = "text"
    SECRET = "secret"  # noqa: S105, the name of a kind
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: what is written, and what is said of it."""

    value: str
    about: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question; it is asked when every question of `when` was answered, and not with no."""

    key: str
    ask: str
    hint: str
    kind: Kind = Kind.TEXT
    choices: tuple[Choice, ...] = ()
    default: str = ""
    optional: bool = False
    when: tuple[str, ...] = ()


SIMULATED = Choice("simulated:", "No treadmill yet: a simulated one, to look around")

QUESTIONS: Final = (
    Question(
        "machine.driver",
        "Which treadmill is it?",
        "Switch it on, and end other apps' connections to it. The strongest signal, closest to zero, is the nearest. "
        "A serial port: only if you know what is at its other end.",
        Kind.TREADMILL,
        (SIMULATED,),
    ),
    Question(
        "machine.mode",
        "How far may it go?",
        "The modes that move a deck come after a trial on the machine; see the staff page.",
        Kind.CHOICE,
        (
            Choice("observe", "Records only. Always first, for a week or more"),
            Choice("nudge", "Asks on the screen now and then; the machine is never moved"),
        ),
    ),
    Question(
        "machine.units",
        "What does the treadmill's own console show?",
        "The screen then shows the same.",
        Kind.CHOICE,
        (Choice("km/h", "Kilometres an hour"), Choice("mph", "Miles an hour")),
    ),
    Question("machine.name", "What do people call it?", "Any words.", default="Treadmill 1"),
    Question("machine.zone", "Where does it stand?", "Any words.", default="Hall"),
    Question(
        "machine.machine",
        "Its asset name?",
        "Small letters, digits, dashes. It stays with the treadmill, also when that moves.",
        default="t01",
    ),
    Question(
        "machine.site",
        "Which gym is it?",
        "Small letters, digits, dashes. The same at every treadmill of one gym.",
        default="gym",
    ),
    Question("machine.language", "Which language does the screen speak?", "", Kind.CHOICE, default="en"),
    Question(
        "machine.time_zone", "Whose time is it here?", "Usage is told in hours of this zone.", Kind.ZONE, default="UTC"
    ),
    Question(
        BROKER,
        "Is there an MQTT broker?",
        "Only for the figures of several machines in one place. One machine alone needs none.",
        Kind.CHOICE,
        (Choice(NO, "None, or later"), Choice(YES, "Its name and port are asked next")),
        default=NO,
    ),
    Question("mqtt.host", "The broker's name or address?", "Who runs the broker knows it.", when=(BROKER,)),
    Question(
        "mqtt.port",
        "The broker's port?",
        "1883 is usual. TLS is set in the file, later.",
        Kind.NUMBER,
        default="1883",
        when=(BROKER,),
    ),
    Question(
        "mqtt.username",
        "The user name at the broker?",
        "Leave it empty if the broker asks for none.",
        optional=True,
        when=(BROKER,),
    ),
    Question(
        PASSWORD,
        "The password at the broker?",
        "It is kept in a file of its own. Leave it empty if there is none.",
        Kind.SECRET,
        optional=True,
        when=(BROKER, "mqtt.username"),
    ),
)


@dataclass(frozen=True, slots=True)
class Here:
    """What this computer knows by itself: its name, its time zone, and the languages that the screen speaks."""

    hostname: str = ""
    time_zone: str = "UTC"
    languages: tuple[tuple[str, str], ...] = (("en", "English"),)


def questions(here: Here = Here()) -> tuple[Question, ...]:
    """Return the questions as they are asked here; one with a single choice is none."""
    languages = tuple(Choice(*language) for language in here.languages)
    changes: Mapping[str, Mapping[str, object]] = {
        "machine.time_zone": {"default": here.time_zone},
        "machine.language": {"choices": languages},
    }
    made = (replace(each, **changes.get(each.key, {})) for each in QUESTIONS)  # type: ignore[arg-type]  # as data
    return tuple(each for each in made if each.kind is not Kind.CHOICE or len(each.choices) > 1)


def asked(all_questions: tuple[Question, ...], answers: Answers) -> Iterator[Question]:
    """Yield the questions that these answers leave to be asked, answered or not."""
    return (each for each in all_questions if applies(each, answers))


def applies(question: Question, answers: Answers) -> bool:
    """Tell whether a question makes sense with the answers to those before it."""
    return all(answers.get(key, "") not in {"", NO} for key in question.when)
