"""`deploy/prepare` makes a checkout ready, or says in one line what is missing."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

PROGRAMS = ("bash", "cut", "dirname", "dpkg-query", "grep", "id", "ls", "mkdir", "mktemp", "mv", "rm", "sed", "sort")
MORE_PROGRAMS = ("tail", "tr", "xargs")
OLD_PYTHON = '#!/bin/sh\necho Python 3.11.2\n[ "$1" = --version ]\n'


@pytest.fixture
def copy(checkout: Path) -> Iterator[Path]:
    """A fresh checkout, as far as the script looks at it, that another user may read too."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        for name in (
            "deploy/prepare",
            "deploy/system-packages.txt",
            "tests/system-packages.txt",
            "pyproject.toml",
            ".python-version",
        ):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(checkout / name, root / name)
        yield root


def prepare(root: Path, what: str, path: str | None = None, *prefix: str) -> subprocess.CompletedProcess[str]:
    """Run the script as a user with an empty home, and with this PATH."""
    home = root / "home"
    home.mkdir()
    environment = {"HOME": str(home), "PATH": path or os.environ["PATH"]}
    command = [*prefix, str(root / "deploy/prepare"), what]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def old_programs(folder: Path) -> str:
    """Return a PATH with the programs of a small machine whose only Python is too old."""
    folder.mkdir()
    for name in (*PROGRAMS, *MORE_PROGRAMS):
        (folder / name).symlink_to(shutil.which(name) or pytest.fail(f"{name} is missing"))
    python = folder / "python3"
    python.write_text(OLD_PYTHON, encoding="ascii")
    python.chmod(0o755)
    return str(folder)


def test_a_ready_checkout_stays_silent(checkout: Path) -> None:
    command = [str(checkout / "deploy/prepare"), "check"]
    subprocess.run(command, check=True)
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_no_new_python_is_one_line(copy: Path, checkout: Path, tmp_path: Path) -> None:
    subprocess.run([checkout / "deploy/prepare", "uv"], check=True)
    (copy / ".tools").mkdir()
    shutil.copy(checkout / ".tools/uv", copy / ".tools/uv")
    ran = prepare(copy, "demo", old_programs(tmp_path / "bin"))
    assert ran.returncode == 1
    assert ran.stderr == (
        "inclined: no Python 3.12 or 3.13 here (python3 is Python 3.11.2); "
        "install python3.13 (Debian 13 has it as python3) and run make again.\n"
    )


def test_no_way_to_fetch_uv_is_one_line(copy: Path, tmp_path: Path) -> None:
    ran = prepare(copy, "demo", old_programs(tmp_path / "bin"))
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert "install python3-venv" in ran.stderr
    assert list((copy / ".tools").iterdir()) == []


def test_missing_packages_are_named_to_a_user_who_may_not_install_them(copy: Path) -> None:
    with (copy / "tests/system-packages.txt").open("a", encoding="ascii") as file:
        file.write("no-such-package # for the test\n\n# nothing\nnor-this-one\n")
    as_nobody = ["setpriv", "--reuid", "65534", "--clear-groups"] if os.getuid() == 0 else []
    ran = prepare(copy, "test", None, *as_nobody)
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert ran.stderr.startswith("inclined: Debian packages are missing; install them with: sudo apt-get install ")
    assert ran.stderr.endswith(" no-such-package nor-this-one\n")


def test_a_wrong_word_is_one_line(copy: Path) -> None:
    ran = prepare(copy, "everything")
    assert (ran.returncode, ran.stderr) == (1, "inclined: usage: deploy/prepare uv|demo|check|deb|test\n")
