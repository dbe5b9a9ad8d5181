"""The policy's settings as people write them: names without `_ms`, values in %, km/h and s, turned exactly."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from decimal import Context, Decimal, Inexact
from typing import Any

from daemon.policy.rules import Mode, Rules
from daemon.policy.words import WORDS

HUMAN = {"0.1 %": ("%", 10), "0.01 km/h": ("km/h", 100), "ms": ("s", 1000)}
"""Unit of the policy -> unit for people, and how many of the former make one of the latter."""

LARGEST = 10**9
"""Beyond this no setting makes sense; it also keeps 1e999999 from becoming an integer."""


@dataclass(frozen=True, slots=True)
class Key:
    """One policy setting: its name in the file, its field of Rules, its unit for people and its bounds there."""

    name: str
    field: str
    unit: str
    per: int
    default: int
    least: int
    most: int
    doc: str
    zero: bool = False

    def text(self, value: int) -> str:
        """Return a value of Rules as people write it, without its unit."""
        return f"{(Decimal(value) / self.per).normalize():f}"

    @property
    def may_be(self) -> str:
        """Return what the setting may be, for a sentence."""
        return f"{'0 or ' if self.zero else ''}{self.text(self.least)} to {self.text(self.most)} {self.unit}"

    def exact(self, given: object) -> int:
        """Return given in the unit of Rules. ValueError says what is wrong."""
        value = exact(given, self.per)
        if value is None:
            raise ValueError(f"{shown(given)} is no number in steps of {self.text(1)} {self.unit}")
        if not (self.least <= value <= self.most or (value == 0 and self.zero)):
            raise ValueError(f"{given} {self.unit} is out of bounds")
        return value


def exact(given: object, per: int) -> int | None:
    """Return given times per, or None when that is no whole number or none of this world."""
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        return None
    context = Context(prec=50, traps=[])  # 1e999999 and nan become answers instead of exceptions
    scaled = context.multiply(Decimal(given), per)
    if not scaled.is_finite() or context.flags[Inexact] or abs(scaled) > LARGEST:
        return None
    return int(scaled) if scaled == scaled.to_integral_value() else None


def _key(f: "Field[int]") -> Key:
    unit, per = HUMAN.get(f.metadata["unit"], (f.metadata["unit"], 1))
    assert isinstance(f.default, int)  # noqa: S101, every setting of Rules has one
    bounds = f.metadata["least"], f.metadata["most"]
    return Key(f.name.removesuffix("_ms"), f.name, unit, per, f.default, *bounds, f.metadata["doc"], f.metadata["zero"])


KEYS: Mapping[str, Key] = {key.name: key for key in (_key(f) for f in fields(Rules) if f.metadata)}
MODES = tuple(mode.name.lower() for mode in Mode)


def shown(given: object) -> str:
    """Return a value of the file as it was written, nearly."""
    return f'"{given}"' if isinstance(given, str) else str(given).lower() if isinstance(given, bool) else str(given)


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError(f"{shown(given)} is no text in quotes")  # noqa: TRY004, told like any other mistake
    return given


def rules_of(table: Mapping[str, object]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the fields of Rules that table sets, and its mistakes as (key, sentence)."""
    values: dict[str, Any] = {}
    mistakes: list[tuple[str, str]] = []
    for name, given in table.items():
        if name in WORDS:
            try:
                values[name] = WORDS[name].read(_text(given))
            except ValueError as error:
                mistakes.append((name, f"{error}; it may be {WORDS[name].may_be}"))
            continue
        key = KEYS.get(name)
        if key is None:
            mistakes.append((name, f"is unknown; it may be {', '.join((*KEYS, *WORDS))}"))
            continue
        try:
            values[key.field] = key.exact(given)
        except ValueError as error:
            mistakes.append((name, f"{error}; it may be {key.may_be}"))
    return values, mistakes
