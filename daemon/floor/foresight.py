"""What a change of a layer would do to each machine, and why it may not be. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from daemon.floor.layers import Document, Layer, Scope, Value, document
from daemon.messages import SettingChange, Settings
from daemon.overlay import ModeName, Saved, over, wrong
from daemon.policy.contradictions import contradictions
from daemon.policy.rules import Action, Mode, Rules

COMMISSIONED: Final = frozenset(
    {
        "driver", "units", "incline_range", "incline_map", "limit_action", "proved", "proved_time", "proved_stop",
        "workout_time", "stop", "machine", "name", "zone", "time_zone", "clock", "countdown", "assist_countdown",
        "items_own",
    }
)  # fmt: skip
"""What commissioning writes into the machine's own file; the network has no name for it."""
AT_THE_MACHINE: Final = "is set at the machine only, by who commissions it: a person must stand there and see it"


@dataclass(frozen=True, slots=True)
class Wish:
    """A change of one layer: a value of None takes the setting out, turn_mode says that mode is meant at all."""

    scope: Scope
    name: str
    values: Mapping[str, Value | None] = field(default_factory=dict)
    mode: ModeName | None = None
    turn_mode: bool = False

    def put(self, layer: Layer) -> Layer:
        """Return layer with the wish put over it."""
        new = {**layer.values, **self.values}
        kept = {name: value for name, value in new.items() if value is not None}
        return Layer(self.mode if self.turn_mode else layer.mode, kept)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one machine: where it stands, what it was told, what it says, what its file allows."""

    machine: str
    zone: str
    before: Document = field(default_factory=Document)
    told: Settings | None = None
    widest: ModeName | None = None
    limit_action: str = "announce"

    def reached(self, scope: Scope, name: str) -> bool:
        """Tell whether a layer is one of this machine's."""
        return scope == "site" or name == (self.zone if scope == "zone" else self.machine)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would change on one machine, or why it may not."""

    machine: str
    changes: tuple[SettingChange, ...]
    refused: tuple[str, ...]


type Layers = Mapping[tuple[Scope, str], Layer]


def mistakes(wish: Wish, layers: Layers, machines: Iterable[Known]) -> list[str]:
    """Return what is wrong with a wish by itself, whatever machine it is for."""
    found = [why for name, value in wish.values.items() if value is not None and (why := refusal(name, value))]
    known = (wish.scope, wish.name) in layers or any(one.reached(wish.scope, wish.name) for one in machines)
    if wish.scope == "site" and wish.name:
        found.append("name: the site has none here; leave it empty")
    elif wish.scope != "site" and not known:
        found.append(f"name: no {wish.scope} is called {wish.name[:64]!r} here")
    return found


def refusal(name: str, value: Value) -> str | None:
    """Return why a setting may not be given from the floor, or None."""
    if name in COMMISSIONED:
        return f"{name}: {AT_THE_MACHINE}"
    why = wrong(name, value)
    return f"{name}: {AT_THE_MACHINE}" if why is not None and why.endswith("is set at the machine only") else why


def layers_of(layers: Layers, one: Known) -> dict[Scope, Layer]:
    """Return the layers that reach a machine."""
    return {scope: layer for (scope, name), layer in layers.items() if one.reached(scope, name)}


def foreseen(wish: Wish, layers: Layers, machines: Iterable[Known]) -> Iterator[Foreseen]:
    """Yield what a wish would do on each machine where it changes or contradicts something."""
    key = (wish.scope, wish.name)
    after = {**layers, key: wish.put(layers.get(key, Layer()))}
    for one in machines:
        if not one.reached(*key):
            continue
        would = document(layers_of(after, one), one.before, one.widest)
        found = Foreseen(one.machine, tuple(turned(one, would)), tuple(undone(one, would)))
        if found.changes or found.refused:
            yield found


def turned(one: Known, would: Document) -> Iterator[SettingChange]:
    """Yield each value that a machine would have anew; against its own word where it gave one, else against ours."""
    now = dict(one.before.values) if one.told is None else one.told.values
    for name, value in would.values.items():
        if now.get(name) != value:
            yield SettingChange(name=name, before=now.get(name, "?"), after=value)
    mode = one.before.mode if one.told is None else one.told.mode
    if would.mode is not None and mode != would.mode:
        yield SettingChange(name="mode", before=mode or "?", after=would.mode)


def undone(one: Known, would: Document) -> Iterator[str]:
    """Yield each contradiction that the machine itself would refuse."""
    told = {} if one.told is None else {n: v for n, v in one.told.values.items() if wrong(n, v) is None}
    mode = would.mode or (one.told.mode if one.told else None)
    file = replace(Rules(mode=Mode.ENFORCE), limit_action=Action(one.limit_action))
    saved = Saved(mode=mode or "nudge", values={**told, **would.values})
    for name, why in contradictions(over(file, saved)):
        yield f"{name}: {why}"
