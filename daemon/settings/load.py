"""Reads inclined.toml: every value exact, every mistake told at once."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from daemon.policy.contradictions import contradictions
from daemon.policy.rules import Action, Mode, Rules
from daemon.policy.words import WORDS
from daemon.settings import origin
from daemon.settings.model import Api, Console, Machine, Mqtt, Nearby, Proved, Screen, Section, Sections, StoreFile
from daemon.settings.units import KEYS, rules_of, shown

DEFAULT = Path("/etc/inclined/inclined.toml")
TOKENS = "tokens.toml"
CLUB = "words"
"""Beside the configuration."""
GONE: Mapping[tuple[int | str, ...], str] = {
    ("api", "token_hashes"): "is no setting any more; take the line out, and make each token anew with "
    "`inclined token add NAME --role staff`",
    ("machine", "screen_px_per_mm"): "stands elsewhere now: write it as px_per_mm in the part [screen]",
    ("console", "host"): "is no setting: the screen is served on 127.0.0.1 and nowhere else",
}
"""What is said of keys that are no mistyped ones."""
NOBODYS = ("simulated:", "replay:")
"""Drivers of treadmills on which nobody can stand: they need no proof."""
SAME_PORT = "is [api] port too; the screen needs one of its own"


class SettingsError(Exception):
    """The file cannot be used; `mistakes` holds `file: [section] key: what is wrong; what it may be` for each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one machine; `named` holds `section.key` of what the file says itself."""

    machine: Machine
    proved: Proved
    rules: Rules
    mqtt: Mqtt | None
    api: Api
    store: StoreFile
    console: Console
    screen: Screen
    nearby: Nearby
    named: frozenset[str]
    tokens: Path | None = None
    """Where the tokens are kept; None: nowhere, and there are none."""
    words: Path | None = None
    """The folder of the club's own words; None: there is none."""

    @property
    def named_rules(self) -> frozenset[str]:
        """The fields of Rules that the file sets itself."""
        numbers = {key.field for key in KEYS.values() if f"policy.{key.name}" in self.named}
        return frozenset(numbers | {name for name in WORDS if f"policy.{name}" in self.named})


def load(path: Path = DEFAULT) -> Settings:
    """Return the settings in the file at path. SettingsError names every mistake; OSError when it cannot be read."""
    return loads(path.read_bytes(), path)


def loads(data: bytes, path: Path) -> Settings:
    """Return the settings in data, read from path. SettingsError names every mistake with its place."""
    try:
        table = tomllib.loads(data.decode(), parse_float=Decimal)
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, a number of 5000 digits, nested without end
        raise SettingsError([f"{path}: is not TOML: {origin.where(data, error)}"]) from None
    return replace(parse(table, str(path)), tokens=path.with_name(TOKENS), words=path.with_name(CLUB))


def parse(table: Mapping[str, Any], file: str) -> Settings:
    """Return the settings that table holds; file is for the sentences. SettingsError names every mistake."""
    rest = dict(table)
    maker = rest.pop(origin.MADE_BY, None)
    try:
        settings = _parse(rest, file)
    except SettingsError as error:
        raise SettingsError([*_of_maker(file, maker), *error.mistakes]) from None
    if maker is not None and (why := origin.mistake(maker)) is not None:
        raise SettingsError([f"{file}: {origin.MADE_BY}: {why}"])
    return settings


def _of_maker(file: str, maker: object) -> list[str]:
    """Return what to say before the mistakes of a file that says who made it."""
    if maker is None:
        return []
    if (why := origin.mistake(maker)) is not None:
        return [f"{file}: {origin.MADE_BY}: {why}"]
    version = origin.newer(maker, origin.made_by())
    if version is None:
        return []
    said = f"a newer inclined made this file ({version}; this is {origin.made_by()})"
    return [f"{file}: {origin.MADE_BY}: {said}: put the newer one in again, or change what is named here"]


def _parse(table: Mapping[str, Any], file: str) -> Settings:
    rest = dict(table)
    policy = rest.pop("policy", {})
    values, wrong = rules_of(policy) if isinstance(policy, dict) else ({}, [("", "is not a section")])
    mistakes = [place(file, ("policy", key)) + why for key, why in wrong]
    try:
        sections = Sections.model_validate(rest)
    except ValidationError as error:
        raise SettingsError([sentence(file, e) for e in error.errors()] + mistakes) from None
    if sections.api.port == sections.console.port:
        mistakes.append(place(file, ("console", "port")) + SAME_PORT)
    if mistakes:
        raise SettingsError(mistakes)
    machine, proved = sections.machine, sections.proved
    if missing := list(_unproved(machine, proved)):
        raise SettingsError([place(file, where) + why for where, why in missing])
    rules = Rules(
        mode=Mode[machine.mode.upper()],
        limit_action=Action(machine.limit_action),
        proved_time=proved.workout_time is not None,
        proved_stop=proved.stop is not None,
        **values,
    )
    if against := contradictions(rules):
        raise SettingsError([place(file, ("policy", _key(field))) + why for field, why in against])
    found = (sections.mqtt, sections.api, sections.store, sections.console, sections.screen, sections.nearby)
    return Settings(machine, proved, rules, *found, frozenset(_named(table)))


def _key(field: str) -> str:
    return next((name for name, key in KEYS.items() if key.field == field), field)


def _unproved(machine: Machine, proved: Proved) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield what the file asks for and nobody has tried on this machine: where it stands, and why not."""
    if proved.driver not in (None, machine.driver):
        now = f"it was tried with {proved.driver}, and [machine] driver is {machine.driver}"
        yield ("proved", "driver"), f"{now}: take the part [proved] out, and try it anew with `inclined commission`"
    if machine.mode in ("assist", "enforce") and proved.incline is None and not machine.driver.startswith(NOBODYS):
        needs = (
            f"{machine.mode} moves the deck and needs [proved] incline: `inclined commission` tries that on an empty"
        )
        yield ("machine", "mode"), f"{needs} belt, and writes it down; until then it may be observe or nudge"
    if (why := unproved(machine.limit_action, proved)) is not None:
        yield ("machine", "limit_action"), why


def unproved(action: str, proved: Proved) -> str | None:
    """Return why this limit_action may not be, or None."""
    missing = {"machine": proved.workout_time is None, "stop": proved.stop is None}.get(action, False)
    key = "workout_time" if action == "machine" else "stop"
    return f"{action} needs [proved] {key}: the day on which it was tried on this machine" if missing else None


def _named(table: Mapping[str, Any]) -> Iterator[str]:
    return (f"{section}.{key}" for section, keys in table.items() for key in keys)


def place(file: str, where: tuple[int | str, ...]) -> str:
    """Return `file: [section] key: ` for the path of a value."""
    section, *keys = where or ("",)
    inside = ".".join(str(key) for key in keys if key != "")
    return f"{file}: [{section}] {inside}: " if inside else f"{file}: [{section}] "


def sentence(file: str, error: ErrorDetails) -> str:
    """Return one mistake in words for who edits the file."""
    where, given, context = error["loc"], shown(error["input"]), error.get("ctx", {})
    match error["type"]:
        case "missing":
            why = f"is missing; {_meaning(where)}"
        case "extra_forbidden" if where in GONE:
            why = GONE[where]
        case "extra_forbidden":
            why = f"is unknown; it may be {', '.join(_siblings(where))}"
        case "literal_error":
            why = f"{given} is none of its values; it may be {context['expected']}"
        case "value_error":
            why = f"{context['error']}; {_meaning(where)}"
        case "string_pattern_mismatch":
            why = f"{given} is not of its form; {_meaning(where)}"
        case _:
            why = f"{given} is wrong; {error['msg'].replace('Input', 'it', 1)}"
    return place(file, where) + why


def _model(where: tuple[int | str, ...]) -> type[Section]:
    """Return the section that the last part of where stands in."""
    model: type[Section] = Sections
    for part in where[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            kind = model.model_fields[part].annotation
            inner = (kind, *getattr(kind, "__args__", ()))
            model = next((k for k in inner if isinstance(k, type) and issubclass(k, Section)), model)
    return model


def _meaning(where: tuple[int | str, ...]) -> str:
    """Return what the docs say of the key, or of its list."""
    known = _model(where).model_fields
    names = [part for part in where if isinstance(part, str) and part in known]
    text = known[names[-1]].description if names else None
    return text or str(_model((*where, "")).__doc__)


def _siblings(where: tuple[int | str, ...]) -> list[str]:
    model = _model(where)
    return [*model.model_fields, *(["policy"] if model is Sections else [])]
