"""The report as text, at most 100 columns wide: what it is about, the summary, then all that happened. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from daemon.replay.compare import Comparison, Difference
from daemon.replay.rows import Part, clock, parts

WIDTH = 100
LABEL = 48
VALUE = 16


@dataclass(frozen=True, slots=True)
class About:
    """What stands above the report."""

    name: str
    facts: tuple[str, ...] = ()
    same: str | None = None
    """What became of the check that a trace does again what it did; None for a recording."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of what happened; who is empty where both runs did it."""

    at: int
    who: str
    text: str
    kind: str


def timeline(comparison: Comparison) -> list[Said]:
    """Return what both runs did, by time; what both did at the same moment stands once."""
    said: dict[tuple[int, str, int], list[int]] = {}
    kinds: dict[str, str] = {}
    for number, column in enumerate(comparison.columns):
        seen: dict[tuple[int, str], int] = {}
        for mark in comparison.marks(column):
            if not mark.text:
                continue
            kinds[mark.text] = mark.kind
            again = seen[mark.at, mark.text] = seen.get((mark.at, mark.text), 0) + 1
            said.setdefault((mark.at, mark.text, again), []).append(number)
    lines = [
        Said(at, "" if len(who) == len(comparison.columns) else comparison.columns[who[0]].title, text, kinds[text])
        for (at, text, _), who in said.items()
    ]
    return sorted(lines, key=lambda one: one.at)


def parting(comparison: Comparison) -> str | None:
    """Return where the belts part, in words."""
    if comparison.parted is None:
        return None
    when = clock(comparison.parted - comparison.since)
    return (
        f"At {when} one run moves the machine where the recorded one was not moved so, or the other way round. From "
        "there on the recorded belt is not what it would have been: raises are not judged, and the rest is doubtful."
    )


def differs(difference: Difference | None, since: int) -> str:
    """Return what became of the check, in words."""
    if difference is None:
        return "Replayed with its own settings, the trace gives the same effects as recorded."
    event = type(difference.event).__name__
    return (
        f"Replayed with its own settings, the trace parts from what is recorded at line {difference.line} "
        f"({event}, {clock(difference.at - since)}): recorded {_effects(difference.recorded)}, "
        f"now {_effects(difference.now)}. Another version of inclined wrote it, or this is a bug."
    )


def _effects(effects: Sequence[object]) -> str:
    return ", ".join(str(effect) for effect in effects) or "nothing"


def report(about: About, comparison: Comparison) -> Iterator[str]:
    """Yield the lines of the report."""
    yield from _wrapped(about.name)
    for fact in (*about.facts, about.same, parting(comparison)):
        if fact is not None:
            yield from _wrapped(fact, "  ")
    for part in parts(comparison):
        yield ""
        yield from _table(part, [column.title for column in comparison.columns])
    yield ""
    lines, doubtful = timeline(comparison), False
    who = max((len(line.who) for line in lines), default=0)
    for line in lines:
        if comparison.parted is not None and not doubtful and line.at > comparison.parted:
            doubtful = True
            yield f"{'':>8}  {f'--- from here on {_doubtful(comparison)} doubtful ':-<{WIDTH - 10}}"
        start = f"{clock(line.at - comparison.since):>8}  {line.who:<{who}}{'  ' if who else ''}"
        yield from _wrapped(line.text, start, " " * len(start))


def _doubtful(comparison: Comparison) -> str:
    names = [column.title for column in comparison.columns if not column.real]
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"


def _wrapped(text: str, first: str = "", later: str = "  ") -> list[str]:
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False) or [first]


def _table(part: Part, titles: Sequence[str]) -> Iterator[str]:
    yield f"{part.title:<{LABEL}}{''.join(f'{title:>{VALUE}}' for title in titles)}".rstrip()
    for row in part.rows:
        label = row.what if len(row.what) < LABEL else row.what[: LABEL - 2] + "…"
        yield f"{label:<{LABEL}}{''.join(f'{value:>{VALUE}}' for value in row.values)}"
