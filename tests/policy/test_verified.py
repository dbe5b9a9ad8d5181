"""docs/verified.md names for each invariant what shows it, and all of that exists; the structural ones stand here."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import ModuleType

import pytest

from daemon import messages, snapshot
from daemon.policy import events, session, state
from drivers import contract
from tests.policy.oracles import ORACLES
from tests.policy.smallworld import claims

ROW = re.compile(r"^\| (INV-\d\d) \| .* \| (.*) \|$", re.MULTILINE)
NAMED = re.compile(r"`(\w+(?:::\w+)?)`")
PLACES = ("tests.policy.test_invariants", "tests.policy.test_broken", "tests.policy.test_verified")
HEART = re.compile(r"(^|_)(hr|bpm|pulse|heart\w*)(_|$)")


@pytest.fixture
def rows(checkout: Path) -> dict[str, list[str]]:
    """What the page says shows each invariant."""
    text = (checkout / "docs/verified.md").read_text()
    return {number: NAMED.findall(shown) for number, shown in ROW.findall(text)}


def exists(name: str) -> bool:
    """Tell whether an oracle, a claim or a test of that name is there."""
    tests = [importlib.import_module(place) for place in PLACES]
    return name in ORACLES or hasattr(claims, name) or any(hasattr(place, name) for place in tests)


def test_every_invariant_is_shown_by_something(rows: dict[str, list[str]]) -> None:
    assert sorted(rows) == [f"INV-{number:02}" for number in range(1, 31)]
    assert [number for number, named in rows.items() if not named] == []
    assert [name for named in rows.values() for name in named if not exists(name)] == []


def test_what_is_not_there_is_missed() -> None:
    assert not exists("inv_99")


def dataclasses_of(*modules: ModuleType) -> Iterator[type]:
    """Yield the dataclasses that these modules define."""
    for module in modules:
        kinds = [value for value in vars(module).values() if isinstance(value, type) and is_dataclass(value)]
        yield from (kind for kind in kinds if kind.__module__ == module.__name__)


def hearts(*kinds: type) -> list[str]:
    """Return the fields that could hold a heart rate."""
    return [f"{kind.__name__}.{f.name}" for kind in kinds for f in fields(kind) if HEART.search(f.name)]


def test_inv_24_no_heart_rate_is_anywhere(checkout: Path) -> None:
    """What is not known can cause nothing: no type that carries anything has a field for it, nor any topic."""
    kinds = list(dataclasses_of(contract, events, state, session, snapshot, messages))
    assert len(kinds) > 40
    assert hearts(*kinds) == []
    schemas = [path.name for path in (checkout / "docs/schemas").iterdir() if HEART.search(path.stem)]
    named = [
        path.name
        for path in (checkout / "docs/schemas").iterdir()
        if re.search(r'"(heart|hr|bpm|pulse)', path.read_text())
    ]
    assert schemas + named == []


def test_inv_24_a_field_for_it_is_seen() -> None:
    @dataclass
    class Reading:
        speed: int
        heart_rate: int

    assert hearts(Reading) == ["Reading.heart_rate"]


def test_inv_01_each_numbered_effect_is_one_of_four() -> None:
    """Also one that somebody forgot to put into the union would have a number to be answered by."""
    numbered = {kind.__name__ for kind in dataclasses_of(events) if "id" in {f.name for f in fields(kind)}}
    assert numbered == {"RequestControl", "RaiseIncline", "SetWorkoutTime", "StopOnce"}
