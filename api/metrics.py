"""Prometheus' text format 0.0.4, written by hand: a library for twelve lines would cost start time and memory. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from daemon.messages import Counters

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SUMS = (
    ("inclined_belt_seconds_total", "belt_s", "Time with the belt moving."),
    ("inclined_flat_belt_seconds_total", "flat_s", "Eligible belt time below the minimum incline."),
    ("inclined_eligible_belt_seconds_total", "eligible_s", "Belt time to which the minimum incline applies."),
    ("inclined_unknown_belt_seconds_total", "unknown_s", "Belt time without a known incline."),
    ("inclined_occupied_seconds_total", "occupied_s", "Belt and pause time of sessions."),
    ("inclined_gap_seconds_total", "gap_s", "Time of sessions that nobody watched."),
    ("inclined_distance_meters_total", "distance_m", "Distance run."),
    ("inclined_sessions_total", "sessions", "Sessions."),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is told; None is left out."""

    machine: str
    zone: str
    link_up: bool
    age_s: float | None
    counters: Counters | None
    checks: Mapping[str, bool]
    dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Metric:
    """One family: its samples are by the value of `label`, or the only one is under the empty name."""

    name: str
    kind: str
    help: str
    samples: Mapping[str, float]
    label: str = ""


def exposition(seen: Seen) -> str:
    """Return the whole page; labels are machine and zone, and one more where a family has several samples."""
    common = f'machine="{escaped(seen.machine)}",zone="{escaped(seen.zone)}"'
    return "".join(line for metric in metrics(seen) for line in lines(metric, common))


def metrics(seen: Seen) -> Iterator[Metric]:
    """Yield what there is to tell."""
    yield Metric("inclined_link_up", "gauge", "1 while the treadmill is connected.", {"": seen.link_up})
    if seen.age_s is not None:
        yield Metric("inclined_telemetry_age_seconds", "gauge", "Age of the newest reading.", {"": seen.age_s})
    yield Metric("inclined_check_ok", "gauge", "1 while a part of the daemon is well.", seen.checks, "check")
    yield Metric("inclined_dropped_total", "counter", "Messages that made no sense.", seen.dropped, "kind")
    if seen.counters is not None:
        yield from sums(seen.counters)


def sums(counters: Counters) -> Iterator[Metric]:
    """Yield the sums since the store began."""
    for name, field, text in SUMS:
        yield Metric(name, "counter", text, {"": getattr(counters, field)})
    yield Metric("inclined_nudges_total", "counter", "Nudges, by how they ended.", counters.nudges, "outcome")
    yield Metric(
        "inclined_flat_spells_total",
        "counter",
        "Questions not asked in observe, by what followed.",
        counters.spells,
        "outcome",
    )
    yield Metric("inclined_commands_total", "counter", "Raises, by how they ended.", counters.raises, "result")


def lines(metric: Metric, common: str) -> Iterator[str]:
    """Yield the lines of one family; none when it has no sample."""
    if metric.samples:
        yield f"# HELP {metric.name} {metric.help}\n# TYPE {metric.name} {metric.kind}\n"
    for value, amount in metric.samples.items():
        more = f',{metric.label}="{escaped(value)}"' if metric.label else ""
        yield f"{metric.name}{{{common}{more}}} {float(amount):.15g}\n"


def escaped(value: str) -> str:
    """Return a label's value as the format wants it."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
