"""Writes docs/topics.md and docs/schemas/ from the code: `python docs/wire.py`, or `--check` that they are current.

The schemas are JSON Schema 2020-12. What we publish is described as it is sent; what we take, as it may be sent.
"""

import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel

from daemon.mqtt.topics import HEARD, PUBLISHED, ROOT, Kind
from daemon.mqtt.verbs import VERBS

DOCS = Path(__file__).parent
HEAD = f"""\
# MQTT topics

Each machine speaks below `{ROOT}/{{site}}/{{machine}}/`. MQTT 3.1.1 is enough. This page is made from the code by
`python docs/wire.py`. New fields may come at any time: ignore those that you do not know. Anything else that changes
makes a `v2`.

`state` is kept by the broker and outlives its sender: it is true only while `status` and `link` are `online`.

Events carry a number per machine, `seq`, and an `id`. An event may come twice, then with the same `id`. A machine
keeps its events until `_floor/stored/{{machine}}` says that they are stored, and sends those beyond it again after each
reconnect, and from time to time. After weeks without a floor, old telemetry is folded: one `hours` event with the sums
then stands for many numbers and ids, and says which.
"""
COMMANDS = """
## Commands

`cmd/{verb}` takes `{"id": ..., "ts": ..., "ttl_ms": ..., "by": ..., "args": {...}}` and is answered on `ack` with the
same `id`. A command that comes again is answered with the same ack and does nothing, also after a restart. Refused,
with a reason: a command with the retain flag, one older than its `ttl_ms`, any while this machine's clock is not right
(`clock`), an unknown verb, more than 8 KiB, and what cannot be read (if an `id` can). No verb moves, starts, stops or
speeds up a belt.

| verb | what it does |
|---|---|
"""


def pages() -> Mapping[Path, str]:
    """Return each file and what it should hold."""
    forms = forms_of(HEARD, "validation") | forms_of(PUBLISHED, "serialization")  # what is both, as it is sent
    return {DOCS / "topics.md": topics()} | {DOCS / "schemas" / name: text for name, text in forms.items()}


def forms_of(kinds: Mapping[str, Kind], mode: str) -> dict[str, str]:
    """Return the schemas of the kinds that have a form, by file name."""
    return {file_of(kind.form): schema(kind.form, mode) for kind in kinds.values() if kind.form is not None}


def file_of(form: type[BaseModel]) -> str:
    """Return the name of a form's file."""
    return f"{form.__name__}.json"


def schema(form: type[BaseModel], mode: str) -> str:
    """Return a form's JSON Schema as text, the same each time."""
    made = form.model_json_schema(mode="serialization" if mode == "serialization" else "validation")
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | made, indent=2, sort_keys=True) + "\n"


def topics() -> str:
    """Return the whole page."""
    return "".join(
        (
            HEAD,
            "\n## What a machine publishes\n\n",
            *table(PUBLISHED),
            "\n## What a machine listens to\n\n",
            *table(HEARD),
            COMMANDS,
            *(f"| `{verb}` | {inspect.getdoc(does)} |\n" for verb, does in VERBS.items()),
        )
    )


def table(kinds: Mapping[str, Kind]) -> Iterator[str]:
    """Yield the rows of a table of kinds."""
    yield "| topic | QoS | kept | form | what |\n|---|---|---|---|---|\n"
    for topic, kind in kinds.items():
        form = "text" if kind.form is None else f"[{kind.form.__name__}](schemas/{file_of(kind.form)})"
        yield f"| `{topic}` | {kind.qos} | {'yes' if kind.retain else 'no'} | {form} | {kind.doc} |\n"


def main() -> int:
    """Write the files; with --check, only say whether they are current."""
    wanted = pages()
    if sys.argv[1:] != ["--check"]:
        for path, text in wanted.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return 0
    old = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in old:
        print(f"{path} is not what the code says; run: make docs", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
