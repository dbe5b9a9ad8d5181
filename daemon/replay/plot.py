"""The plot: speed, incline, and a lane of marks for each run, over time. Static SVG that is as wide as its place. Pure.

Places along the time are in percent and heights in pixels, so that letters and marks keep their size on every screen;
only the curves are stretched.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from daemon.replay.compare import Column, Comparison
from daemon.replay.markup import Markup, el, text
from daemon.replay.rows import clock
from daemon.replay.story import Mark
from drivers.contract import Reading

CHART = 110
LANE = 20
HEAD = 20
AXIS = 24
POINTS = 1_500
"""Most points of a curve; of more, the least and the most of each stretch are drawn."""
BROKEN_MS = 5_000
"""A longer silence is a break in a curve."""
STEPS_S = (10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400)
LABELS = 5

SHAPES = {
    "nudge": "M0-6A6 6 0 1 1-.01-6Z",
    "countdown": "M-6-6H6L-6 6H6Z",
    "control": "M-9 0A9 9 0 1 1 9 0A9 9 0 1 1-9 0Z",
    "raise": "M0-7L6 5H-6Z",
    "command": "M0 7L6-5H-6Z",
    "limit": "M-5-5H5V5H-5Z",
    "suggestion": "M0-7L7 0L0 7L-7 0Z",
    "stop": "M-3-7H3L7-3V3L3 7H-3L-7 3V-3Z",
    "link": "M-5-5L5 5M-5 5L5-5",
    "session": "M-5-6V6M-5-6L6-2L-5 2",
}
"""By kind of mark; a kind that is not here is drawn as OTHER."""
OTHER = "M-3 0A3 3 0 1 1 3 0A3 3 0 1 1-3 0Z"
ROWS = (("nudge", "suggestion"), ("countdown", "control", "raise", "command", "stop", "timer"))
"""Marks of one row of a lane; all others have the last row."""

type Value = Callable[[Reading], int | None]


class Scale:
    """Turns a moment (ms) into a place along the plot."""

    def __init__(self, since: int, until: int) -> None:
        self.since, self.span = since, max(1, until - since)

    def share(self, at: int) -> float:
        """Return the share of the time that has passed at `at`."""
        return min(1.0, max(0.0, (at - self.since) / self.span))

    def percent(self, at: int) -> str:
        return f"{100 * self.share(at):.3f}%"


def plot(comparison: Comparison) -> Markup:
    """Return the whole plot."""
    scale, first = Scale(comparison.since, comparison.until), comparison.columns[0]
    parts: list[Markup] = []
    top = 0
    for title, unit, value, per in CURVES:
        parts += chart(comparison, scale, top, (title, unit, value, per), first)
        top += HEAD + CHART
    lanes = [list(lane(comparison, n, scale, top + n * lane_height())) for n in range(len(comparison.columns))]
    bottom = top + len(lanes) * lane_height()
    inside = [
        *parts,
        *(one for each in lanes for one in each),
        *parting(comparison, scale, bottom),
        *axis(scale, bottom),
    ]
    label = "Speed and incline over time, with what each run did"
    return el("svg", *inside, width="100%", height=bottom + AXIS, role="img", aria_label=label, class_="plot")


CURVES: tuple[tuple[str, str, Value, int], ...] = (
    ("Speed", "km/h", lambda reading: reading.speed, 100),
    ("Incline", "%", lambda reading: reading.incline, 10),
)


def lane_height() -> int:
    """Return how high the marks of one run are."""
    return HEAD + LANE * (len(ROWS) + 1) + 12


def chart(
    comparison: Comparison, scale: Scale, top: int, curve: tuple[str, str, Value, int], first: Column
) -> Iterator[Markup]:
    """Yield one curve with its frame, its highest value and the flat stretches of the first run."""
    title, unit, value, per = curve
    known = [one for reading in comparison.readings if reading is not None and (one := value(reading)) is not None]
    minima = [column.rules.min_incline for column in comparison.columns] if per == INCLINE_PER else []
    least, most = min([0, *known]), max([per, *known, *minima])
    most += per - most % per  # room above the highest value

    def height(number: int) -> float:
        return CHART - CHART * (number - least) / (most - least)

    body = top + HEAD
    for since, until in first.story.flat():
        width = f"{100 * (scale.share(until) - scale.share(since)):.3f}%"
        yield el("rect", x=scale.percent(since), y=body, width=width, height=CHART, class_="flat")
    for number in sorted({least, 0, most}):
        y = body + height(number)
        yield el("line", x1="0", x2="100%", y1=y, y2=y, class_="grid")
    for minimum in minima:
        y = body + height(minimum)
        yield el("line", x1="0", x2="100%", y1=y, y2=y, class_="least")
    paths = [path(run, scale, height) for run in stretches(comparison.readings, value)]
    drawn = el("path", d=" ".join(paths), class_=f"curve {title.lower()}", vector_effect="non-scaling-stroke")
    box = f"0 0 1000 {CHART}"
    yield el("svg", drawn, y=body, width="100%", height=CHART, viewBox=box, preserveAspectRatio="none")
    bounds = f"{least / per:g} to {most / per:g} {unit}"
    yield el("text", text(f"{title}, {bounds}"), x="0", y=top + HEAD - 6, class_="title")


INCLINE_PER = 10


def stretches(readings: Sequence[Reading | None], value: Value) -> list[list[tuple[int, int]]]:
    """Return the known values as runs of (at, value), broken where the machine said nothing."""
    runs: list[list[tuple[int, int]]] = [[]]
    for reading in readings:
        known = None if reading is None else value(reading)
        late = bool(runs[-1]) and reading is not None and reading.at - runs[-1][-1][0] > BROKEN_MS
        if known is None or late:
            runs.append([])
        if known is not None and reading is not None:
            runs[-1].append((reading.at, known))
    most = max(2, POINTS // len(runs))
    return [thinned(run, most) for run in runs if run]


def thinned(run: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """Return at most about `most` points of a run: the least and the most of each stretch, in their order."""
    if len(run) <= most:
        return run
    width = -(-len(run) // (most // 2))
    pieces = (run[start : start + width] for start in range(0, len(run), width))
    pairs = ({min(piece, key=_value), max(piece, key=_value)} for piece in pieces)
    return [run[0], *(point for pair in pairs for point in sorted(pair)), run[-1]]


def _value(point: tuple[int, int]) -> int:
    return point[1]


def path(run: Sequence[tuple[int, int]], scale: Scale, height: Callable[[int], float]) -> str:
    """Return a curve as steps, each value held until the next, in a box 1000 wide."""
    words = []
    for number, (at, known) in enumerate(run):
        x, y = 1000 * scale.share(at), height(known)
        words.append(f"M{x:.1f} {y:.1f}" if number == 0 else f"H{x:.1f}V{y:.1f}")
    return "".join(words) + "h.1"


def lane(comparison: Comparison, number: int, scale: Scale, top: int) -> Iterator[Markup]:
    """Yield what one run did: its name, its marks row by row, and its flat stretches as a bar."""
    column = comparison.columns[number]
    if comparison.parted is not None and not column.real:
        rest = f"{100 * (1 - scale.share(comparison.parted)):.3f}%"
        yield el("rect", x=scale.percent(comparison.parted), y=top, width=rest, height=lane_height(), class_="doubtful")
    yield el("text", text(column.title.capitalize()), x="0", y=top + HEAD - 6, class_="title")
    bottom = top + lane_height() - 4
    for row in range(len(ROWS) + 1):
        y = top + HEAD + LANE * row + LANE / 2
        yield el("line", x1="0", x2="100%", y1=y, y2=y, class_="grid")
    for since, until in column.story.flat():
        width = f"{100 * (scale.share(until) - scale.share(since)):.3f}%"
        yield el("rect", x=scale.percent(since), y=bottom - 6, width=width, height=6, class_="flat bar")
    for _, together in groupby(comparison.marks(column), key=lambda one: (one.at, one.kind)):
        marks = list(together)
        yield symbol(marks, scale, top + HEAD + LANE * row_of(marks[0].kind) + LANE / 2)


def row_of(kind: str) -> int:
    """Return the row of a kind of mark."""
    return next((number for number, kinds in enumerate(ROWS) if kind in kinds), len(ROWS))


def symbol(marks: Sequence[Mark], scale: Scale, y: float) -> Markup:
    """Return one mark for several of the same kind and moment, with their words."""
    words = "\n".join(mark.text or f"{mark.label}." for mark in marks)
    title = el("title", text(f"{clock(marks[0].at - scale.since)}\n{words}"))
    drawn = el("path", title, d=SHAPES.get(marks[0].kind, OTHER), class_=f"mark {style(marks[0].kind)}")
    return el("svg", drawn, x=scale.percent(marks[0].at), y=y, overflow="visible")


def style(kind: str) -> str:
    """Return the class by which a kind of mark is coloured."""
    return kind if kind in SHAPES else "other"


def parting(comparison: Comparison, scale: Scale, bottom: int) -> Iterator[Markup]:
    """Yield the moment from which the belts are not the same."""
    if comparison.parted is None:
        return
    x = scale.percent(comparison.parted)
    yield el("line", x1=x, x2=x, y1=0, y2=bottom, class_="parted")


def axis(scale: Scale, top: int) -> Iterator[Markup]:
    """Yield times along the bottom."""
    fits = (step for step in STEPS_S if scale.span / 1000 / step <= LABELS)
    step = next(fits, STEPS_S[-1]) * 1000
    for passed in range(0, scale.span + 1, step):
        x = scale.percent(scale.since + passed)
        near = scale.share(scale.since + passed)
        anchor = "start" if near < 0.04 else "end" if near > 0.96 else "middle"
        yield el("line", x1=x, x2=x, y1=top, y2=top + 5, class_="tick")
        yield el("text", text(clock(passed)), x=x, y=top + 19, text_anchor=anchor, class_="time")
