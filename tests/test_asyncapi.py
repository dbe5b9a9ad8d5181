"""docs/asyncapi.json: of AsyncAPI's own schema, as the code says, and without a word of motion."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import validators

from daemon.mqtt.topics import HEARD, PUBLISHED


@pytest.fixture
def document(checkout: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((checkout / "docs/asyncapi.json").read_text(encoding="utf-8"))
    return found


def test_it_is_of_its_schema(document: dict[str, Any], checkout: Path) -> None:
    schema = json.loads((checkout / ".tools/asyncapi-3.0.0.json").read_text(encoding="utf-8"))
    valid = validators.validator_for(schema)(schema)
    assert [error.message for error in valid.iter_errors(document)] == []
    assert not valid.is_valid({**document, "channels": {"x": {"address": 1}}})


def test_it_is_current_and_an_old_one_is_told(checkout: Path, tmp_path: Path) -> None:
    shutil.copy(checkout / "docs/asyncapi.py", tmp_path)
    for page, code in ((checkout / "docs/asyncapi.json", 0), (None, 1)):
        if page is not None:
            shutil.copy(page, tmp_path)
        else:
            (tmp_path / "asyncapi.json").write_text("{}", encoding="utf-8")
        command = [sys.executable, str(tmp_path / "asyncapi.py"), "--check"]
        checked = subprocess.run(command, capture_output=True, text=True, check=False, cwd=checkout)
        assert (checked.returncode, "run: make docs" in checked.stderr) == (code, bool(code))


def test_every_kind_is_there_and_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    actions = [one["action"] for one in document["operations"].values()]
    assert (actions.count("send"), actions.count("receive")) == (len(PUBLISHED), len(HEARD))
    addresses = [one["address"] for one in document["channels"].values()]
    assert len(set(addresses)) == len(addresses)
    for place in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        found: Any = document
        for part in place.split("/"):
            found = found[part]


def test_nothing_that_is_heard_begins_motion(document: dict[str, Any]) -> None:
    verbs = set(document["channels"]["cmd_verb"]["parameters"]["verb"]["enum"])
    assert verbs
    assert not verbs & {"start", "resume", "speed", "stop", "incline", "raise", "lower", "pause"}
