"""The configuration for others to read: only the keys that it may have, and no value that is a mistake.

A password written under a mistyped key, or into a comment, is nowhere in it.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from daemon.policy.words import WORDS
from daemon.settings.model import Sections
from daemon.settings.units import KEYS

HIDDEN = "(not shown)"


def shown(data: bytes, mistakes: Sequence[str]) -> str:
    """Return a configuration as lines of `[section] key = value`; of one that is no TOML only that."""
    try:
        table = tomllib.loads(data.decode())
    except (ValueError, RecursionError):
        return "The file is no TOML, and is not shown: see the findings.\n"
    return "".join(f"{line}\n" for line in _lines(table, mistakes))


def _lines(table: Mapping[str, Any], mistakes: Sequence[str]) -> Iterator[str]:
    for section, keys in table.items():
        if section == "made_by":
            yield f"made_by = {_value(keys)}"
        elif section not in (*Sections.model_fields, "policy") or not isinstance(keys, Mapping):
            yield f"a part that is unknown {HIDDEN}"
        else:
            yield from (_line(section, key, value, mistakes) for key, value in keys.items())


def _line(section: str, key: str, value: object, mistakes: Sequence[str]) -> str:
    if section == "policy":
        known, safe = key in KEYS or key in WORDS, True
    else:
        known, safe = key in _model(section).model_fields, _known(_model(section), key, value)
    if not known:
        return f"[{section}] a key that is unknown {HIDDEN}"
    wrong = any(f"[{section}] {key}" in mistake for mistake in mistakes)
    return f"[{section}] {key} = {HIDDEN if wrong or not safe else _value(value)}"


def _model(section: str) -> type[BaseModel]:
    found = _models(Sections.model_fields[section].annotation)
    return next(found)


def _known(model: type[BaseModel], key: str, value: object) -> bool:
    """Tell whether a table inside has known keys only."""
    inner = next(_models(model.model_fields[key].annotation), None) if key in model.model_fields else None
    return not isinstance(value, Mapping) or inner is None or value.keys() <= inner.model_fields.keys()


def _models(kind: object) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for part in get_args(kind):
        yield from _models(part)


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
