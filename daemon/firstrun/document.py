"""The text of a configuration: TOML with a word on every key, from the settings' own.

The file is made once, of flat text and numbers, so it is put together here; a library that keeps the comments of a
file while it changes it (tomlkit) would be the thing for more.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from daemon.firstrun.questions import PASSWORD
from daemon.settings.model import Machine, Mqtt, Section
from daemon.settings.origin import MADE_BY

HEAD: Final = """\
# One treadmill and its screen, as answered at the set-up. Change what you like;
# `inclined check` then shows every value, or every mistake.
# docs/settings.md explains all keys. What is not here has its default.
"""
MODELS: Final[Mapping[str, type[Section]]] = {"machine": Machine, "mqtt": Mqtt}


def document(table: Mapping[str, Mapping[str, object]], maker: str) -> str:
    """Return the file for a table of sections of text and whole numbers; maker is the value of `made_by`."""
    return "".join([HEAD, f"{MADE_BY} = {quoted(maker)}\n", *_sections(table)])


def _sections(table: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    for section, keys in table.items():
        yield f"\n[{section}]\n"
        fields = MODELS[section].model_fields
        for key in (name for name in fields if name in keys):
            yield f"# {fields[key].description}\n{key} = {value(keys[key])}\n"


def value(given: object) -> str:
    """Return one value as TOML 1.0 writes it."""
    return str(given) if isinstance(given, int) else quoted(str(given))


def quoted(text: str) -> str:
    """Return a basic string of TOML 1.0: JSON's, whose escapes are all TOML's, and one control character more."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def secret_line(answers: Mapping[str, str]) -> str | None:
    """Return the password file's text, or None when there is no password."""
    password = answers.get(PASSWORD, "")
    return f"{password}\n" if password else None
