"""Packs the installed files of a version into a package of their own, which dpkg can install again."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from daemon.upkeep.kept import KEPT, Failed, said, settled

LEFT_OUT = ("Status:", "Conffiles:", "Config-Version:")
"""What dpkg adds to a package's own control file."""


def pack(version: str) -> None:
    """Pack the installed files into a package of their own. Failed when one of them is damaged."""
    if damaged := [line[-1] for line in verified() if "5" in line[0] and "c" not in line[1:-1]]:
        raise Failed(f"{', '.join(damaged)} is not as it was installed")
    with TemporaryDirectory(dir=KEPT, prefix=".pack-") as folder:
        root = Path(folder) / "root"
        copy_files(root)
        about = root / "DEBIAN"
        about.mkdir()
        about.chmod(0o755)  # whatever the umask is
        for name in said("dpkg-query", "--control-list", "inclined").split():
            shutil.copy(said("dpkg-query", "--control-path", "inclined", name).strip(), about / name)
        (about / "control").write_text(control(), encoding="utf-8")
        fresh = Path(folder) / "kept.deb"
        said("dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", str(root), str(fresh))  # a Pi is slow
        settled(fresh, KEPT / f"inclined_{version}_{said('dpkg', '--print-architecture').strip()}.deb")


def verified() -> list[list[str]]:
    """Return what dpkg finds changed, as words: what of it, perhaps c for a configuration file, its name."""
    ran = subprocess.run(["dpkg", "--verify", "inclined"], capture_output=True, text=True, check=False)
    return [line.split() for line in ran.stdout.splitlines()]


def copy_files(root: Path) -> None:
    """Link or copy the installed files into root; what the administrator left out of all packages stays out."""
    root.mkdir()
    root.chmod(0o755)
    for path in map(Path, said("dpkg-query", "--listfiles", "inclined").splitlines()):
        target = root / path.relative_to("/")
        if path.is_dir() and not path.is_symlink():
            target.mkdir(exist_ok=True)
            target.chmod(0o755)
        elif os.path.lexists(path):
            link_or_copy(path, target)


def link_or_copy(path: Path, target: Path) -> None:
    """Make target the same file, or a copy on another disk."""
    try:
        os.link(path, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, target, follow_symlinks=False)


def control() -> str:
    """Return the package's control file, as dpkg still has it."""
    kept, skipping = [], False
    for line in said("dpkg-query", "--status", "inclined").splitlines(keepends=True):
        skipping = line.startswith(LEFT_OUT) or (skipping and line.startswith(" "))
        if not skipping:
            kept.append(line)
    return "".join(kept)
