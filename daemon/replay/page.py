"""The report as one page: a plot, its legend, the summary and what happened. No script, no network. Pure."""

from collections.abc import Iterator, Sequence

from daemon.replay.compare import Comparison
from daemon.replay.markup import Markup, el, text
from daemon.replay.plot import OTHER, SHAPES, plot, style
from daemon.replay.rows import Part, clock, parts
from daemon.replay.style import STYLE
from daemon.replay.text import About, Said, parting, timeline

WORDS = {
    "nudge": "a question, and how it ended",
    "countdown": "a countdown",
    "control": "control asked for",
    "raise": "a raise sent",
    "command": "how a raise or stop ended",
    "limit": "time limit",
    "suggestion": "a suggestion",
    "stop": "a stop sent",
    "link": "the link",
    "session": "a session",
    "other": "something else",
}
NOTHING = "default-src 'none'; style-src 'unsafe-inline'"
"""The page may fetch nothing at all."""


def page(about: About, comparison: Comparison) -> str:
    """Return the whole page."""
    heads = [
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", http_equiv="Content-Security-Policy", content=NOTHING),
        el("title", text(f"Replay of {about.name}")),
        el("style", Markup(STYLE)),
    ]
    main = [
        el("h1", text("Replay")),
        el("p", text(about.name), class_="file"),
        *(el("p", text(fact)) for fact in about.facts),
        *notes(about, comparison),
        el("figure", plot(comparison), legend(comparison)),
        *(table(part, [column.title for column in comparison.columns]) for part in parts(comparison)),
        happened(comparison),
    ]
    return f"<!doctype html>\n{el('html', el('head', *heads), el('body', el('main', *main)), lang='en')}\n"


def notes(about: About, comparison: Comparison) -> Iterator[Markup]:
    """Yield what the reader must know before the figures."""
    if about.same is not None:
        yield el("p", text(about.same), class_="note" if comparison.difference is None else "note bad")
    if (words := parting(comparison)) is not None:
        yield el("p", text(words), class_="note bad")


def legend(comparison: Comparison) -> Markup:
    """Return what the marks and shades of this plot mean; only those that are in it."""
    found = {style(mark.kind) for column in comparison.columns for mark in comparison.marks(column)}
    marks = [entry(icon(kind), WORDS[kind]) for kind in WORDS if kind in found]
    flat = entry(el("i", class_="swatch flat"), "flat: below the least incline, and the member's to choose")
    least = entry(el("i", class_="swatch least"), "the least incline")
    doubtful = entry(el("i", class_="swatch doubtful"), "doubtful: the belt would have been another")
    shades = [flat, least, *([doubtful] if comparison.parted is not None else [])]
    return el("figcaption", el("ul", *marks, *shades, class_="legend"))


def entry(sign: Markup, words: str) -> Markup:
    """Return one line of the legend."""
    return el("li", sign, text(words))


def icon(kind: str) -> Markup:
    """Return a mark outside the plot."""
    drawn = el("path", d=SHAPES.get(kind, OTHER), class_=f"mark {kind}")
    return el("svg", drawn, width="18", height="18", viewBox="-9 -9 18 18", aria_hidden="true")


def table(part: Part, titles: Sequence[str]) -> Markup:
    """Return one summary."""
    caption = "Summary" if not part.title else f"Summary {part.title}"
    heads = [el("th", text(title), scope="col") for title in titles]
    body = [
        el("tr", el("th", text(row.what), scope="row"), *(el("td", text(value)) for value in row.values))
        for row in part.rows
    ]
    head = el("thead", el("tr", el("td"), *heads))
    return el("table", el("caption", text(caption)), head, el("tbody", *body), class_="summary")


def happened(comparison: Comparison) -> Markup:
    """Return all that happened, by time."""
    many = len(comparison.columns) > 1
    rows = [_line(line, comparison, many=many) for line in timeline(comparison)]
    return el("table", el("caption", text("What happened")), el("tbody", *rows), class_="happened")


def _line(line: Said, comparison: Comparison, *, many: bool) -> Markup:
    real = any(column.real and column.title == line.who for column in comparison.columns)
    late = comparison.parted is not None and line.at > comparison.parted and not real
    who = [el("td", text(line.who or "both"), class_="who")] if many else []
    cells = [el("td", text(clock(line.at - comparison.since)), class_="when"), *who, el("td", text(line.text))]
    return el("tr", *cells, class_="late" if late else "")
