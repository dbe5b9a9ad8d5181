"""Puts one package together, so that the same checkout gives the same bytes in any folder, at any time, by anybody."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.makedeb.papers import control, write_papers
from deploy.makedeb.places import install_files
from deploy.makedeb.programs import install_programs
from deploy.makedeb.recipe import Recipe, output

SMALL, FAST = ("-Zxz",), ("-Zgzip", "-z1")
SCRIPTS = ("postinst", "prerm", "postrm")
UNITS = "usr/lib/systemd/system"
KIB = 1024


def build(recipe: Recipe, out: Path, squeeze: Sequence[str] = SMALL) -> Path:
    """Return the package file, written whole into the folder out, squeezed as dpkg-deb is told.

    CannotBuild says what is missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".deb-", dir=out) as folder:
        root = Path(folder) / "root"
        root.mkdir()
        install_programs(recipe, root)
        install_files(recipe, root)
        write_papers(recipe, root)
        write_control(recipe, root)
        settle(root, recipe.when)
        fresh = Path(folder) / recipe.name
        pack = ["dpkg-deb", "--root-owner-group", *squeeze, "--build", str(root), str(fresh)]
        output(pack, SOURCE_DATE_EPOCH=str(recipe.when))
        return fresh.replace(out / recipe.name)


def write_control(recipe: Recipe, root: Path) -> None:
    """Write DEBIAN/: what dpkg reads and runs."""
    files = [file for file in sorted(root.rglob("*")) if file.is_file() and not file.is_symlink()]
    about = root / "DEBIAN"
    about.mkdir()
    size = sum(-(-file.stat().st_size // KIB) for file in files)
    (about / "control").write_text(control(recipe, size), encoding="utf-8")
    sums = (f"{md5(file)}  {file.relative_to(root)}\n" for file in files)
    (about / "md5sums").write_text("".join(sums), encoding="utf-8")
    kept = "".join(f"/{file.relative_to(root)}\n" for file in files if file.is_relative_to(root / "etc"))
    if kept:
        (about / "conffiles").write_text(kept, encoding="utf-8")
    for name in SCRIPTS:
        script = about / name
        text = (recipe.checkout / "deploy/debian" / name).read_text(encoding="utf-8")
        script.write_text(text.replace("@UNITS@", " ".join(units(root))), encoding="utf-8")
        script.chmod(0o755)


def units(root: Path) -> list[str]:
    """Return the units that a computer starts by itself: those with a part [Install]."""
    files = sorted((root / UNITS).glob("*.*"))
    return [file.name for file in files if file.is_file() and "[Install]" in file.read_text(encoding="utf-8")]


def md5(file: Path) -> str:
    """Return what `dpkg --verify` compares; it finds damage, it keeps nobody out."""
    return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()


def settle(root: Path, when: int) -> None:
    """Give everything the mode that it says nothing against, whatever the umask was, and the one date."""
    for path in [root, *root.rglob("*")]:
        if path.is_symlink():
            os.utime(path, (when, when), follow_symlinks=False)
            continue
        runs = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if runs else 0o644)
        os.utime(path, (when, when))
