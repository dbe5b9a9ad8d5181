"""docs/csafe.md says what the code does: its options, its frames, its profiles, its traps and their tests."""

import re
from pathlib import Path

from drivers.csafe.capability import NAMES, capability_of
from drivers.csafe.frames import encode
from drivers.csafe.words import Get
from drivers.registry import CSAFE_SPEED
from drivers.simulated.csafe.profile import PROFILES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/csafe.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_options_are_those_there_are() -> None:
    named = re.findall(r"`(\w+)`", " ".join(row[0] for row in rows("Write it down")))
    assert sorted(named) == sorted([*NAMES, "speed", "dtr", "rts"])
    assert CSAFE_SPEED in PAGE
    for spec in re.findall(r'driver = "csafe:[^?"]*\?([^"]+)"', PAGE):
        capability_of(dict(option.split("=") for option in spec.split("&")))


def test_the_bytes_are_those_that_leave() -> None:
    sent = {row[0]: row[1] for row in rows("What leaves for the console")}
    assert sent["empty frame"] == f"`{encode(b'').hex(' ')}`"
    assert {int(code, 16) for code in re.findall(r"`(\w\w)`", sent["reads"])} == set(Get)


def test_the_profiles_are_those_there_are() -> None:
    assert [row[0].strip("`") for row in rows("Without a console")] == list(PROFILES)


def test_each_trap_has_its_number_and_names_its_tests() -> None:
    traps = rows("Traps of real consoles")
    assert [row[0] for row in traps] == [str(number) for number in range(1, 13)]
    assert all(re.search(r"`tests/[\w/]+\.py::\w+`", row[3]) for row in traps)
