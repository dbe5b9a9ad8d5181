"""The summary of each run: time by its kind, and every kind of effect counted. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from daemon.replay.compare import Comparison
from daemon.replay.story import Mark, Story, clipped

ORDER = ("session", "nudge", "countdown", "control", "raise", "command", "limit", "suggestion", "timer", "stop", "help")
"""Kinds in the order of the summary; those that are not here follow by name."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the summary: what is counted, and its value in each run."""

    what: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A summary of a stretch of time; before the two belts part, or after."""

    title: str
    rows: tuple[Row, ...]


def clock(ms: int) -> str:
    """Return ms as m:ss, from an hour on as h:mm:ss."""
    seconds = ms // 1000
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def parts(comparison: Comparison) -> list[Part]:
    """Return one summary, or two where the belts part: what comes after is doubtful, and no raise is judged in it."""
    stories = [column.story for column in comparison.columns]
    since, until, parted = comparison.since, comparison.until, comparison.parted
    if parted is None:
        return [Part("", rows(stories, since, until + 1, raises=True))]
    when = clock(parted - since)
    return [
        Part(f"until {when}", rows(stories, since, parted + 1, raises=True)),
        Part(f"after {when}, doubtful", rows(stories, parted + 1, until + 1, raises=False)),
    ]


def rows(stories: Sequence[Story], since: int, until: int, *, raises: bool) -> tuple[Row, ...]:
    """Return the summary of since <= at < until; raises: also what is about moving the deck."""
    times = [_times(story, since, until) for story in stories]
    found = [_marks(story, since, until, raises=raises) for story in stories]
    counts = [Counter(mark.label for mark in marks) for marks in found]
    kinds = {mark.label: mark.kind for marks in found for mark in marks}
    labels = sorted(kinds, key=lambda label: (_place(kinds[label]), label))
    sums = [Row(name, tuple(time[name] for time in times)) for name in times[0]]
    return (*sums, *(Row(label, tuple(str(count[label]) for count in counts)) for label in labels))


def _place(kind: str) -> tuple[int, str]:
    return (ORDER.index(kind) if kind in ORDER else len(ORDER), kind)


def _marks(story: Story, since: int, until: int, *, raises: bool) -> list[Mark]:
    return [mark for mark in story.marks if since <= mark.at < until and (raises or not mark.raises)]


def _times(story: Story, since: int, until: int) -> dict[str, str]:
    spent = clipped(story.spent, since, until)
    eligible = sum(one.end - one.start for one in spent if one.eligible)
    flat = sum(one.end - one.start for one in spent if one.flat)
    return {
        "belt time": clock(sum(one.end - one.start for one in spent if one.belt)),
        "eligible time": clock(eligible),
        "flat time": clock(flat),
        "flat share": f"{100 * flat / eligible:.0f} %" if eligible else "-",
    }
