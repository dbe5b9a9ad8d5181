"""The Python part of a package: the wheels of uv.lock for its architecture, ours, and compiled code."""

import importlib.util
import shutil
import sys
from pathlib import Path
from zipfile import ZipFile

from deploy.makedeb.recipe import CHECKOUT, PYTHON, CannotBuild, Recipe, output

HOME = Path("usr/lib/inclined")
SITE = HOME / f"lib/python{PYTHON}/site-packages"
COMMAND = "#!/bin/sh\n# -I: neither the environment nor the folder one stands in can lead to other code.\n"
COMMAND += f'exec /{HOME}/bin/python3 -IB -m daemon "$@"\n'
VENV = f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {PYTHON}\n"
MAGIC = 3571  # of all Python 3.13: the code compiled here is the code that the Pi's Python loads
USELESS = ("*.pyi", "*.pyx", "*.pxd", "*.c", "*.h", "py.typed")
RECORDS = ("RECORD", "REQUESTED", "INSTALLER", "direct_url.json", "uv_cache.json")
NOT_SHIPPED = ("bin", "tests", "test", "__pycache__", "kept")
"""`kept`: what only the floor's page takes from npm; this package is a treadmill's."""


def install_programs(recipe: Recipe, root: Path) -> None:
    """Fill root with a virtual environment for /usr/bin/python3.13; needs neither that Python nor its architecture."""
    site = root / SITE
    site.mkdir(parents=True)
    fetch_dependencies(recipe, site, root.parent)
    unpack_ours(recipe, site, root.parent)
    prune(site)
    strip(recipe, site)
    compile_all(root)
    make_venv(root / HOME)
    (root / "usr/bin").mkdir()
    (root / "usr/bin/inclined").symlink_to("../lib/inclined/bin/inclined")


def fetch_dependencies(recipe: Recipe, site: Path, scratch: Path) -> None:
    """Install the locked versions, checked by their hashes, as wheels for the architecture."""
    uv = str(CHECKOUT / ".tools/uv")
    locked = scratch / "locked.txt"
    export = [uv, "export", "--project", str(recipe.checkout), "--locked", "--no-dev", "--no-emit-project", "--quiet"]
    locked.write_text(output(export), encoding="utf-8")
    wheels = ["--python-platform", recipe.chip.wheels, "--python-version", PYTHON, "--only-binary", ":all:"]
    exact = ["--require-hashes", "--no-deps", "--no-compile", "--link-mode", "copy", "--quiet"]
    python = ["--python", sys.executable, "--target", str(site)]
    output([uv, "pip", "install", *python, *wheels, *exact, "--requirements", str(locked)])


def unpack_ours(recipe: Recipe, site: Path, scratch: Path) -> None:
    """Build our wheel and unpack it."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(scratch)]
    output(["env", "-C", str(recipe.checkout), *build], SOURCE_DATE_EPOCH=str(recipe.when))
    with ZipFile(next(scratch.glob("inclined-*.whl"))) as wheel:
        wheel.extractall(site)


def prune(site: Path) -> None:
    """Remove what no daemon reads: tests, sources of compiled code, and how it was installed."""
    for name in NOT_SHIPPED:
        for folder in [found for found in site.rglob(name) if found.is_dir()]:
            shutil.rmtree(folder, ignore_errors=True)  # one inside another is gone already
    for pattern in USELESS + RECORDS:
        for file in site.rglob(pattern):
            file.unlink()


def strip(recipe: Recipe, site: Path) -> None:
    """Remove the symbols that only debuggers read."""
    for library in sorted(site.rglob("*.so*")):
        output([recipe.chip.strip, "--strip-unneeded", str(library)])


def compile_all(root: Path) -> None:
    """Compile all code, checked against no date: a power cut may leave any. CannotBuild with another Python.

    In one process and in order of names: what is written depends on what was compiled before.
    """
    if int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little") != MAGIC:
        raise CannotBuild(
            f"needs a .venv with Python {PYTHON}, not {sys.version.split()[0]}: it compiles for Debian 13's"
        )
    way = ["-q", "-j1", "--invalidation-mode", "unchecked-hash", "-s", str(root), "-p", "/"]
    output([sys.executable, "-m", "compileall", *way, str(root / SITE)])


def make_venv(home: Path) -> None:
    """Make the environment that Debian's Python runs in, and the command."""
    (home / "pyvenv.cfg").write_text(VENV, encoding="ascii")
    (home / "bin").mkdir()
    (home / "bin/python3").symlink_to(f"../../../bin/python{PYTHON}")
    command = home / "bin/inclined"
    command.write_text(COMMAND, encoding="ascii")
    command.chmod(0o755)
