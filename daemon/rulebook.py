"""The policy settings in force: the file's, narrowed or moved by who may change them over the network.

Local keys stay as commissioning wrote them: the mode can only be narrowed and the countdowns not be touched at all.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from daemon import messages
from daemon.author import Author, author
from daemon.clock import Clock
from daemon.policy.events import Event, Happened, RulesSet
from daemon.policy.rules import Mode, Rules
from daemon.policy.words import WORDS
from daemon.refusal import Refusal, StaleRevision

__all__ = ["NOTE", "Refusal", "Rulebook", "StaleRevision", "in_force", "read_saved"]

log = logging.getLogger(__name__)

NOTE = "settings"
"""The name under which changes are kept in the store."""
LOCAL = frozenset({"countdown_ms", "assist_countdown_ms"})
"""Written at the machine only."""
BOUNDS = {f.name: (f.metadata["least"], f.metadata["most"], f.metadata["unit"]) for f in fields(Rules) if f.metadata}

ZERO = frozenset(f.name for f in fields(Rules) if f.metadata and f.metadata["zero"])
"""Those that may also be 0."""

type Source = Literal["default", "file", "local", "machine", "zone", "site"]


class Saved(BaseModel):
    """What is kept of changes over the network."""

    model_config = ConfigDict(frozen=True)
    rev: int = 1
    mode: Literal["observe", "nudge", "assist", "enforce"] | None = None
    values: dict[str, int | str] = Field(default_factory=dict)
    demoted: str | None = None
    """Why the machine went back to `nudge` by itself; staff re-arm it there."""


class Rulebook:
    """Keeps the rules of one machine and tells the core of each change."""

    def __init__(
        self,
        file: Rules,
        saved: object,
        submit: Callable[[Event], None],
        save: Callable[[object], None],
        tell: Callable[[Happened], None],
        clock: Clock,
        named: frozenset[str] = frozenset(),
    ) -> None:
        """Begin with what `save` got last (None: nothing); named: the fields of Rules that the file sets itself."""
        self._file = file
        self._named = named
        self._submit = submit
        self._save = save
        self._tell = tell
        self._clock = clock
        self._saved = read_saved(saved)
        self._pending = False

    @property
    def rules(self) -> Rules:
        """The rules that are wanted now; the core has them from its next idle belt on."""
        return _over(self._file, self._saved)

    def current(self) -> messages.Settings:
        """Return the settings, where each comes from, and whether they wait for an idle belt."""
        return in_force(self._file, self._saved, self._named, pending=self._pending)

    def change(
        self,
        wanted: messages.SettingsWanted,
        by: str | Author,
        if_match: int | None = None,
    ) -> messages.Settings:
        """Put wanted in force and return the settings; a change that changes nothing leaves the revision.

        StaleRevision when if_match is not the revision in force; Refusal names all that may not be.
        """
        if if_match is not None and if_match != self._saved.rev:
            raise StaleRevision([f"the settings are at revision {self._saved.rev}, not {if_match}: read them again"])
        reasons = list(_reasons(wanted, self._file.mode))
        if reasons:
            raise Refusal(reasons)
        saved = Saved(
            rev=self._saved.rev + 1,
            mode=wanted.mode or self._saved.mode,
            values={**self._saved.values, **wanted.values},
            demoted=self._saved.demoted,
        )
        if _over(self._file, saved) != self.rules:
            self._put_in_force(saved, author(by))
        return self.current()

    @property
    def demoted(self) -> str | None:
        """Why the machine went back to `nudge` by itself, or None."""
        return self._saved.demoted

    def demote(self, why: str) -> None:
        """Narrow the mode to `nudge` until staff re-arm the machine there."""
        if self._saved.demoted is None:
            self._put_in_force(
                self._saved.model_copy(update={"demoted": why, "rev": self._saved.rev + 1}), author("inclined")
            )

    def rearm(self, by: str) -> bool:
        """Take the demotion back; tell whether there was one."""
        if self._saved.demoted is None:
            return False
        self._put_in_force(self._saved.model_copy(update={"demoted": None, "rev": self._saved.rev + 1}), author(by))
        return True

    def taken(self) -> None:
        """Hear that the core has taken the rules (its `policy` event)."""
        self._pending = False

    def _put_in_force(self, saved: Saved, who: Author) -> None:
        before = self.rules
        self._saved, self._pending = saved, True
        self._save(saved.model_dump())
        now, rules = self._clock.now(), self.rules
        changes = _changes(before, rules)
        log.info("settings revision %d by %s: %s", saved.rev, who.by, changes)
        self._tell(Happened(now, "audit", (("what", "settings"), ("rev", saved.rev), *who.told(), *changes.items())))
        self._submit(RulesSet(now, rules))


def in_force(file: Rules, saved: Saved, named: frozenset[str], *, pending: bool = False) -> messages.Settings:
    """Return the settings that saved makes of the file's, of which named are set in the file itself."""
    rules = _over(file, saved)

    def source(name: str) -> Source:
        if getattr(rules, name) != getattr(file, name):
            return "machine"
        return "file" if name == "mode" or name in named else "default"

    return messages.Settings(
        rev=saved.rev,
        mode=_name(rules.mode),
        values={name: getattr(rules, name) for name in BOUNDS} | {name: w.write(rules) for name, w in WORDS.items()},
        sources={name: source(name) for name in ("mode", *BOUNDS, *WORDS)},
        pending=pending,
    )


def _reasons(wanted: messages.SettingsWanted, most: Mode) -> list[str]:
    """Return every reason why wanted may not be, on a machine whose file says most."""
    reasons = []
    if wanted.mode is not None and Mode[wanted.mode.upper()] > most:
        reasons.append(f"mode: {wanted.mode} goes beyond {_name(most)}, which only the machine's own file can change")
    return reasons + [why for name, value in wanted.values.items() if (why := _wrong(name, value))]


def _wrong(name: str, value: int | str) -> str | None:
    if name in LOCAL:
        return f"{name}: is set at the machine only"
    if name in WORDS:
        return _wrong_word(name, value)
    if name not in BOUNDS:
        return f"{name}: is unknown; it may be {', '.join(sorted((BOUNDS.keys() | WORDS.keys()) - LOCAL))}"
    least, most, unit = BOUNDS[name]
    if isinstance(value, str):
        return f"{name}: {value[:40]!r} is no number; it may be {least} to {most} {unit}"
    zero = name in ZERO
    if least <= value <= most or (zero and value == 0):
        return None
    return f"{name}: {value} is out of bounds; it may be {'0 or ' * zero}{least} to {most} {unit}"


def _wrong_word(name: str, value: int | str) -> str | None:
    try:
        WORDS[name].read(str(value))
    except ValueError as error:
        return f"{name}: {error}; it may be {WORDS[name].may_be}"
    return None


def _over(file: Rules, saved: Saved) -> Rules:
    mode = file.mode if saved.mode is None else min(file.mode, Mode[saved.mode.upper()])
    if saved.demoted is not None:
        mode = min(mode, Mode.NUDGE)
    values: Mapping[str, Any] = {
        name: WORDS[name].read(str(value)) if name in WORDS else value for name, value in saved.values.items()
    }
    return replace(file, mode=mode, **values)


def read_saved(saved: object) -> Saved:
    """Return what was saved, without what this version does not allow."""
    try:
        read = Saved() if saved is None else Saved.model_validate(saved)
    except ValidationError:
        log.warning("the saved settings cannot be read; those of the file are in force")
        return Saved()
    bad = [why for name, value in read.values.items() if (why := _wrong(name, value))]
    for why in bad:
        log.warning("saved setting left out: %s", why)
    return read.model_copy(update={"values": {n: v for n, v in read.values.items() if _wrong(n, v) is None}})


def _changes(before: Rules, after: Rules) -> dict[str, int | str]:
    """Return each value that changed, and as `{name}_was` what it was."""
    old, new = _plain(before), _plain(after)
    changed = [name for name in new if new[name] != old[name]]
    return {name: new[name] for name in changed} | {f"{name}_was": old[name] for name in changed}


def _plain(rules: Rules) -> dict[str, int | str]:
    numbers = {name: getattr(rules, name) for name in BOUNDS}
    return numbers | {name: word.write(rules) for name, word in WORDS.items()} | {"mode": _name(rules.mode)}


def _name(mode: Mode) -> Literal["observe", "nudge", "assist", "enforce"]:
    names: tuple[Literal["observe", "nudge", "assist", "enforce"], ...] = ("observe", "nudge", "assist", "enforce")
    return names[mode]
