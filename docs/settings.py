"""Writes docs/settings.md from the code: `python docs/settings.py`, or `--check` to see that it is current."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import get_args

from pydantic.fields import FieldInfo

from daemon.policy.rules import Rules
from daemon.policy.words import WORDS
from daemon.settings.model import Section, Sections
from daemon.settings.units import KEYS

PAGE = Path(__file__).with_suffix(".md")
HEAD = """\
# Settings

The file is `/etc/inclined/inclined.toml`; `deploy/inclined.example.toml` is a whole one. `inclined check` shows each
value with its source, or every mistake at once. A key that is not on this page is refused, but for
`made_by` above all sections, which says what version made the file. `inclined setup` makes one by asking. This page is
made from the code by `python docs/settings.py`.
"""
POLICY = """
## [policy]

Each has a default; a value out of bounds is refused, also from the network. The network may change these while the
daemon runs, except the two countdowns; it may narrow `mode` and never widen it beyond the file's. New values hold from
the next idle belt on. API and MQTT name them, and give their values, as in the last two columns.

| key | unit | default | may be | meaning | name on the network | one unit is |
|---|---|---|---|---|---|---|
"""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD, *(section(name, field) for name, field in Sections.model_fields.items()), POLICY]
    return "".join(parts) + "".join(policy()) + "".join(words())


def section(name: str, field: FieldInfo) -> str:
    """Return one section: its keys in a table."""
    model = model_of(field)
    rows = (f"| `{key}` | {default(f)} | {f.description} |\n" for key, f in model.model_fields.items())
    table = f"| key | default | meaning |\n|---|---|---|\n{''.join(rows)}"
    return f"\n## [{name}]\n\n{(model.__doc__ or '').strip()}\n\n{table}"


def model_of(field: FieldInfo) -> type[Section]:
    """Return the section that field holds."""
    kinds = [kind for kind in (field.annotation, *get_args(field.annotation)) if kind is not NoneType]
    return next(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Section))


def default(field: FieldInfo) -> str:
    """Return the default of a key, for the table."""
    if field.is_required():
        return "none: required"
    if isinstance(field.default, frozenset):
        return f"`{json.dumps(sorted(field.default))}`"
    return f"`{field.default}`" if field.default else "absent"


def policy() -> Iterator[str]:
    """Yield a row for each policy setting."""
    for key in KEYS.values():
        steps = f"{key.text(1)} {key.unit}" if key.per > 1 else "1"
        default_ = key.text(key.default)
        yield f"| `{key.name}` | {key.unit} | {default_} | {key.may_be} | {key.doc} | `{key.field}` | {steps} |\n"


def words() -> Iterator[str]:
    """Yield a row for each policy setting that is written in words."""
    for word in WORDS.values():
        default_ = word.write(Rules())
        yield f"| `{word.field}` | text | {default_ or 'none'} | {word.may_be} | {word.doc} | `{word.field}` | text |\n"


def main() -> int:
    """Write the page; with --check, only say whether it is current."""
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == page():
        return 0
    print(f"{PAGE} is not what the code says; run: python docs/settings.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
