"""Prometheus text (exposition format 0.0.4) from what is known anyway; a library would bring its own registry."""

from collections.abc import Iterator

from daemon.messages import Counters
from daemon.policy.state import Link
from daemon.snapshot import Snapshot
from daemon.wire import Identity

SECONDS = ("belt", "occupied", "eligible", "flat", "unknown", "gap")


def exposition(identity: Identity, seen: Snapshot, counters: Counters, now: int) -> str:
    """Return all metrics of this machine."""
    labels = f'machine="{identity.machine}",zone="{_escaped(identity.zone)}"'
    return "".join(f"{line}\n" for line in _lines(labels, seen, counters, now))


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _lines(labels: str, seen: Snapshot, counters: Counters, now: int) -> Iterator[str]:
    for kind in SECONDS:
        name = f"inclined_{kind}_seconds_total"
        yield f"# TYPE {name} counter"
        yield f"{name}{{{labels}}} {getattr(counters, kind + '_s')}"
    yield "# TYPE inclined_belt_metres_total counter"
    yield f"inclined_belt_metres_total{{{labels}}} {counters.distance_m}"
    yield "# TYPE inclined_sessions_total counter"
    yield f"inclined_sessions_total{{{labels}}} {counters.sessions}"
    for name, key, tally in (("nudges", "outcome", counters.nudges), ("raises", "result", counters.raises)):
        yield f"# TYPE inclined_{name}_total counter"
        for value, count in sorted(tally.items()):
            yield f'inclined_{name}_total{{{labels},{key}="{_escaped(value)}"}} {count}'
    yield "# TYPE inclined_link_up gauge"
    yield f"inclined_link_up{{{labels}}} {int(seen.link is Link.UP)}"
    yield "# TYPE inclined_snapshot_age_seconds gauge"
    yield f"inclined_snapshot_age_seconds{{{labels}}} {max(0, now - seen.at) / 1000}"
