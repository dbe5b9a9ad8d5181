"""Other settings for a replay: `KEY=VALUE` as in inclined.toml, and how a state looks that had them all along."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from daemon.policy.rules import Mode, Rules
from daemon.policy.session import Session
from daemon.policy.state import State
from daemon.policy.words import WORDS
from daemon.settings.units import KEYS, MODES, rules_of

MODE = "mode"


class ChangeError(ValueError):
    """A KEY=VALUE that may not be; says what may."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Fields of Rules and their other values."""

    values: Mapping[str, Any]

    def __bool__(self) -> bool:
        return bool(self.values)

    def rules(self, rules: Rules) -> Rules:
        """Return rules with the changes."""
        return replace(rules, **self.values)

    def state(self, state: State) -> State:
        """Return state as if the rules had been these when its session began."""
        rules = self.rules(state.rules)
        waiting = None if state.rules_next is None else self.rules(state.rules_next)
        session = None if state.session is None else self.session(state.session, state.rules)
        return replace(state, rules=rules, rules_next=waiting, session=session)

    def session(self, session: Session, before: Rules) -> Session:
        """Return a session of the rules before as it would be: with the other minimum, its limit moved as that was."""
        after, due = self.rules(before), session.limit_at
        least = session.min_incline if before.min_incline == after.min_incline else after.min_incline
        if due is not None and before.limit_ms != after.limit_ms:
            due = due + after.limit_ms - before.limit_ms if after.limit_ms else None
        return replace(session, min_incline=least, limit_at=due)

    def told(self, before: Rules) -> list[str]:
        """Return each change in words, such as `nudge_after 60 s (was 120)`."""
        after = self.rules(before)
        return [f"{name} {shown(after, name, unit=True)} (was {shown(before, name)})" for name in names(self.values)]


def names(fields: Iterable[str]) -> list[str]:
    """Return the names in the file of fields of Rules."""
    known = {key.field: key.name for key in KEYS.values()}
    return [known.get(name, name) for name in fields]


def shown(rules: Rules, name: str, *, unit: bool = False) -> str:
    """Return a setting of rules by its name in the file, as people write it."""
    if name == MODE:
        return rules.mode.name.lower()
    if name in WORDS:
        return WORDS[name].write(rules) or "none"
    key = KEYS[name]
    return key.text(getattr(rules, key.field)) + f" {key.unit}" * unit


def changes(given: Sequence[str]) -> Changes:
    """Return what each KEY=VALUE says, the last one of a key; ChangeError tells the first that may not be."""
    table: dict[str, Any] = {}
    for one in given:
        name, equals, text = (part.strip() for part in one.partition("="))
        if not equals:
            raise ChangeError(f"--set {one}: it is written KEY=VALUE, such as nudge_after=60")
        table[name] = text if name in WORDS or name == MODE else _number(text)
    mode = table.pop(MODE, None)
    values, wrong = rules_of(table)
    if wrong:
        name, why = wrong[0]
        allowed = why.replace("it may be ", f"it may be {MODE}, ", 1) if name not in KEYS and name not in WORDS else why
        raise ChangeError(f"--set {name}: {allowed}")
    if mode is not None and mode not in MODES:
        raise ChangeError(f"--set mode: {mode!r} is none of its values; it may be {', '.join(MODES)}")
    return Changes(values if mode is None else {"mode": Mode[mode.upper()], **values})


def _number(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
