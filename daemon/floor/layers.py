"""Settings of a site, a zone and a machine, resolved into the one document that a machine is told. Pure.

The narrowest layer that names a setting decides it. A machine keeps what it was told until it is told otherwise, so
that a document also names what no layer names any more, with its default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from daemon.messages import Settings, SettingsWanted
from daemon.overlay import LOCAL, ModeName, values
from daemon.policy.rules import Mode, Rules

type Scope = Literal["site", "zone", "machine"]
type Value = int | str

SCOPES: Final[tuple[Scope, ...]] = ("site", "zone", "machine")
"""From the widest to the narrowest."""
MODES: Final[tuple[ModeName, ...]] = get_args(ModeName.__value__)
DEFAULTS: Final[Mapping[str, Value]] = values(Rules())


@dataclass(frozen=True, slots=True)
class Layer:
    """What is wanted of one site, zone or machine; a mode says how far a machine may go at most."""

    mode: ModeName | None = None
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether it wants nothing."""
        return self.mode is None and not self.values


@dataclass(frozen=True, slots=True)
class Document:
    """What a machine is told, and which layer wants it so; a name without a source is set back to its default."""

    mode: ModeName | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    sources: Mapping[str, Scope] = field(default_factory=dict)

    def same(self, other: "Document") -> bool:
        """Tell whether a machine would be told the same."""
        return self.mode == other.mode and dict(self.values) == dict(other.values)

    def wanted(self, reason: str | None = None) -> SettingsWanted:
        """Return it as the machine reads it."""
        return SettingsWanted(mode=self.mode, values=dict(self.values), reason=reason)


NOTHING: Final = Document()


def resolved(layers: Mapping[Scope, Layer]) -> Document:
    """Return what layers want of a machine; sources has `mode` too."""
    mode: ModeName | None = None
    found: dict[str, Value] = {}
    sources: dict[str, Scope] = {}
    for scope in SCOPES:
        layer = layers.get(scope, Layer())
        if layer.mode is not None:
            mode, sources["mode"] = layer.mode, scope
        found |= layer.values
        sources |= dict.fromkeys(layer.values, scope)
    return Document(mode, {name: value for name, value in found.items() if name not in LOCAL}, sources)


def document(layers: Mapping[Scope, Layer], before: Document = NOTHING, widest: ModeName | None = None) -> Document:
    """Return what a machine is told now that was told before; widest: how far its own file lets it go, if known."""
    found = resolved(layers)
    back = {name: DEFAULTS[name] for name in before.values if name not in found.values and name in DEFAULTS}
    mode = found.mode
    if mode is None and before.mode is not None:
        mode = widest or before.mode  # no layer narrows it any more
    elif mode is not None and widest is not None:
        mode = narrower(mode, widest)
    return Document(mode, {**back, **found.values}, found.sources)


def narrower(one: ModeName, other: ModeName) -> ModeName:
    """Return the mode that goes less far."""
    return min(one, other, key=MODES.index)


def widest_of(told: Settings, pushed: ModeName | None, known: ModeName | None) -> ModeName | None:
    """Return how far a machine's own file lets it go, as its settings show; known is what was thought until now."""
    if told.sources.get("mode") == "file":
        return told.mode
    if told.mode == pushed == known:
        return None  # narrowed to less than its file allows: that was widened since
    return known


type Standing = Literal["none", "waiting", "pending", "in force", "refused"]


def stands(wanted: Document, told: Settings | None, refusal: str | None) -> Standing:
    """Return what became of a document: told is what the machine says is in force, refusal why it would not take it."""
    if wanted.same(NOTHING):
        return "none"
    if told is not None and agrees(wanted, told):
        return "pending" if told.pending else "in force"
    return "refused" if refusal is not None else "waiting"


def agrees(wanted: Document, told: Settings) -> bool:
    """Tell whether what is wanted is in force; a machine that narrowed itself further agrees."""
    mode = wanted.mode is None or Mode[told.mode.upper()] <= Mode[wanted.mode.upper()]
    return mode and all(told.values.get(name) == value for name, value in wanted.values.items())
