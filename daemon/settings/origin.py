"""Where a configuration comes from: the place of what is no TOML in it, and the version that made it."""

import re
from importlib import metadata

MADE_BY = "made_by"
"""The key in the file's first line, such as `made_by = "inclined 0.2.0"`; a file without it is one by hand."""
FORM = re.compile(r"inclined (\d{1,6}(?:\.\d{1,6}){0,3})(?:[^\d.].*)?")
END = "(at end of document)"


def made_by() -> str:
    """Return what this version writes into a file that it makes."""
    return f"inclined {metadata.version('inclined')}"


def mistake(given: object) -> str | None:
    """Return what is wrong with a value of `made_by`, or None."""
    if isinstance(given, str) and FORM.fullmatch(given):
        return None
    return f'is not of its form; it is written by inclined itself, such as "{made_by()}", and may be left out'


def newer(given: object, ours: str) -> str | None:
    """Return which newer version than ours made the file, both as `made_by` has them; None: none, or nobody knows."""
    theirs, own = (FORM.fullmatch(each) if isinstance(each, str) else None for each in (given, ours))
    if theirs is None or own is None or _numbers(theirs[1]) <= _numbers(own[1]):
        return None
    return theirs[1]


def _numbers(version: str) -> tuple[int, ...]:
    """Return a version's numbers; 1.0 is no newer than 1."""
    numbers = [int(part) for part in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def where(data: bytes, error: Exception) -> str:
    """Return why data is no TOML, with line and column, both from 1."""
    if isinstance(error, UnicodeDecodeError):
        return f"there is a byte that is no UTF-8 ({_place(data[: error.start].decode())})"
    if isinstance(error, RecursionError):
        return "it is nested without end"
    said = str(error)
    return said.replace(END, f"(the file ends at {_place(data.decode())})") if END in said else said


def _place(before: str) -> str:
    """Return line and column of what comes after before."""
    lines = before.split("\n")
    return f"line {len(lines)}, column {len(lines[-1]) + 1}"
