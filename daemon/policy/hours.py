"""Peak hours: a line of text such as `Mon-Fri 06:00-09:00, Sat 10:00-12:00`, in local time. Pure.

Whether it is peak is judged by the wall clock's weekday and minute as they stand, so days with a change of the clock
need no care. A window ends on the day on which it begins; one over midnight is written as two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FORM = re.compile(
    r"(?P<first>[A-Z][a-z]{2})(?:-(?P<last>[A-Z][a-z]{2}))? (?P<h1>\d\d):(?P<m1>\d\d)-(?P<h2>\d\d):(?P<m2>\d\d)"
)
EXAMPLE = "Mon-Fri 06:00-09:00, Sat 10:00-12:00"
MOST = 1_000
"""Characters of the text."""


@dataclass(frozen=True, slots=True)
class Window:
    """Peak from minute `start` to before minute `end` of the day, on weekdays 0 (Monday) to 6."""

    days: frozenset[int]
    start: int
    end: int

    def holds(self, day: int, minute: int) -> bool:
        """Tell whether that minute of that weekday lies in it."""
        return day in self.days and self.start <= minute < self.end


def windows(text: str) -> tuple[Window, ...]:
    """Return the windows of text; empty text has none. ValueError names every mistake."""
    wrong = mistakes(text)
    if wrong:
        raise ValueError("; ".join(wrong))
    return tuple(_read(part) for part in _parts(text))


def mistakes(text: str) -> list[str]:
    """Return what is wrong with text, each as a sentence; nothing when all is well."""
    if len(text) > MOST:
        return [f"peak has {len(text)} characters; it may have {MOST}"]
    read: list[Window] = []
    wrong: list[str] = []
    for part in _parts(text):
        try:
            window = _read(part)
        except ValueError as error:
            wrong.append(f"peak: {part!r} {error}; write it like {EXAMPLE}")
            continue
        if any(_overlap(window, other) for other in read):
            wrong.append(f"peak: {part!r} overlaps with another window; write each minute once")
        read.append(window)
    return wrong


def in_peak(peak: tuple[Window, ...], day: int, minute: int) -> bool:
    """Tell whether that minute of that weekday, in the gym's own time, lies in one of the windows."""
    return any(window.holds(day, minute) for window in peak)


def _parts(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split(",") if part.strip())


def _read(part: str) -> Window:
    found = FORM.fullmatch(part)
    if found is None:
        raise ValueError("is no window")
    first, last = found["first"], found["last"] or found["first"]
    if first not in DAYS or last not in DAYS:
        raise ValueError(f"has a day that is none of {', '.join(DAYS)}")
    begin, end = DAYS.index(first), DAYS.index(last)
    days = range(begin, end + 1) if begin <= end else (*range(begin, 7), *range(end + 1))
    start, stop = _minute(found["h1"], found["m1"]), _minute(found["h2"], found["m2"])
    if start == stop:
        raise ValueError("is empty")
    if start > stop:
        raise ValueError("goes over midnight: write two, the first to 24:00, the second from 00:00 of the next day")
    return Window(frozenset(days), start, stop)


def _minute(hour: str, minute: str) -> int:
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > 24 * 60:
        raise ValueError(f"has {hour}:{minute}, which is no time of the day")
    return total


def _overlap(one: Window, other: Window) -> bool:
    return bool(one.days & other.days) and one.start < other.end and other.start < one.end
