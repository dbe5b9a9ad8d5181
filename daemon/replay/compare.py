"""Two runs side by side: of a trace what was and what would have been, of a recording two policies over one belt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from daemon.policy import fresh_state
from daemon.policy.events import Effect, Event
from daemon.policy.rules import Rules
from daemon.policy.state import State
from daemon.replay.changes import Changes
from daemon.replay.run import Run, Screen, Second
from daemon.replay.story import Mark, Story
from daemon.trace.file import Trace
from drivers.contract import Machine, Reading


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a trace, replayed with its own rules, does not do what it did."""

    line: int
    at: int
    event: Event
    recorded: tuple[Effect, ...]
    now: tuple[Effect, ...]


@dataclass
class Column:
    """One run, as the reports show it."""

    title: str
    rules: Rules
    story: Story
    real: bool = False
    """It happened so; nothing in it is doubtful."""


@dataclass
class Comparison:
    """All that a report needs; times are ms of the file's own clock."""

    since: int
    until: int
    columns: list[Column]
    readings: list[Reading | None] = field(default_factory=list)
    """None where the link was made anew: no line is drawn over it."""
    steps: int = 0
    parted: int | None = None
    difference: Difference | None = None

    def marks(self, column: Column) -> list[Mark]:
        """Return what a run did; of one that did not happen no raise is judged after the belts part."""
        parted = self.parted
        if column.real or parted is None:
            return column.story.marks
        return [mark for mark in column.story.marks if not mark.raises or mark.at <= parted]


class _Belt:
    """Gathers what is the same for both runs."""

    def __init__(self) -> None:
        self.readings: list[Reading | None] = []
        self.steps = 0
        self.since: int | None = None

    def take(self, event: Event, at: int) -> None:
        self.steps += 1
        if self.since is None:
            self.since = at
        if isinstance(event, Reading):
            self.readings.append(event)
        elif isinstance(event, Machine):
            self.readings.append(None)


def of_trace(trace: Trace, changes: Changes, screen: Screen) -> Comparison:
    """Replay a trace with its own rules and, where something is changed, once more beside it."""
    first, belt = Run(trace.state), _Belt()
    second = Second(changes.state(trace.state), changes, screen) if changes or screen is not Screen.RECORDED else None
    difference: Difference | None = None
    for step in trace.steps:
        before = first.state
        effects = first.tell(step.event)
        belt.take(step.event, first.state.at)
        if difference is None and effects != step.effects:
            difference = Difference(step.line, first.state.at, step.event, step.effects, effects)
        if second is not None:
            second.follow(step.event, before, effects)
    columns = [Column("recorded", trace.state.rules, first.story, real=True)]
    if second is not None:
        columns.append(Column("changed", changes.rules(trace.state.rules), second.story))
    return _comparison(belt, first.state, columns, [] if second is None else [second.parted], difference)


def of_events(events: Iterable[Event], rules: Rules, changes: Changes, screen: Screen) -> Comparison:
    """Run rules, and where something is changed the changed ones, over what a machine said; both are scripted."""
    state, belt = fresh_state("replay", rules, 0), _Belt()
    shown = Screen.IGNORE if screen is Screen.RECORDED else screen
    runs = [Second(state, Changes({}), shown)]
    if changes:
        runs.append(Second(changes.state(state), changes, shown))
    for event in events:
        for run in runs:
            run.follow(event)
        belt.take(event, runs[0].state.at)
    titles = zip(("as set", "changed"), (rules, changes.rules(rules)), runs, strict=False)
    columns = [Column(title, has, run.story) for title, has, run in titles]
    return _comparison(belt, runs[0].state, columns, [run.parted for run in runs], None)


def _comparison(
    belt: _Belt,
    last: State,
    columns: list[Column],
    parted: Sequence[int | None],
    difference: Difference | None,
) -> Comparison:
    moments = [at for at in parted if at is not None]
    since = last.at if belt.since is None else belt.since
    return Comparison(since, last.at, columns, belt.readings, belt.steps, min(moments) if moments else None, difference)
