"""Folding: when there are too many events, old telemetry becomes one `hours` event per hour, its sums. Pure.

Safety and audit are never folded. An `hours` event takes the place and the number of the last event that it stands
for, and says which those are: by id (`{prefix}-{first}` to `{prefix}-{last}`, telemetry only) and by number (`from` to
its own `seq`). Hours may be folded again, into days, then into one for a whole run of the daemon.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from daemon.outbox.rows import Row

KEPT = frozenset({"command", "fault", "help", "audit", "policy"})
"""Safety and audit: never folded, and not dropped before a floor has stored them."""
FOLDED = "hours"
SUMS = ("belt", "pause", "eligible", "flat", "unknown", "gap", "distance")
"""Of a session's end; ms, distance in m."""
UNASKED = "observe"
"""The mode in which nobody was asked: what belts do then is the baseline for all others."""
OBSERVED = ("eligible", "flat")
"""Of such a session's sums, those that are told once more as `observed_eligible` and `observed_flat`."""
HOUR_MS = 3_600_000
SPANS = (HOUR_MS, 24 * HOUR_MS, None)
"""What one `hours` event may span at most, from fine to coarse; None: one run of the daemon."""
PLACES = frozenset({"first", "last", "from", "since", "events"})
"""The keys of an `hours` event that are no sums."""

type Dated = Callable[[str, int], datetime | None]
"""The UTC moment of a boot's monotonic ms, or None while it is not known."""


def folded(row: Row) -> bool:
    """Tell whether row may be folded: it is telemetry, or made of it."""
    return row.kind not in KEPT


def sums(row: Row) -> Counter[str]:
    """Return what a row of telemetry adds to a floor's totals; of `hours`, what its parts added."""
    return sums_of(row.kind, json.loads(row.data))


def sums_of(kind: str, data: Mapping[str, Any]) -> Counter[str]:
    """Return what an event of this kind with these data adds."""
    if kind == FOLDED:
        return Counter({name: value for name, value in data.items() if name not in PLACES})
    word = next((str(data[name]) for name in ("outcome", "step", "state") if data.get(name) is not None), "")
    total = Counter({f"{kind}_{word}" if word else kind: 1})
    if kind == "session":
        found = {name: data[name] for name in SUMS if isinstance(data.get(name), int)}
        total.update(found)
        if data.get("mode") == UNASKED:
            total.update({f"observed_{name}": found[name] for name in OBSERVED if name in found})
            total["observed_sessions"] += 1
    return total


def prefix(row: Row) -> str:
    """Return the part of the row's id that names the machine and one run of the daemon."""
    return row.id.rpartition("-")[0]


def ids(row: Row) -> tuple[int, int]:
    """Return the first and last number of the ids that row stands for; they stay when events are numbered anew."""
    first, _, last = row.id.rpartition("-")[2].partition("..")
    return int(first), int(last or first)


def renumbered(row: Row, seq: int) -> Row:
    """Return row under another number; where numbers begin anew, it stands for that one only."""
    data = json.dumps(json.loads(row.data) | {"from": seq}) if row.kind == FOLDED else row.data
    return replace(row, seq=seq, data=data)


def fold(rows: Sequence[Row], fits: Callable[[Sequence[Row]], bool], dated: Dated) -> list[Row]:
    """Return rows, folded as little as lets them fit: finer before coarser, the older half before the newer.

    Where even that is too much, whole rows of telemetry go: first those of links only, then the oldest.
    """
    left = list(rows)
    for span in SPANS:
        for end in (len(left) // 2, len(left)):
            left = [*merged(left[:end], span, dated), *left[end:]]
            if fits(left):
                return left
    return _without_the_poorest(left, fits)


def merged(rows: Iterable[Row], span: int | None, dated: Dated) -> Iterator[Row]:
    """Yield rows in their order, telemetry of the same span and run as one at the place of its last."""
    rows = list(rows)
    last: dict[int, Row] = {}
    for _, group in groupby(filter(folded, rows), key=lambda row: (prefix(row), _span(row, span, dated))):
        parts = list(group)
        last[parts[-1].seq] = parts[0] if len(parts) == 1 else _one(parts)
    yield from (last.get(row.seq, row) for row in rows if row.seq in last or not folded(row))


def _span(row: Row, span: int | None, dated: Dated) -> int:
    if span is None:
        return 0
    when = dated(row.boot, row.at)
    return (row.at if when is None else int(when.timestamp() * 1000)) // span


def _one(parts: Sequence[Row]) -> Row:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(sums(part))
    (first, _), (_, last) = ids(parts[0]), ids(parts[-1])
    place = {
        "first": first,
        "last": last,
        "from": min(_place(part, "from", part.seq) for part in parts),
        "since": min(_place(part, "since", part.at) for part in parts),
        "events": sum(_place(part, "events", 1) for part in parts),
    }
    end = parts[-1]
    data = json.dumps(place | {name: n for name, n in total.items() if n}, separators=(",", ":"))
    return Row(end.seq, f"{prefix(end)}-{first}..{last}", FOLDED, end.boot, end.at, None, data)


def _place(row: Row, name: str, single: int) -> int:
    found = json.loads(row.data).get(name, single) if row.kind == FOLDED else single
    return int(found)


def _without_the_poorest(rows: list[Row], fits: Callable[[Sequence[Row]], bool]) -> list[Row]:
    """Leave out telemetry until the rest fits, or none is left; looks at powers of two, so that it is quick."""
    poor = sorted(filter(folded, rows), key=lambda row: ("belt" in sums(row), row.seq))
    count = 1
    left = rows
    while not fits(left) and count < 2 * len(poor):
        gone = {row.seq for row in poor[:count]}
        left = [row for row in rows if row.seq not in gone]
        count *= 2
    return left
