"""The floor's metrics: a page that Prometheus takes, true to the store; rules and dashboard name only what is there."""

import asyncio
import json
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.floor.gallery import Gallery, gallery, names
from tests.floor.office import as_

NAME = re.compile(r"\binclined_\w+")
OF_MACHINES = {"inclined_commands_total"}
"""Only a machine's own page has these."""


@pytest.fixture
async def gym(tmp_path: Path) -> AsyncIterator[Gallery]:
    async with gallery(tmp_path, 5, reading_open=False) as one:
        yield one


def samples(page: str) -> dict[str, dict[str, float]]:
    """Return the samples by name, then by their labels."""
    found: dict[str, dict[str, float]] = {}
    for line in page.splitlines():
        if not line.startswith("#"):
            name, labels, value = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line).groups()  # type: ignore[union-attr]
            assert labels not in found.setdefault(name, {}), line
            found[name][labels] = float(value)
    return found


async def test_prometheus_takes_the_page_and_it_says_what_the_store_says(gym: Gallery) -> None:
    answer = await gym.place.client.get("/metrics", headers=as_("viewer"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    checked = await asyncio.to_thread(
        subprocess.run, ("promtool", "check", "metrics"), input=answer.text, text=True, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    told = samples(answer.text)
    span = {"from": "2026-01-01", "to": "2026-07-01", "bucket": "total", "by": "machine"}
    usage = (await gym.place.client.get("/api/v1/usage", params=span, headers=as_("viewer"))).json()["rows"]
    assert len(usage) == 5
    for row in usage:
        (labels,) = (one for one in told["inclined_belt_seconds_total"] if f'machine="{row["group"]}"' in one)
        assert abs(told["inclined_belt_seconds_total"][labels] - row["belt_s"]) <= 0.5
        assert told["inclined_sessions_total"][labels] == row["sessions"]
        assert told["inclined_distance_meters_total"][labels] == row["distance_m"]
        declined = told["inclined_nudges_total"][f'{labels},outcome="declined"']
        assert declined == row["nudges_declined"]
    levels = {labels.split('"')[1]: value for labels, value in told["inclined_level"].items()}
    assert levels == {"t01": 0, "t02": 3, "t03": 1, "t04": 2, "t05": 0}
    assert [labels for labels in told["inclined_cause"] if "alert_demoted" in labels] == [
        'machine="t02",zone="window",modality="treadmill",code="alert_demoted"'
    ]
    up = {labels.split('"')[1]: value for labels, value in told["inclined_link_up"].items()}
    assert up == {name: float(name not in {"t03", "t04"}) for name in names(5)}
    assert told["inclined_floor_check_ok"]['check="database"'] == 1


def expressions(of: Any) -> list[str]:
    """Return every query in a document, however deep."""
    if isinstance(of, dict):
        own = [value for key, value in of.items() if key in {"expr", "query"} and isinstance(value, str)]
        return own + [each for value in of.values() for each in expressions(value)]
    return [each for value in of for each in expressions(value)] if isinstance(of, list) else []


async def test_rules_and_dashboard_name_only_what_there_is(gym: Gallery, checkout: Path) -> None:
    page = (await gym.place.client.get("/metrics", headers=as_("viewer"))).text
    there = {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")} | OF_MACHINES
    rules = (checkout / "deploy/prometheus/inclined.rules.yml").read_text(encoding="utf-8")
    asked = {name for line in rules.splitlines() if "expr:" in line for name in NAME.findall(line)}
    board = json.loads((checkout / "deploy/grafana/inclined.json").read_text(encoding="utf-8"))
    shown = {name for one in expressions(board) for name in NAME.findall(one)}
    assert asked - there == set()
    assert shown - there == set()
    assert len(asked) >= 8
    assert len(shown) >= 8


def test_each_alert_is_set_off_and_left_alone(checkout: Path) -> None:
    folder = checkout / "deploy/prometheus"
    subprocess.run(("promtool", "check", "rules", "inclined.rules.yml"), cwd=folder, check=True, capture_output=True)
    tests = "inclined.rules.test.yml"
    told = subprocess.run(("promtool", "test", "rules", tests), cwd=folder, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    tried = (folder / tests).read_text(encoding="utf-8")
    rules = (folder / "inclined.rules.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"alert: (\w+)", rules)) == set(re.findall(r"alertname: (\w+)\n\s+exp_alerts:\n", tried))


def test_the_dashboard_hangs_together(checkout: Path) -> None:
    board = json.loads((checkout / "deploy/grafana/inclined.json").read_text(encoding="utf-8"))
    panels = board["panels"]
    assert len({one["id"] for one in panels}) == len(panels)
    places: set[tuple[int, int]] = set()
    for one in panels:
        at = one["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & places, one["title"]
        places |= cells
        assert one["targets"], one["title"]
    assert {one["name"] for one in board["templating"]["list"]} == {"source", "zone"}
