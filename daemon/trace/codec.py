"""One event, effect or state as JSON and back, by the annotations of its dataclass: a new event needs no code here.

A line is `{"in": "Reading", "is": {...}}` for an event, `{"out": "Happened", "is": {...}}` for an effect. Every field
is written, defaults too: what a default is may change between versions, what happened may not.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAliasType, cast, get_args

from pydantic import TypeAdapter, ValidationError

from daemon.policy import events
from daemon.policy.events import Effect, Event


def classes(alias: object) -> Iterator[type]:
    """Yield the classes of a union, with those of the unions in it."""
    if isinstance(alias, TypeAliasType):
        yield from classes(alias.__value__)
    elif isinstance(alias, type):
        yield alias
    else:
        for part in get_args(alias):
            yield from classes(part)


EVENTS: Mapping[str, type] = {kind.__name__: kind for kind in classes(events.Event)}
EFFECTS: Mapping[str, type] = {kind.__name__: kind for kind in classes(events.Effect)}


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    """Return what reads and writes kind; made once, for it takes a while."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def dumped(value: object) -> str:
    """Return a dataclass as one JSON object."""
    return _adapter(type(value)).dump_json(value).decode()


def loaded[T](kind: type[T], given: object) -> T:
    """Return the dataclass that a JSON object holds. ValueError says what is wrong, also a field that there is not."""
    adapter = _adapter(kind)
    try:
        value = cast("T", adapter.validate_json(json.dumps(given), strict=True))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{kind.__name__} {place}: {first['msg']}") from None
    if lost := sorted(_lost(given, adapter.dump_python(value, mode="json"))):
        raise ValueError(f"{kind.__name__} has no {', '.join(lost)}")
    return value


def _lost(given: object, kept: object) -> Iterator[str]:
    """Yield the names in given, at any depth, that kept has not."""
    if isinstance(given, dict) and isinstance(kept, dict):
        yield from given.keys() - kept.keys()
        for name in given.keys() & kept.keys():
            yield from _lost(given[name], kept[name])
    elif isinstance(given, list) and isinstance(kept, list):
        for one, other in zip(given, kept, strict=False):
            yield from _lost(one, other)


def line(step: Event | Effect) -> str:
    """Return the line of one event or effect, without its newline."""
    name = type(step).__name__
    return f'{{"{"in" if name in EVENTS else "out"}":"{name}","is":{dumped(step)}}}'


def read(text: str) -> tuple[Event | None, Effect | None]:
    """Return the event or the effect of one line, the other being None. ValueError says what is wrong with it."""
    entry = json.loads(text)
    if not isinstance(entry, dict) or "is" not in entry or len(entry.keys() & {"in", "out"}) != 1 or len(entry) != 2:
        raise ValueError('it is neither {"in": ..., "is": ...} nor {"out": ..., "is": ...}')
    if "in" in entry:
        return cast("Event", loaded(_known(EVENTS, entry["in"]), entry["is"])), None
    return None, cast("Effect", loaded(_known(EFFECTS, entry["out"]), entry["is"]))


def _known(kinds: Mapping[str, type], name: object) -> type:
    kind = kinds.get(str(name))
    if kind is None:
        raise ValueError(f"this version knows no {str(name)[:40]!r}")
    return kind
