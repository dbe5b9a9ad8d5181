"""docs/trackmaster.md says what the code does: its options, its bytes, its profiles, and tests that exist."""

import re
from pathlib import Path

from drivers.registry import make
from drivers.simulated.trackmaster.profile import PROFILES
from drivers.trackmaster.codec import encode_elevation
from drivers.trackmaster.variants import SPEED, VARIANTS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/trackmaster.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_options_and_specs_are_those_there_are() -> None:
    named = re.findall(r"`(\w+)`", " ".join(row[0] for row in rows("Write it down")))
    assert named == ["units", "speed", "dtr", "rts"]
    assert f"{SPEED} bits a second" in PAGE
    specs = re.findall(r'driver = "([^"]+)"', PAGE)
    assert [make(spec, now=lambda: 0).connect_limit > 0 for spec in specs] == [True, True]


def test_the_bytes_are_those_that_leave() -> None:
    sent = {row[0]: row[1] for row in rows("What leaves for the treadmill")}
    codes = {code for variant in VARIANTS.values() for code in variant.codes.values()}
    assert {int(code, 16) for code in re.findall(r"`(\w\w)`", sent["questions"])} == codes
    assert f"`{encode_elevation(10).hex(' ')}`" in sent["elevation"]


def test_the_profiles_are_those_there_are() -> None:
    told = [(row[0].strip("`"), row[1].strip("`")) for row in rows("Without a treadmill")]
    assert told == [(machine, profile) for machine, profiles in PROFILES.items() for profile in profiles]


def test_the_tests_that_it_names_exist() -> None:
    names = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(names) >= 8
    for path, name in names:
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), name
