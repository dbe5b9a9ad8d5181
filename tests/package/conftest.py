"""The packages and the Debian to install them in, made once for all tests here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.makedeb.pack import FAST, build
from deploy.makedeb.recipe import CHIPS, Recipe
from tests.package.shelf import as_later, copied
from tests.package.trixie import Fresh, Machine, debian

CHIP = "amd64"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests on one worker of xdist, and allow for making packages and Debian on busy cores."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("package"))
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def recipe(checkout: Path) -> Recipe:
    """What today's package for this kind of computer is made from."""
    return Recipe.of(checkout, CHIP)


@pytest.fixture(scope="session")
def packages(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Today's packages by architecture, as `make deb` makes them."""
    out = tmp_path_factory.mktemp("dist")
    return {arch: build(Recipe.of(checkout, arch), out) for arch in CHIPS}


@pytest.fixture(scope="session")
def later(checkout: Path, recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of a later version, whose database an earlier one cannot read."""
    folder = tmp_path_factory.mktemp("later")
    copy = as_later(copied(checkout, folder / "checkout"), recipe.version)
    patient = pytest.MonkeyPatch()
    with patient.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(recipe.when + 1))
        return build(Recipe.of(copy, CHIP), folder, FAST)


@pytest.fixture(scope="session")
def base() -> Path:
    """A Debian 13."""
    return debian()


@pytest.fixture(scope="session")
def shelf(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    """Makes machines for more than one test."""
    yield from machines(base, tmp_path_factory.mktemp("machines"))


@pytest.fixture
def fresh(base: Path, tmp_path: Path) -> Iterator[Fresh]:
    """Makes machines for one test."""
    yield from machines(base, tmp_path)


def machines(base: Path, folder: Path) -> Iterator[Fresh]:
    """Yield what makes machines, and remove them afterwards."""
    made: list[Machine] = []

    def make(name: str, like: Machine | None = None) -> Machine:
        made.append(like.copy(folder / name) if like else Machine.new(folder / name, base))
        return made[-1]

    yield make
    for machine in reversed(made):
        machine.gone()


@pytest.fixture(scope="session")
def installed(shelf: Fresh, packages: dict[str, Path]) -> Machine:
    """A machine with today's package, on which tests only look, or of which they take a copy."""
    machine = shelf("installed")
    machine.says("dpkg", "--install", machine.put(packages[CHIP]))
    return machine
