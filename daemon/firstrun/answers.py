"""From answers to a configuration: the settings' own model says what is wrong with each."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from daemon.firstrun.questions import BROKER, PASSWORD, YES, Answers, Here, Kind, Question, applies, questions
from daemon.settings import SettingsError, parse
from daemon.settings.load import place

PASSWORD_FILE: Final = "mqtt-password"  # noqa: S105, the name of a file
"""Beside the configuration."""
DRIVERS: Final = re.compile(
    r"ftms:[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}(\?adapter=hci\d{1,2})?"
    r"|(ftms-uart|csafe|trackmaster|woodway):/\S+|simulated:"
)
"""What may be set up; a recording is for who edits the file."""
LONGEST: Final = 256
"""Characters of an answer; the settings allow fewer."""
SPECIMEN: Final[Answers] = {
    "machine.driver": "simulated:",
    "machine.mode": "observe",
    "machine.units": "km/h",
    "machine.name": "T",
    "machine.zone": "Z",
    "machine.machine": "t",
    "machine.site": "s",
    "machine.language": "en",
    "machine.time_zone": "UTC",
    "mqtt.host": "localhost",
    "mqtt.port": "1883",
    "mqtt.username": "u",
}
"""Answers without a mistake, beside which another is looked at."""


def filled(answers: Answers, here: Here) -> dict[str, str]:
    """Return the answers to what is asked, with the default where there is none, and without those to nothing asked."""
    kept: dict[str, str] = {}
    for question in questions(here):
        if applies(question, kept):
            given = answers.get(question.key, "")
            kept[question.key] = (given if question.kind is Kind.SECRET else given.strip()) or question.default
    return kept


def table_of(answers: Answers, folder: Path) -> dict[str, dict[str, object]]:
    """Return what the file will hold; a password is named by its file in folder, and never in it."""
    table: dict[str, dict[str, object]] = {}
    for key, answer in answers.items():
        section, _, name = key.partition(".")
        if not name or not answer:
            continue
        if key == PASSWORD:
            name, answer = "password_file", str(folder / PASSWORD_FILE)
        table.setdefault(section, {})[name] = int(answer) if key == "mqtt.port" and _is_number(answer) else answer
    return table


def mistakes(answers: Answers, here: Here) -> dict[str, str]:
    """Return what is wrong with the answers to all that is asked, by question."""
    found = {}
    known = {question.key for question in questions(here)}
    for key in sorted(set(answers) - known):
        found[key] = "nothing asks for this"
    kept = filled(answers, here)
    for question in questions(here):
        if question.key in kept and (why := wrong(question, kept[question.key])) is not None:
            found[question.key] = why
    return found


def wrong(question: Question, answer: str) -> str | None:
    """Return what is wrong with one answer, and what it may be; None when it will do."""
    if not answer:
        return None if question.optional else "needs an answer"
    if len(answer) > LONGEST or not answer.isprintable():
        return f"may be up to {LONGEST} characters in one line"
    if question.kind is Kind.CHOICE and answer not in {choice.value for choice in question.choices}:
        return f"may be {' or '.join(choice.value for choice in question.choices)}"
    if question.kind is Kind.TREADMILL and DRIVERS.fullmatch(answer) is None:
        return "may be one that was found, such as ftms:C0:FF:EE:00:00:07, or simulated:"
    if question.key in {BROKER, PASSWORD}:
        return None
    why = _model_says(question.key, answer)
    form, found, _ = (why or "").partition("of its form; ")
    return f"{form}of its form. {question.hint}" if found and question.kind is Kind.TEXT else why


def _model_says(key: str, answer: str) -> str | None:
    """Return what the settings say of one value; what is wrong elsewhere is not this answer's fault."""
    section, _, name = key.partition(".")
    start = place("", (section, name))
    try:
        parse(table_of({**SPECIMEN, BROKER: YES, key: answer}, Path("/")), "")
    except SettingsError as error:
        return next((each.removeprefix(start) for each in error.mistakes if each.startswith(start)), None)
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len("65535")


def answers_in(table: Mapping[str, object]) -> dict[str, str]:
    """Return the answers that a configuration's table gives; what no question asks for is left out."""
    known = {question.key for question in questions()} | {"machine.language"}
    found = {
        f"{section}.{name}": str(value)
        for section, keys in table.items()
        if isinstance(keys, dict)
        for name, value in keys.items()
        if f"{section}.{name}" in known
    }
    return {**found, BROKER: YES} if isinstance(table.get(BROKER), dict) else found
