"""The distribution is what the checkout says, and its three common import names are ours."""

import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

PACKAGES = ("daemon", "drivers", "api")
HEAVY = ("amqtt", "asyncio", "bleak", "bumble", "fastapi", "playwright", "pydantic", "pyftms", "sqlite3", "uvicorn")
COMMAND = (
    "import importlib.metadata as m; (inclined,) = m.entry_points(name='inclined'); raise SystemExit(inclined.load()())"
)
LISTING = "import sys; import {module}; print('\\n'.join(sys.modules))"


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, check=True, cwd=checkout, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.mark.parametrize("name", PACKAGES)
def test_no_other_distribution_brings_our_names(name: str) -> None:
    assert set(packages_distributions().get(name, [])) <= {"inclined"}


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path, checkout: Path) -> None:
    files = (file for package in PACKAGES for file in (checkout / package).rglob("*") if file.is_file())
    wanted = {str(file.relative_to(checkout)) for file in files if "__pycache__" not in file.parts}
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == wanted


def test_the_wheel_carries_its_licence_and_no_upload(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name.partition(".dist-info/")[2]: name for name in archive.namelist() if ".dist-info/" in name}
        metadata = archive.read(names["METADATA"]).decode()
    assert "licenses/LICENSE" in names
    assert "Classifier: Private :: Do Not Upload" in metadata


def test_the_wheel_alone_brings_the_command(wheel: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-S", "-c", COMMAND, "--version"]  # -S: no site-packages, nothing but the wheel
    environment = os.environ | {"PYTHONPATH": str(wheel)}
    said = subprocess.run(command, check=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert f"-{said.stdout.strip()}-" in wheel.name


@pytest.mark.parametrize("module", ["daemon.main", "daemon.policy.events", "drivers.contract"])
def test_importing_the_core_brings_nothing_heavy(module: str) -> None:
    command = [sys.executable, "-c", LISTING.format(module=module)]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert not set(HEAVY) & set(loaded)
