"""The box as fixtures: one boot serves all tests of a run."""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from tests.box.box import Box, boot
from tests.box.image import image
from tests.box.radio import Radio


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """A booted box, alive in a loop and thread of its own, so that tests may have any loop that they like."""
    console: Path = tmp_path_factory.mktemp("box") / "console.txt"
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(boot(image(), console)) as booted:
        yield booted


@pytest.fixture
def treadmill(box: Box, monkeypatch: pytest.MonkeyPatch) -> Radio:
    """The simulated treadmill, within reach of this test's BlueZ."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", box.bus)
    return box.radio


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of the box on one worker of xdist, and allow for its boot on busy cores."""
    for item in items:
        if "box" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("box"))
            item.add_marker(pytest.mark.timeout(300))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what box and radio said beside a failure."""
    report = yield
    booted = getattr(item, "funcargs", {}).get("box")
    if report.failed and isinstance(booted, Box):
        report.sections.append(("the box's console", booted.told()))
    return report
