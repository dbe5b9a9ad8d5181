"""The import contracts of pyproject.toml hold, and each of them bites."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BREAKS = {
    "rooms": ("daemon/snapshot.py", "import daemon.messages"),
    "drivers": ("drivers/contract.py", "import drivers.transports"),
    "pure": ("daemon/policy/rules.py", "import time"),
    "codecs": ("drivers/ftms/codec.py", "import asyncio"),
    "simulated": ("drivers/simulated/csafe/codec.py", "import drivers.csafe.frames"),
    "display": ("daemon/display/wishes.py", "import daemon.clock"),
    "upkeep": ("daemon/upkeep/kept.py", "import daemon.settings"),
    "floor": ("daemon/outbox/__init__.py", "import sqlalchemy"),
    "api": ("api/__init__.py", "import drivers.ftms"),
}


@pytest.fixture
def copy(checkout: Path, tmp_path: Path) -> Path:
    """A copy of the packages and their contracts that a test may break."""
    for package in ("daemon", "drivers", "api"):
        shutil.copytree(checkout / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(checkout / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run lint-imports in a folder."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_contract_holds(copy: Path) -> None:
    linted = lint(copy)
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("contract", BREAKS)
def test_a_contract_names_the_import_that_breaks_it(copy: Path, contract: str) -> None:
    path, line = BREAKS[contract]
    assert lint(copy, "--contract", contract).returncode == 0
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    with (copy / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    linted = lint(copy, "--contract", contract)
    assert linted.returncode == 1
    assert f"{module} -> {line.removeprefix('import ')}" in linted.stdout


def test_every_contract_has_its_break(checkout: Path) -> None:
    text = (checkout / "pyproject.toml").read_text(encoding="utf-8")
    ids = {line.split('"')[1] for line in text.splitlines() if line.startswith("id = ")}
    assert ids == set(BREAKS)
