"""The gym in Prometheus' text format 0.0.4: each machine by name, zone and modality, and the floor itself. Pure.

Sums are those of the rollups, kept for ever; a machine's own `/metrics` has the same names (docs/integrators.md).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from api.metrics import SUMS, escaped
from daemon.floor.board import MachineNow
from daemon.floor.columns import COLUMNS, Sums
from daemon.messages import Health

LEVELS: Final = ("ok", "watch", "unknown", "act")
STANDINGS: Final = ("free", "busy", "out", "unknown")
IN_MS: Final[Mapping[str, str]] = {
    "belt_s": "belt", "flat_s": "flat", "eligible_s": "eligible", "unknown_s": "unknown", "gap_s": "gap",
}  # fmt: skip
"""Of a machine's own sums in seconds, the floor's columns in ms."""
OUTCOMES: Final[Mapping[str, tuple[str, str, str]]] = {
    "nudges_": ("inclined_nudges_total", "Nudges, by how they ended.", "outcome"),
    "suggestions_": ("inclined_suggestions_total", "Suggestions, by how they ended.", "outcome"),
    "limits_": ("inclined_limits_total", "Time limits, by their step.", "step"),
    "spells_": ("inclined_flat_spells_total", "Questions not asked in observe, by what followed.", "outcome"),
}
"""First letters of columns -> the family that they are the samples of."""
NOT_ENDS: Final = frozenset({"nudges_offered", "suggestions_offered"})


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine: as it is now, and what is stored of it."""

    now: MachineNow
    link_up: bool
    age_s: float | None
    sums: Sums
    stored: int
    waiting: int
    unfit: int
    misdated: int

    @property
    def labels(self) -> dict[str, str]:
        return {"machine": self.now.machine, "zone": self.now.zone, "modality": self.now.modality}


@dataclass(frozen=True, slots=True)
class Family:
    """All samples of one name, each with its labels."""

    name: str
    kind: str
    help: str
    samples: list[tuple[Mapping[str, str], float]] = field(default_factory=list)


def exposition(machines: Sequence[Machine], health: Health, dropped: int) -> str:
    """Return the whole page; dropped: events that came faster than they could be stored."""
    found = (*of_machines(machines), *of_floor(health, dropped))
    return "".join(line for family in found for line in lines(family))


def of_machines(machines: Sequence[Machine]) -> Iterator[Family]:
    """Yield what is told of each machine."""

    def each(name: str, kind: str, text: str, of: Iterable[tuple[Machine, float | None]]) -> Family:
        return Family(name, kind, text, [(one.labels, value) for one, value in of if value is not None])

    yield each("inclined_link_up", "gauge", "1 while the treadmill is connected.", ((m, m.link_up) for m in machines))
    yield each("inclined_telemetry_age_seconds", "gauge", "Age of its newest state.", ((m, m.age_s) for m in machines))
    yield each(
        "inclined_level", "gauge", "0 ok, 1 watch, 2 unknown, 3 act.",
        ((m, LEVELS.index(m.now.level)) for m in machines),
    )  # fmt: skip
    yield Family(
        "inclined_cause", "gauge", "1 for each reason why it is not well.",
        [({**m.labels, "code": cause.code}, 1) for m in machines for cause in m.now.causes],
    )  # fmt: skip
    yield Family(
        "inclined_standing", "gauge", "1 for what it is now: free, busy, out (of order) or unknown.",
        [({**m.labels, "standing": name}, m.now.standing == name) for m in machines for name in STANDINGS],
    )  # fmt: skip
    yield each(
        "inclined_service_ratio", "gauge", "Share of its service interval that is used up.",
        ((m, m.now.service.share) for m in machines),
    )  # fmt: skip
    yield from sums(machines)
    yield each(
        "inclined_floor_stored_seq", "gauge", "Its events up to this number are stored.",
        ((m, m.stored) for m in machines),
    )  # fmt: skip
    yield each(
        "inclined_floor_beyond_gap", "gauge", "Its events that were heard behind a gap.",
        ((m, m.waiting) for m in machines),
    )  # fmt: skip
    yield each(
        "inclined_floor_unfit_total", "counter", "Its events that made no sense.", ((m, m.unfit) for m in machines)
    )
    yield each(
        "inclined_floor_misdated_total", "counter", "Its events whose date cannot be.",
        ((m, m.misdated) for m in machines),
    )  # fmt: skip


def sums(machines: Sequence[Machine]) -> Iterator[Family]:
    """Yield what was counted, under the names of a machine's own metrics."""
    have = [(m, dict(zip(COLUMNS, m.sums, strict=True))) for m in machines]
    for name, word, text in SUMS:
        yield Family(name, "counter", text, [(m.labels, amount(n, word)) for m, n in have])
    for head, (name, text, label) in OUTCOMES.items():
        columns = [column for column in COLUMNS if column.startswith(head) and column not in NOT_ENDS]
        samples = [({**m.labels, label: column.removeprefix(head)}, n[column]) for m, n in have for column in columns]
        yield Family(name, "counter", text, [*samples])


def amount(n: Mapping[str, int], word: str) -> float:
    """Return one of a machine's own sums from the floor's columns."""
    if word == "occupied_s":
        return (n["belt"] + n["pause"]) / 1000
    return n[IN_MS[word]] / 1000 if word in IN_MS else n[word.removesuffix("_m")]


def of_floor(health: Health, dropped: int) -> Iterator[Family]:
    """Yield how the floor itself is."""
    checks = [({"check": name}, float(said == "ok")) for name, said in health.checks.items()]
    yield Family("inclined_floor_check_ok", "gauge", "1 while a part of the floor is well.", [*checks])
    text = "Events that came faster than they could be stored; their machines send them again."
    yield Family("inclined_floor_dropped_total", "counter", text, [({}, dropped)])


def lines(family: Family) -> Iterator[str]:
    """Yield the lines of one family; none when it has no sample."""
    if family.samples:
        yield f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.kind}\n"
    for labels, value in family.samples:
        told = ",".join(f'{name}="{escaped(word)}"' for name, word in labels.items())
        yield f"{family.name}{'{' + told + '}' if told else ''} {float(value):.15g}\n"
