"""What is kept of settings changed over the network, and the rules that it makes of the file's. Pure."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from daemon.messages import SettingChange, SettingsWanted
from daemon.policy.contradictions import contradictions
from daemon.policy.rules import Mode, Rules, may_be, within
from daemon.policy.words import WORDS

log = logging.getLogger(__name__)

LOCAL = frozenset({"countdown_ms", "assist_countdown_ms"})
"""Written at the machine only."""
NUMBERS = {f.name: f.metadata for f in fields(Rules) if f.metadata}
"""The settings that are numbers, with their bounds."""

type ModeName = Literal["observe", "nudge", "assist", "enforce"]


class Saved(BaseModel):
    """What is kept of changes over the network."""

    model_config = ConfigDict(frozen=True)
    rev: int = 1
    mode: ModeName | None = None
    values: dict[str, int | str] = Field(default_factory=dict)
    demoted: str | None = None
    """Why the machine went back to `nudge` by itself; staff re-arm it there."""

    def with_wish(self, wanted: SettingsWanted) -> "Saved":
        """Return this with wanted put over it, as the next revision."""
        values = {**self.values, **wanted.values}
        return self.model_copy(update={"rev": self.rev + 1, "mode": wanted.mode or self.mode, "values": values})


def over(file: Rules, saved: Saved) -> Rules:
    """Return the rules that saved makes of the file's; the mode can only be narrowed."""
    mode = file.mode if saved.mode is None else min(file.mode, Mode[saved.mode.upper()])
    if saved.demoted is not None:
        mode = min(mode, Mode.NUDGE)
    values: Mapping[str, Any] = {
        name: WORDS[name].read(str(value)) if name in WORDS else value for name, value in saved.values.items()
    }
    return replace(file, mode=mode, **values)


def reasons(wanted: SettingsWanted, file: Rules, saved: Saved) -> list[str]:
    """Return every reason why wanted may not be put over saved on a machine with this file."""
    found = []
    if wanted.mode is not None and Mode[wanted.mode.upper()] > file.mode:
        most = mode_name(file.mode)
        found.append(f"mode: {wanted.mode} goes beyond {most}, which only the machine's own file can change")
    found += [why for name, value in wanted.values.items() if (why := wrong(name, value))]
    if not found:
        found = [f"{field}: {why}" for field, why in contradictions(over(file, saved.with_wish(wanted)))]
    return found


def wrong(name: str, value: int | str) -> str | None:
    """Return why the setting of that name may not have value, or None."""
    if name in LOCAL:
        return f"{name}: is set at the machine only"
    if name in WORDS:
        return _wrong_word(name, value)
    if name not in NUMBERS:
        return f"{name}: is unknown; it may be {', '.join(sorted((NUMBERS.keys() | WORDS.keys()) - LOCAL))}"
    about = NUMBERS[name]
    if isinstance(value, str):
        return f"{name}: {value[:40]!r} is no number; it may be {may_be(about)}"
    return None if within(about, value) else f"{name}: {value} is out of bounds; it may be {may_be(about)}"


def _wrong_word(name: str, value: int | str) -> str | None:
    try:
        WORDS[name].read(str(value))
    except ValueError as error:
        return f"{name}: {error}; it may be {WORDS[name].may_be}"
    return None


def read_saved(saved: object, file: Rules | None = None) -> Saved:
    """Return what was saved, without what this version, or the file as it is now, does not allow."""
    try:
        read = Saved() if saved is None else Saved.model_validate(saved)
    except ValidationError:
        log.warning("the saved settings cannot be read; those of the file are in force")
        return Saved()
    bad = [why for name, value in read.values.items() if (why := wrong(name, value))]
    for why in bad:
        log.warning("saved setting left out: %s", why)
    kept = read.model_copy(update={"values": {n: v for n, v in read.values.items() if wrong(n, v) is None}})
    if file is not None and contradictions(over(file, kept)):
        log.warning("the saved settings contradict the file, which has changed; those of the file are in force")
        return kept.model_copy(update={"values": {}})
    return kept


def changes(before: Rules, after: Rules) -> list[SettingChange]:
    """Return each value that differs."""
    old, new = plain(before), plain(after)
    return [SettingChange(name=name, before=old[name], after=new[name]) for name in new if new[name] != old[name]]


def plain(rules: Rules) -> dict[str, int | str]:
    """Return the rules as the network has them: numbers, words, the mode."""
    return {**values(rules), "mode": mode_name(rules.mode)}


def values(rules: Rules) -> dict[str, int | str]:
    """Return the rules as the network has them, but for the mode."""
    numbers = {name: getattr(rules, name) for name in NUMBERS}
    return numbers | {name: word.write(rules) for name, word in WORDS.items()}


def mode_name(mode: Mode) -> ModeName:
    """Return the mode's name."""
    names: tuple[ModeName, ...] = ("observe", "nudge", "assist", "enforce")
    return names[mode]


def sources(
    rules: Rules, file: Rules, named: frozenset[str]
) -> Iterator[tuple[str, Literal["default", "file", "machine"]]]:
    """Yield where each value comes from: this machine's network, its file (named: what that sets), or nowhere."""
    for name in ("mode", *NUMBERS, *WORDS):
        if getattr(rules, name) != getattr(file, name):
            yield name, "machine"
        else:
            yield name, "file" if name == "mode" or name in named else "default"
