"""Writes docs/asyncapi.json, the MQTT tree as AsyncAPI 3.0, from the code: `python docs/asyncapi.py`, or `--check`.

As a machine sees it: what it publishes is sent, what it listens to is received.
"""

import inspect
import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, get_args

from pydantic.json_schema import models_json_schema

from daemon.messages import Event
from daemon.mqtt.topics import HEARD, PUBLISHED, ROOT, Kind
from daemon.mqtt.verbs import VERBS

PAGE: Final = Path(__file__).parent / "asyncapi.json"
TAILS: Final = {"event": "event/{kind}", "alert": "alert/{code}"}
"""Where a first word has more words behind it."""
ABOUT: Final = """\
What a treadmill's daemon says and hears. MQTT 3.1.1 is enough. `state` outlives its sender: it is true only while
`status` and `link` are `online`. New fields may come at any time; anything else that changes makes a v2. No message
begins motion.
"""
SLUG: Final = "small letters, digits and hyphens, 1 to 32"
PLACES: Final[Mapping[str, Mapping[str, Any]]] = {
    "site": {"description": f"The gym: {SLUG}."},
    "machine": {"description": f"The machine: {SLUG}."},
    "kind": {"description": "What happened.", "enum": [*get_args(Event.model_fields["kind"].annotation)]},
    "code": {"description": "What staff should see to, such as `demoted`."},
    "verb": {"description": "What is asked.", "enum": [*VERBS]},
}
"""What stands in braces in an address."""


def document() -> dict[str, Any]:
    """Return the whole document."""
    told = [Told(name, "receive", kind) for name, kind in HEARD.items()]
    told += [Told(name, "send", kind) for name, kind in PUBLISHED.items()]  # what is both, as it is sent
    forms = [(one.kind.form, mode_of(one.action)) for one in told if one.kind.form is not None]
    names, schemas = models_json_schema(forms, ref_template="#/components/schemas/{model}")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "inclined",
            "version": version("inclined"),
            "description": ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {one.id: one.channel() for one in told},
        "operations": {f"{one.action}_{one.id}": one.operation() for one in told},
        "components": {
            "messages": {one.id: one.message(names) for one in told},
            "schemas": schemas.get("$defs", {}),
        },
    }


def mode_of(action: str) -> Any:  # noqa: ANN401, pydantic's own word for it
    """Return how a form is described: as it is sent, or as it may be sent to us."""
    return "serialization" if action == "send" else "validation"


class Told:
    """One kind of message on its channel."""

    def __init__(self, name: str, action: str, kind: Kind) -> None:
        self.action = action
        self.kind = kind
        self._topic = name
        self.id = name.replace("../", "").translate(str.maketrans("/", "_", "{}"))

    def address(self) -> str:
        """Return the topic, with what varies in braces."""
        if self._topic.startswith("../"):
            return f"{ROOT}/{{site}}/{self._topic.removeprefix('../')}"
        return f"{ROOT}/{{site}}/{{machine}}/{TAILS.get(self._topic, self._topic)}"

    def channel(self) -> dict[str, Any]:
        """Return its channel."""
        address = self.address()
        return {
            "address": address,
            "description": self.kind.doc,
            "parameters": {name: dict(about) for name, about in PLACES.items() if f"{{{name}}}" in address},
            "messages": {self.id: {"$ref": f"#/components/messages/{self.id}"}},
        }

    def operation(self) -> dict[str, Any]:
        """Return what the machine does with it."""
        mqtt = {"qos": self.kind.qos, "retain": self.kind.retain, "bindingVersion": "0.2.0"}
        return {
            "action": self.action,
            "channel": {"$ref": f"#/channels/{self.id}"},
            "messages": [{"$ref": f"#/channels/{self.id}/messages/{self.id}"}],
            "bindings": {"mqtt": mqtt},
        }

    def message(self, names: Mapping[Any, Any]) -> dict[str, Any]:
        """Return its form."""
        if self.kind.form is None:
            return {"name": self.id, "contentType": "text/plain", "payload": {"type": "string"}}
        about = inspect.getdoc(self.kind.form) or ""
        return {"name": self.id, "summary": about, "payload": names[self.kind.form, mode_of(self.action)]}


def main() -> int:
    """Write the file; with --check, only say whether it is current."""
    text = json.dumps(document(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print(f"{PAGE} is not what the code says; run: make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
