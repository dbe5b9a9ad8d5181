"""docs/integrators.md says what is so: its examples are of their schemas, its table is the code's, its rules work."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel

from api.floor.metrics import of_floor, of_machines
from api.metrics import Seen, metrics
from daemon.messages import Counters, Health, Problem
from daemon.mqtt.orders import Arrived, Order, judge
from daemon.mqtt.topics import HEARD, PUBLISHED
from daemon.mqtt.verbs import VERBS
from tests.mqtt.world import NOON

EXAMPLE = re.compile(r"^`(?P<name>[\w/]+)`:\n\n```json\n(?P<text>.*?)```$", re.DOTALL | re.MULTILINE)
ROW = re.compile(
    r"^\| `(?P<topic>[^|]+)`[^|]* \| (?P<form>[^|]+) \| (?P<qos>[01]) \| (?P<kept>yes|no|never) \|$", re.MULTILINE
)


@pytest.fixture(scope="module")
def page(checkout: Path) -> str:
    return (checkout / "docs/integrators.md").read_text(encoding="utf-8")


def form_of(name: str) -> type[BaseModel] | None:
    """Return the model of an example or a topic, by its name in the page."""
    if name == "problem":
        return Problem
    if name in HEARD:
        return HEARD[name].form
    first = name.partition("/")[0]
    return HEARD["cmd/{verb}"].form if first == "cmd" else PUBLISHED[first].form


def rows(page: str) -> Iterator[tuple[str, str, int, bool]]:
    """Yield topic, form, QoS and whether it is kept, from the page's table."""
    for found in ROW.finditer(page):
        for topic in re.findall(r"[\w{}./]+", found["topic"].replace("`", "")):
            yield topic, found["form"], int(found["qos"]), found["kept"] == "yes"


def test_every_example_is_of_its_form_and_complete(page: str) -> None:
    examples = [(found["name"], json.loads(found["text"])) for found in EXAMPLE.finditer(page)]
    assert len(examples) == page.count("```json") >= 9
    for name, example in examples:
        form = form_of(name)
        assert form is not None, name
        schema = form.model_json_schema(mode="serialization")
        jsonschema.validate(example, schema, format_checker=jsonschema.FormatChecker())
        if name.partition("/")[0] in PUBLISHED and name != "settings/desired":
            assert set(example) == set(schema["properties"]), name


def test_the_commands_shown_are_taken(page: str) -> None:
    shown = [found for found in EXAMPLE.finditer(page) if found["name"].startswith("cmd/")]
    assert {found["name"] for found in shown} == {"cmd/message", "cmd/settings"}
    for found in shown:
        command: dict[str, Any] = json.loads(found["text"]) | {"ts": NOON.isoformat()}
        arrived = Arrived(found["name"].removeprefix("cmd/"), json.dumps(command).encode(), retained=False)
        assert isinstance(judge(arrived, NOON, VERBS), Order)


def test_the_table_is_that_of_the_code(page: str) -> None:
    told = {topic.partition("/{")[0] if topic not in HEARD else topic: rest for topic, *rest in rows(page)}
    coded = {name: kind for name, kind in (PUBLISHED | HEARD).items() if name != "../_floor/state"}
    assert told.keys() == coded.keys()
    for name, kind in coded.items():
        form, qos, kept = told[name]
        assert (qos, kept) == (kind.qos, kind.retain), name
        assert kind.form is None or f"[{kind.form.__name__}](schemas/{kind.form.__name__}.json)" in str(form), name


def test_every_reason_that_is_one_word_of_ours_is_explained(page: str, checkout: Path) -> None:
    source = "".join((checkout / f"daemon/mqtt/{name}.py").read_text(encoding="utf-8") for name in ("orders", "verbs"))
    reasons = set(re.findall(r'return "([a-z ]+)"', source)) | set(re.findall(r'= "(a countdown[a-z ]+)"', source))
    assert len(reasons) >= 6
    assert [reason for reason in reasons if f"`{reason}`" not in page] == []


def test_every_metric_is_named_and_no_other(page: str) -> None:
    counters = Counters.model_validate(
        dict.fromkeys(Counters.model_fields, 1) | {"ts": NOON, "nudges": {}, "raises": {}, "spells": {}}
    )
    seen = Seen("t07", "hall", link_up=True, age_s=1.0, counters=counters, checks={}, dropped={})
    ours = {metric.name for metric in metrics(seen)}
    floors = {family.name for family in (*of_machines([]), *of_floor(Health(status="ok", checks={}), 0))}
    own, _, floor = page.partition("## Prometheus and Grafana")
    assert set(re.findall(r"^    (inclined_\w+)", own, re.MULTILINE)) == ours
    assert set(re.findall(r"^    (inclined_\w+)", floor, re.MULTILINE)) == floors - ours
    alone = set(re.findall(r"`(inclined_\w+)`", floor.partition("are a machine's alone")[0]))
    assert alone == ours - floors


def test_the_access_list_of_the_page_names_every_topic(page: str) -> None:
    """The list itself is deploy/mosquitto/acl, and has its own tests."""
    _, _, told = page.partition("the floor      reads")
    told = told.partition("Never let a machine")[0]
    heard = [name.removeprefix("../").replace("{verb}", "+").replace("{machine}", "NAME") for name in HEARD]
    assert [name for name in (*PUBLISHED, *heard) if name not in told] == []
