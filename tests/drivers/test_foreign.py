"""Drivers of other packages: found by their entry point, told when they cannot be used, and never in place of ours."""

from pathlib import Path

import pytest

from drivers.contract import Driver, LinkLost, Machine, Said, Unsupported
from drivers.ftms.driver import FtmsDriver
from drivers.registry import make

SOURCE = """
from drivers.contract import LinkLost, Machine


class Mill:
    connect_limit = 5.0

    def __init__(self, spec, now):
        self.spec, self.now = spec, now

    async def run(self, sink, /):
        sink(Machine(self.now(), "acme", model=self.spec))
        raise LinkLost("the belt was sold")


def make(spec, /, *, now, armed, record, incline, tap):
    return Mill(spec, now)
"""


def now() -> int:
    return 500


def package(folder: Path, name: str, points: str, source: str = SOURCE) -> None:
    """Lay a package out as an installer does."""
    about = folder / f"{name}-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (about / "entry_points.txt").write_text(f"[inclined.drivers]\n{points}\n")
    (folder / f"{name}.py").write_text(source)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


async def test_a_driver_of_another_package_is_found_and_run(site: Path) -> None:
    package(site, "acme_mill", "acme = acme_mill:make")
    driver: Driver = make("acme:7", now=now)
    said: list[Said] = []
    with pytest.raises(LinkLost, match="was sold"):
        await driver.run(said.append)
    assert said == [Machine(500, "acme", model="acme:7")]


def test_none_of_ours_can_be_replaced(site: Path) -> None:
    package(site, "bad_mill", "ftms = bad_mill:make\nsimulated = bad_mill:make")
    assert isinstance(make("simulated:", now=now), FtmsDriver)
    assert isinstance(make("ftms:C4:64:E3:5A:10:9F", now=now), FtmsDriver)
    with pytest.raises(Unsupported, match="no driver is called 'simulated:x'"):
        make("simulated:x", now=now)


@pytest.mark.parametrize(
    ("points", "source", "why"),
    [
        ("acme = acme_six:nothing", SOURCE, r"the driver 'acme' of acme_six 1\.2 cannot be loaded: .*nothing"),
        ("acme = acme_two:make", "raise OSError('no port')", r"cannot be loaded: OSError\('no port'\)"),
        ("acme = acme_seven.sub:make", SOURCE, "cannot be loaded: ModuleNotFoundError"),
    ],
)
def test_one_that_cannot_be_loaded_is_told(site: Path, points: str, source: str, why: str) -> None:
    package(site, points.split()[-1].partition(":")[0].partition(".")[0], points, source)
    with pytest.raises(Unsupported, match=why):
        make("acme:7", now=now)


def test_two_of_one_name_are_told(site: Path) -> None:
    package(site, "acme_three", "acme = acme_three:make")
    package(site, "acme_four", "acme = acme_four:make")
    with pytest.raises(Unsupported, match=r"two packages bring a driver 'acme': acme_\w+ 1\.2, acme_\w+ 1\.2"):
        make("acme:7", now=now)


def test_an_unknown_name_lists_those_there_are(site: Path) -> None:
    package(site, "acme_five", "acme = acme_five:make")
    with pytest.raises(Unsupported, match=r"(?s)no driver is called 'akme:7'.*acme: \(of acme_five 1\.2\)"):
        make("akme:7", now=now)
