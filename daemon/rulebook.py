"""The policy settings in force: the file's, narrowed or moved by who may change them over the network.

Local keys stay as commissioning wrote them: the mode can only be narrowed and the countdowns not be touched at all.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from daemon import messages
from daemon.clock import Clock
from daemon.policy.events import Event, Happened, RulesSet
from daemon.policy.rules import Mode, Rules
from daemon.refusal import Refusal, StaleRevision

__all__ = ["NOTE", "Refusal", "Rulebook", "StaleRevision", "in_force", "read_saved"]

log = logging.getLogger(__name__)

NOTE = "settings"
"""The name under which changes are kept in the store."""
LOCAL = frozenset({"countdown_ms", "assist_countdown_ms"})
"""Written at the machine only."""
BOUNDS = {f.name: (f.metadata["least"], f.metadata["most"], f.metadata["unit"]) for f in fields(Rules) if f.metadata}

type Who = tuple[tuple[str, str], ...]
type Source = Literal["default", "file", "local", "machine", "zone", "site"]


class Saved(BaseModel):
    """What is kept of changes over the network."""

    model_config = ConfigDict(frozen=True)
    rev: int = 1
    mode: Literal["observe", "nudge", "assist", "enforce"] | None = None
    values: dict[str, int] = Field(default_factory=dict)


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
        by: str,
        if_match: int | None = None,
        *,
        role: str | None = None,
        address: str | None = None,
    ) -> messages.Settings:
        """Put wanted in force and return the settings; a change that changes nothing leaves the revision.

        by, role and address are for the audit: who asked, what they may do, and from where, as far as is known.
        StaleRevision when if_match is not the revision in force; Refusal names all that may not be.
        """
        if if_match is not None and if_match != self._saved.rev:
            raise StaleRevision([f"the settings are at revision {self._saved.rev}, not {if_match}: read them again"])
        reasons = list(_reasons(wanted, self._file.mode))
        if reasons:
            raise Refusal(reasons)
        before = self.rules
        saved = Saved(
            rev=self._saved.rev + 1,
            mode=wanted.mode or self._saved.mode,
            values={**self._saved.values, **wanted.values},
        )
        if _over(self._file, saved) != before:
            known = (("by", by), ("role", role), ("address", address))
            self._put_in_force(saved, before, tuple((name, told) for name, told in known if told is not None))
        return self.current()

    def taken(self) -> None:
        """Hear that the core has taken the rules (its `policy` event)."""
        self._pending = False

    def _put_in_force(self, saved: Saved, before: Rules, who: Who) -> None:
        self._saved, self._pending = saved, True
        self._save(saved.model_dump())
        now, rules = self._clock.now(), self.rules
        changes = _changes(before, rules)
        log.info("settings revision %d by %s: %s", saved.rev, dict(who)["by"], changes)
        self._tell(Happened(now, "audit", (("what", "settings"), ("rev", saved.rev), *who, *changes.items())))
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
        values={name: getattr(rules, name) for name in BOUNDS},
        sources={name: source(name) for name in ("mode", *BOUNDS)},
        pending=pending,
    )


def _reasons(wanted: messages.SettingsWanted, most: Mode) -> list[str]:
    """Return every reason why wanted may not be, on a machine whose file says most."""
    reasons = []
    if wanted.mode is not None and Mode[wanted.mode.upper()] > most:
        reasons.append(f"mode: {wanted.mode} goes beyond {_name(most)}, which only the machine's own file can change")
    return reasons + [why for name, value in wanted.values.items() if (why := _wrong(name, value))]


def _wrong(name: str, value: int) -> str | None:
    if name in LOCAL:
        return f"{name}: is set at the machine only"
    if name not in BOUNDS:
        return f"{name}: is unknown; it may be {', '.join(sorted(BOUNDS.keys() - LOCAL))}"
    least, most, unit = BOUNDS[name]
    return None if least <= value <= most else f"{name}: {value} is out of bounds; it may be {least} to {most} {unit}"


def _over(file: Rules, saved: Saved) -> Rules:
    mode = file.mode if saved.mode is None else min(file.mode, Mode[saved.mode.upper()])
    values: Mapping[str, Any] = saved.values
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
    return {name: getattr(rules, name) for name in BOUNDS} | {"mode": _name(rules.mode)}


def _name(mode: Mode) -> Literal["observe", "nudge", "assist", "enforce"]:
    names: tuple[Literal["observe", "nudge", "assist", "enforce"], ...] = ("observe", "nudge", "assist", "enforce")
    return names[mode]
