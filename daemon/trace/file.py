"""A trace: the core's state, then every event that entered `step` and every effect that came out, as JSON Lines.

The first line is `{"inclined_trace": 1, "software": "...", "why": "...", "when": "...", "state": {...}}`: why and when
it was written (null where no clock was right); the state holds the rules in force and the run's origin. There is no
person in it: no event of the core knows one.
"""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from daemon.policy.events import Effect, Event
from daemon.policy.state import State
from daemon.trace.codec import dumped, line, loaded, read

VERSION = 1
MARK = "inclined_trace"
"""The key in the first line that tells a trace from a link's recording."""


class TraceError(Exception):
    """The trace cannot be read: which line, and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event and what came of it; `line` is where it stands in the file."""

    event: Event
    effects: tuple[Effect, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Trace:
    """A state, and what happened from there on; torn: the last line was cut off and is left out."""

    software: str
    why: str
    state: State
    steps: tuple[Step, ...]
    torn: bool = False
    when: datetime | None = None


def head(state: State, software: str, why: str, when: datetime | None = None) -> str:
    """Return the first line, without its newline."""
    day = None if when is None else when.isoformat(timespec="seconds")
    about = f'"{MARK}":{VERSION},"software":{json.dumps(software)},"why":{json.dumps(why)},"when":{json.dumps(day)}'
    return f'{{{about},"state":{dumped(state)}}}'


def body(event: Event, effects: Sequence[Effect]) -> str:
    """Return the lines of one step, each with its newline."""
    return "".join(f"{line(one)}\n" for one in (event, *effects))


def written(trace: Trace) -> Iterator[str]:
    """Yield the lines of a trace, each with its newline."""
    yield head(trace.state, trace.software, trace.why, trace.when) + "\n"
    for step in trace.steps:
        yield body(step.event, step.effects)


def begins_with(first: str, *marks: str) -> bool:
    """Tell whether a file's first line is an object with one of these keys, such as MARK."""
    try:
        entry = json.loads(first)
    except ValueError:
        return False
    return isinstance(entry, dict) and not entry.keys().isdisjoint(marks)


def lines_of(text: str) -> list[str]:
    """Return the lines of a file, each with its newline; a name may hold what others take for the end of a line."""
    return list(io.StringIO(text, newline="\n"))


def parse(lines: Iterable[str]) -> Trace:
    """Return the trace that lines hold; TraceError names the first line that is wrong.

    Of a file that was cut off the last step is left out: what came of it may be missing.
    """
    whole = list(lines)
    if not whole:
        raise TraceError("the trace is empty")
    begun = _header(whole[0])
    steps: list[Step] = []
    for number, text in enumerate(whole[1:], 2):
        try:
            _add(steps, text, number)
        except (ValueError, RecursionError) as wrong:
            if number == len(whole) and not text.endswith("\n"):
                return replace(begun, steps=tuple(steps[:-1]), torn=True)
            raise TraceError(f"line {number} of the trace cannot be read ({wrong}): {text.strip()[:60]}") from None
    return replace(begun, steps=tuple(steps))


def _add(steps: list[Step], text: str, number: int) -> None:
    event, effect = read(text)
    if event is not None:
        steps.append(Step(event, (), number))
    elif not steps:
        raise ValueError("an effect comes before the first event")
    elif effect is not None:
        steps[-1] = replace(steps[-1], effects=(*steps[-1].effects, effect))


def _header(text: str) -> Trace:
    try:
        entry = json.loads(text)
        version = entry[MARK]
        if version != VERSION:
            raise TraceError(f"this trace is of format {version}; this version of inclined reads format {VERSION}")
        when = None if entry["when"] is None else datetime.fromisoformat(entry["when"])
        return Trace(str(entry["software"]), str(entry["why"]), loaded(State, entry["state"]), (), when=when)
    except (ValueError, KeyError, TypeError, RecursionError) as wrong:
        raise TraceError(f"line 1 of the trace cannot be read ({wrong}): {text.strip()[:60]}") from None
