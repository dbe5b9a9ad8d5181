"""The mutants are faults, the suite takes the whole core for whole, and finds a broken one."""

import ast
from itertools import islice

import pytest

from tests.mutants import suite
from tests.mutants.__main__ import EXPLAINED, FILES, POLICY, TRACES, explained, try_one
from tests.mutants.mutate import Mutant, mutants

WHOLE = (POLICY / "guard.py").read_text()


@pytest.fixture(scope="module", autouse=True)
def _traces() -> None:
    TRACES[:] = suite.record(3)


def test_the_whole_core_gets_past_the_suite() -> None:
    _, dead = try_one(Mutant("guard", 0, 0, "", "", WHOLE))
    assert not dead


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("at >= s.hold_until", "at < s.hold_until"),
        ("Mode.NUDGE)", "Mode.ENFORCE)"),
        ("return next(", "return nobody("),
        ("def moving", "while True: pass\ndef moving"),
    ],
)
def test_a_broken_core_does_not(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.mutants.__main__.SECONDS", 3)
    assert old in WHOLE
    _, dead = try_one(Mutant("guard", 0, 0, old, new, WHOLE.replace(old, new)))
    assert dead


def test_each_fault_is_one_small_change() -> None:
    source = "def f(a, b):\n    if a < 1 and not b:\n        g()\n    return a + 2\n"
    told = {mutant.name for mutant in mutants("f", source)}
    assert told >= {
        "f: a < 1 -> a <= 1",
        "f: 1 -> 2",
        "f: not b -> b",
        "f: a < 1 and (not b) -> a < 1 or not b",
        "f: a < 1 and (not b) -> a < 1",
        "f: g() -> pass",
        "f: a + 2 -> a - 2",
        "f: return a + 2 -> return None",
    }
    whole = ast.unparse(ast.parse(source))
    assert all(mutant.source != whole and ast.parse(mutant.source) for mutant in mutants("f", source))
    assert ast.unparse(ast.parse(source)) == whole


def test_names_tell_mutants_apart() -> None:
    for name in FILES:
        names = [mutant.name for mutant in islice(mutants(name, (POLICY / f"{name}.py").read_text()), 40)]
        assert len(names) == len(set(names)), name


def test_what_is_explained_has_a_reason() -> None:
    assert EXPLAINED.exists()
    assert all(len(why) > 20 for why in explained().values())
