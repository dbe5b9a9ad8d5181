"""The package files: whole, for the right computer, the same bytes wherever and whenever they are made."""

import importlib.util
import os
import re
import struct
import subprocess
from collections.abc import Iterator
from email.parser import HeaderParser
from pathlib import Path

import pytest

from deploy.makedeb.pack import build
from deploy.makedeb.places import install_files
from deploy.makedeb.programs import SITE
from deploy.makedeb.recipe import CHIPS, CannotBuild, Recipe, output
from tests.package.shelf import copied
from tests.package.trixie import Fresh

ELF_MACHINE = {"arm64": 183, "amd64": 62}  # EM_AARCH64, EM_X86_64 in elf.h
UNCHECKED = 1  # the flags of a .pyc that is never compared with its source, PEP 552


@pytest.fixture(scope="module")
def unpacked(packages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of each package, control files in DEBIAN."""
    folder = tmp_path_factory.mktemp("unpacked")
    for arch, package in packages.items():
        subprocess.run(["dpkg-deb", "--raw-extract", package, folder / arch], check=True)
    return {arch: folder / arch for arch in packages}


def files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())


@pytest.mark.parametrize("arch", CHIPS)
def test_libraries_are_for_the_architecture(unpacked: dict[str, Path], arch: str) -> None:
    libraries = list(unpacked[arch].rglob("*.so"))
    assert {struct.unpack_from("<H", file.read_bytes(), 18)[0] for file in libraries} == {ELF_MACHINE[arch]}
    assert len(libraries) > 5
    assert not [file for file in libraries if b".symtab" in file.read_bytes()]


@pytest.mark.parametrize("arch", CHIPS)
def test_it_carries_what_the_lock_file_says(checkout: Path, unpacked: dict[str, Path], arch: str) -> None:
    exported = [
        str(checkout / ".tools/uv"),
        "export",
        "--project",
        str(checkout),
        "--locked",
        "--no-dev",
        "--no-hashes",
    ]
    lines = re.findall(r"^([a-z0-9._-]+)==(\S+)(?: ; (.*))?$", output([*exported, "--no-emit-project"]), re.MULTILINE)
    here = {(name, version) for name, version, only in lines if not only or "== 'linux'" in only}
    told = [
        HeaderParser().parsestr(file.read_text(encoding="utf-8")) for file in unpacked[arch].glob(f"{SITE}/*/METADATA")
    ]
    carried = {(str(one["Name"]).lower().replace("_", "-").replace(".", "-"), str(one["Version"])) for one in told}
    assert carried == here | {("inclined", Recipe.of(checkout, arch).version)}
    assert not {"bumble", "amqtt", "pytest"} & {name for name, _ in carried}


def test_all_code_is_compiled_for_debians_python_and_compared_with_nothing(unpacked: dict[str, Path]) -> None:
    site = unpacked["arm64"] / SITE
    sources = list(site.rglob("*.py"))
    assert len(sources) > 500
    for source in sources:
        compiled = Path(importlib.util.cache_from_source(str(source))).read_bytes()
        magic, flags = compiled[:4], struct.unpack_from("<I", compiled, 4)[0]
        assert (magic, flags) == (importlib.util.MAGIC_NUMBER, UNCHECKED), source


def test_nothing_is_shipped_that_only_developers_need(unpacked: dict[str, Path]) -> None:
    names = {path.name for path in files(unpacked["arm64"])} | {path.parent.name for path in files(unpacked["arm64"])}
    assert not {"tests", "test", "RECORD", "INSTALLER", "py.typed", "direct_url.json"} & names
    assert not [name for name in names if name.endswith((".pyi", ".c", ".pyx"))]


def test_everybody_may_read_it_and_nobody_write_it(packages: dict[str, Path]) -> None:
    listed = subprocess.run(["dpkg-deb", "--contents", packages["arm64"]], capture_output=True, text=True, check=True)
    modes = {(line.split()[0], line.split()[1]) for line in listed.stdout.splitlines()}
    assert {owner for _, owner in modes} == {"root/root"}
    assert {mode for mode, _ in modes} == {"drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x", "lrwxrwxrwx"}


def test_it_names_every_unit_that_starts_by_itself(checkout: Path, unpacked: dict[str, Path]) -> None:
    units = [file for file in (checkout / "systemd").glob("*.*") if file.is_file()]
    starting = {file.name for file in units if "[Install]" in file.read_text(encoding="utf-8")}
    for script in ("postinst", "prerm", "postrm"):
        named = re.search('^UNITS="(.*)"$', (unpacked["arm64"] / "DEBIAN" / script).read_text("utf-8"), re.MULTILINE)
        assert named
        assert set(named[1].split()) == starting
    assert "inclined.service" in starting


def test_the_same_checkout_gives_the_same_bytes(
    checkout: Path, packages: dict[str, Path], recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copied(checkout, tmp_path / "somewhere else")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(recipe.when))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    mask = os.umask(0o077)
    try:
        again = build(Recipe.of(copy, recipe.arch), tmp_path / "out")
    finally:
        os.umask(mask)
    assert again.read_bytes() == packages[recipe.arch].read_bytes()


def test_a_file_that_nobody_placed_is_a_mistake(checkout: Path, recipe: Recipe, tmp_path: Path) -> None:
    copy = copied(checkout, tmp_path / "checkout")
    (copy / "deploy/debian/forgotten.conf").write_text("", encoding="ascii")
    with pytest.raises(
        CannotBuild, match=r"^deploy/makedeb/places\.py has no place for deploy/debian/forgotten\.conf$"
    ):
        install_files(Recipe(copy, recipe.arch, recipe.version, recipe.when), tmp_path / "root")


def test_without_a_date_it_is_not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1"\n', encoding="ascii")
    with pytest.raises(CannotBuild, match="set SOURCE_DATE_EPOCH"):
        Recipe.of(tmp_path, "arm64")


def test_the_scripts_are_sound(checkout: Path) -> None:
    folder = checkout / "deploy/debian"
    scripts = [folder / name for name in ("postinst", "prerm", "postrm", "inclined-rollback")]
    checked = subprocess.run(["shellcheck", "--shell=sh", *scripts], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_every_override_says_why(checkout: Path) -> None:
    lines = (checkout / "deploy/debian/lintian-overrides").read_text(encoding="utf-8").splitlines()
    assert lines
    for before, line in zip(["", *lines], lines, strict=False):
        assert line.startswith("#") or before.startswith("#"), line


def test_lintian_has_nothing_to_say(fresh: Fresh, packages: dict[str, Path]) -> None:
    machine = fresh("lintian")
    said = machine.ran("lintian", "--allow-root", "--fail-on", "error,warning", machine.put(packages["arm64"]))
    assert (said.returncode, said.stdout) == (0, ""), said.stderr
